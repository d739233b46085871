/*
 * What tests/token_file.rs needs done to the token file of a service account. The first argument says what, the second
 * is the file; what came of it goes to standard output.
 */
#include "operation.h"
#include "thread.h"
#ifndef _WIN32
#include <signal.h>
#include <sys/resource.h>
#endif

/* A client that starts quickly: it reads no certificates and asks for no versions. */
static vcd_client *quick_client(void)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    must(vcd_client_new(setting("VCD_URL"), &client, &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, setting("VCD_FINGERPRINT"), &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_API_VERSION, "37.2", &error), &error);
    return client;
}

/* One sign-in. What went wrong is said in a line, and is the result. */
static vcd_status sign_in_with(vcd_client *client, const char *path)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    vcd_status status = vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path, &call, &error);

    if (status == VCD_OK)
        status = vcd_call_wait(call, VCD_WAIT_FOREVER, &error);
    if (status != VCD_OK)
        printf("%s %s\n", vcd_status_name(status), vcd_error_message(error));
    vcd_error_free(error);
    vcd_call_free(call);
    return status;
}

static int sign_in(const char *path)
{
    vcd_client *client = quick_client();
    char token[256];
    size_t needed = 0;
    vcd_status status = sign_in_with(client, path);

    if (status == VCD_OK) {
        printf("VCD_OK\n");
    } else if (status == VCD_ERR_TOKEN_NOT_SAVED) {
        /* The one copy that is sure: the client is signed in and has it. */
        CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
        EXPECT(VCD_OK, vcd_client_copy_text(client, VCD_CLIENT_API_TOKEN, token, sizeof token, &needed, NULL));
        check_session_works(client);
        printf("%s\n", token);
    }
    vcd_client_free(client);
    return 0;
}

/* One sign-in after another with the same connection, until somebody ends this. */
static int sign_in_for_ever(const char *path)
{
    vcd_client *client = quick_client();

#ifndef _WIN32
    /* Not for ever after all, if nobody does. */
    alarm(120);
#endif
    if (sign_in_with(client, path) != VCD_OK)
        return 0;
    printf("VCD_OK\n");
    fflush(stdout);
    while (sign_in_with(client, path) == VCD_OK)
        continue;
    return 1;
}

static const char *shared_path;
static int rounds;

/* A user of a shared file: some sign-ins with a client of its own, each of which has to go well. */
static void *user(void *argument)
{
    vcd_client *client = quick_client();
    int round;

    (void)argument;
    for (round = 0; round < rounds; round++)
        CHECK_INT(sign_in_with(client, shared_path), VCD_OK);
    vcd_client_free(client);
    return NULL;
}

static int share(const char *path, int threads, int each)
{
    thread started[64];
    int t;

    CHECK(threads > 0 && threads <= 64);
    shared_path = path;
    rounds = each;
    for (t = 0; t < threads; t++)
        started[t] = thread_start(user, NULL);
    for (t = 0; t < threads; t++)
        thread_join(started[t]);
    printf("%d\n", threads * each);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "", *path = argc > 2 ? argv[2] : "";

    if (strcmp(what, "set-up") == 0 && argc > 3) {
        vcd_client *administrator = signed_in_by_password();

        set_up_account(administrator, argv[3], path);
        vcd_client_free(administrator);
        printf("VCD_OK\n");
        return 0;
    }
    if (strcmp(what, "sign-in") == 0)
        return sign_in(path);
#ifndef _WIN32
    if (strcmp(what, "sign-in-as-nobody") == 0) {
        /* Root could write to a folder that is read-only. */
        CHECK(geteuid() != 0 || setuid(65534) == 0);
        return sign_in(path);
    }
    if (strcmp(what, "sign-in-without-space") == 0) {
        /* Files can grow no further: as on a disk that is full, or with a quota that is used up. */
        struct rlimit limit = {0};

        CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        limit.rlim_cur = limit.rlim_max = 1024;
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        return sign_in(path);
    }
#endif
    if (strcmp(what, "sign-in-for-ever") == 0)
        return sign_in_for_ever(path);
    if (strcmp(what, "share") == 0 && argc > 4)
        return share(path, atoi(argv[3]), atoi(argv[4]));
    fprintf(stderr, "usage: rotate set-up|sign-in|sign-in-as-nobody|sign-in-without-space|sign-in-for-ever|share FILE ...\n");
    return 2;
}
