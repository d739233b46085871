/*
 * Downloads a file of any size, shows how far that is, and ends it at Ctrl+C. What has come stays in FILE.part: the same
 * command goes on from there.
 *
 *   cc -std=c99 download.c -o download -lvcdrest
 *   VCD_API_TOKEN=... ./download vcd.example.com Tyrell /transfer/.../disk.vmdk disk.vmdk [ca.pem]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <vcdrest.h>

/* Whether Ctrl+C was pressed. A signal handler may do no more than this. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static int fail(const char *what, vcd_error *error)
{
    fprintf(stderr, "%s: %s\n", what, vcd_error_message(error));
    vcd_error_free(error);
    return 0;
}

static void show_progress(const vcd_call *call)
{
    int64_t received = 0, expected = 0;

    vcd_call_get_int(call, VCD_CALL_BYTES_RECEIVED, &received, NULL);
    if (vcd_call_get_int(call, VCD_CALL_BYTES_EXPECTED, &expected, NULL) == VCD_OK && expected > 0)
        fprintf(stderr, "\r%3d %%  %lld of %lld bytes ", (int)(received * 100 / expected), (long long)received,
                (long long)expected);
    else
        fprintf(stderr, "\r%lld bytes ", (long long)received);
    fflush(stderr);
}

static int download(vcd_client *client, const char *path, const char *file)
{
    vcd_error *error = NULL;
    vcd_call *call = NULL;
    vcd_status status;
    int well;

    if (vcd_call_new(client, "GET", path, &call, &error) != VCD_OK
        || vcd_call_set_text(call, VCD_CALL_OPT_OUTPUT_FILE, file, &error) != VCD_OK
        || vcd_call_set_int(call, VCD_CALL_OPT_RESUME, 1, &error) != VCD_OK) {
        well = fail("cannot download", error);
    } else {
        /* The first wait starts it. */
        while ((status = vcd_call_wait(call, 200, &error)) == VCD_PENDING) {
            show_progress(call);
            if (interrupted)
                vcd_call_cancel(call);
        }
        show_progress(call);
        fputs("\n", stderr);
        well = status == VCD_OK || fail("the download ended early", error);
    }
    vcd_call_free(call);
    return well;
}

int main(int argc, char **argv)
{
    const char *token = getenv("VCD_API_TOKEN");
    vcd_error *error = NULL;
    vcd_client *client = NULL;
    int well;

    if (argc < 5 || argc > 6 || token == NULL) {
        fprintf(stderr, "usage: VCD_API_TOKEN=... %s SERVER ORG PATH FILE [CA-FILE]\n", argv[0]);
        return 2;
    }
    signal(SIGINT, interrupt);
    if (vcd_client_new(argv[1], &client, &error) != VCD_OK
        || (argc == 6 && vcd_client_set_text(client, VCD_OPT_CA_FILE, argv[5], &error) != VCD_OK)
        || vcd_sign_in(client, argv[2], token, &error) != VCD_OK)
        well = fail("cannot sign in", error);
    else {
        well = download(client, argv[3], argv[4]);
        vcd_sign_out(client, NULL);
    }
    vcd_client_free(client);
    return well ? 0 : interrupted ? 130 : 1;
}
