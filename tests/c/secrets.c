/*
 * Prints everything that the library says: errors with all their texts, notices, log lines, fields of clients and calls. The
 * secrets come from the environment, and the server repeats them in its answers; none of them may be in the output, which
 * tests/secrets.rs searches. Last it prints what it was started with, as others on the machine see it.
 */
#include "session.h"

static void print_line(void *unused, int32_t level, const char *message, size_t length)
{
    (void)unused;
    printf("log %d: %.*s\n", (int)level, (int)length, message);
}

static void print_error(const char *what, vcd_error *error)
{
    int32_t field;

    printf("%s: %s: %s\n", what, vcd_status_name(vcd_error_code(error)), vcd_error_message(error));
    for (field = 101; field < 120; field++) {
        const char *text = NULL;

        if (vcd_error_get_text(error, field, &text, NULL) == VCD_OK)
            printf("%s: text %d: %s\n", what, (int)field, text);
    }
    vcd_error_free(error);
}

static void print_client(const vcd_client *client)
{
    int32_t field;

    for (field = 101; field < 120; field++) {
        char text[4096];
        size_t needed;

        /* These are for whoever asks for the token itself. */
        if (field == VCD_CLIENT_ACCESS_TOKEN || field == VCD_CLIENT_API_TOKEN)
            continue;
        if (vcd_client_copy_text(client, field, text, sizeof text, &needed, NULL) == VCD_OK)
            printf("client: text %d: %s\n", (int)field, text);
    }
}

static void print_notices(vcd_client *client)
{
    char text[4096];
    int32_t code = 0;
    size_t needed = 0;

    while (vcd_client_take_notice(client, &code, text, sizeof text, &needed, NULL) == VCD_OK && code != 0)
        printf("notice %d: %s\n", (int)code, text);
}

static void print_call(vcd_call *call)
{
    int32_t field;

    for (field = 101; field < 120; field++) {
        const char *text = NULL;

        if (vcd_call_get_text(call, field, &text, NULL, NULL) == VCD_OK)
            printf("call: text %d: %s\n", (int)field, text);
    }
    vcd_call_free(call);
}

/* Signs in, whatever comes of it. */
static void sign_in(int32_t grant, const char *user, const char *secret, const char *what)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;
    vcd_call *call = NULL;

    EXPECT(VCD_OK, vcd_client_set_int(client, VCD_OPT_RETRY_INTERVAL_MS, 1, NULL));
    if (vcd_sign_in_new(client, grant, setting("VCD_ORG"), user, secret, &call, &error) != VCD_OK
        || vcd_call_start(call, &error) != VCD_OK || vcd_call_wait(call, UINT32_MAX, &error) != VCD_OK)
        print_error(what, error);
    print_notices(client);
    print_client(client);
    print_call(call);
    vcd_client_free(client);
}

/* As sign_in, where the server repeats what it was sent: see tests/secrets.rs. */
int main(void)
{
    const char *token = setting("VCD_API_TOKEN"), *password = setting("VCD_PASSWORD");
    vcd_client *client;
    vcd_error *error = NULL;
    vcd_call *call = NULL;
    char padded[256], text[65536];
    FILE *file;
    size_t length;

    EXPECT(VCD_OK, vcd_log_set(print_line, NULL, 4));
    snprintf(padded, sizeof padded, " \"%s\"\n", token);
    control_do_json("/fault", setting("VCD_ECHO_OF_TOKEN"));
    sign_in(VCD_GRANT_API_TOKEN, NULL, token, "refused token");
    control_do_json("/fault", setting("VCD_ECHO_OF_PASSWORD"));
    sign_in(VCD_GRANT_PASSWORD, "roy", password, "refused password");
    sign_in(VCD_GRANT_API_TOKEN, NULL, padded, "token in quotes");
    sign_in(VCD_GRANT_PASSWORD, "roy", password, "password");
    sign_in(VCD_GRANT_API_TOKEN, token, token, "token as user");
    sign_in(VCD_GRANT_ACCESS_TOKEN, NULL, token, "token of another kind");

    client = signed_in();
    snprintf(text, sizeof text, "/cloudapi/1.0.0/nothing?key=%s", token);
    if (vcd_get(client, text, &call, &error) != VCD_OK)
        print_error("secret in a query", error);
    vcd_call_free(call);
    call = NULL;
    EXPECT(VCD_OK, vcd_call_new(client, "GET", "/cloudapi/1.0.0/nothing", &call, NULL));
    snprintf(text, sizeof text, "bad\r\n%s", token);
    if (vcd_call_set_header(call, "X-Secret", text, &error) != VCD_OK)
        print_error("secret in a header", error);
    if (vcd_call_set_header(call, "Authorization", token, &error) != VCD_OK)
        print_error("secret in a header of ours", error);
    print_call(call);
    control_do("/end-sessions");
    control_do_json("/fault", setting("VCD_ECHO_OF_TOKEN"));
    if (vcd_get(client, ORGS, &call, &error) != VCD_OK)
        print_error("renewal", error);
    vcd_call_free(call);
    print_notices(client);
    print_client(client);
    vcd_client_free(client);

    file = fopen("/proc/self/cmdline", "rb");
    CHECK(file != NULL);
    length = fread(text, 1, sizeof text, file);
    CHECK(fclose(file) == 0);
    printf("command line: ");
    CHECK(fwrite(text, 1, length, stdout) == length);
    printf("\n");
    return checks_passed();
}
