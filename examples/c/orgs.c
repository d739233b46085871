/*
 * Signs in to Cloud Director with an API token and prints its organizations, as JSON.
 *
 *   cc -std=c99 orgs.c -o orgs -lvcdrest
 *   VCD_API_TOKEN=... ./orgs vcd.example.com Tyrell [ca.pem]
 *
 * The token comes from the environment: everybody on the machine can read a command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <vcdrest.h>

/* Says what failed and frees the error. The message names the cause and the remedy. */
static int fail(const char *what, vcd_error *error)
{
    const char *code = NULL;

    fprintf(stderr, "%s: %s\n", what, vcd_error_message(error));
    if (vcd_error_get_text(error, VCD_ERROR_SERVER_CODE, &code, NULL) == VCD_OK)
        fprintf(stderr, "the server says: %s\n", code);
    vcd_error_free(error);
    return 0;
}

static int print_organizations(vcd_client *client)
{
    vcd_error *error = NULL;
    vcd_call *call = NULL;
    const uint8_t *body;
    size_t length;
    int well = 0;

    if (vcd_get(client, "/cloudapi/1.0.0/orgs", &call, &error) != VCD_OK
        || vcd_call_body(call, &body, &length, &error) != VCD_OK) {
        fail("cannot read the organizations", error);
    } else {
        well = fwrite(body, 1, length, stdout) == length && puts("") != EOF;
    }
    vcd_call_free(call); /* the body was borrowed from it */
    return well;
}

int main(int argc, char **argv)
{
    const char *token = getenv("VCD_API_TOKEN");
    vcd_error *error = NULL;
    vcd_client *client = NULL;
    int well;

    if (argc < 3 || argc > 4 || token == NULL) {
        fprintf(stderr, "usage: VCD_API_TOKEN=... %s SERVER ORG [CA-FILE]\n", argv[0]);
        return 2;
    }
    if (vcd_abi_version() >> 16 != VCD_ABI_MAJOR) {
        fprintf(stderr, "this program does not fit vcdrest %s\n", vcd_version());
        return 1;
    }
    if (vcd_client_new(argv[1], &client, &error) != VCD_OK)
        well = fail("cannot use the server address", error);
    else if (argc == 4 && vcd_client_set_text(client, VCD_OPT_CA_FILE, argv[3], &error) != VCD_OK)
        well = fail("cannot use the CA file", error);
    else if (vcd_sign_in(client, argv[2], token, &error) != VCD_OK)
        well = fail("cannot sign in", error);
    else {
        well = print_organizations(client);
        vcd_sign_out(client, NULL); /* ends the session on the server */
    }
    vcd_client_free(client);
    return well ? 0 : 1;
}
