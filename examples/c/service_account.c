/*
 * Sets up a service account, as an administrator who signs in with a password: creates it, asks for access in its name,
 * grants that, and puts its token into a file. Then signs in with the file, as the service will.
 *
 *   cc -std=c99 service_account.c -o service_account -lvcdrest
 *   VCD_PASSWORD=... ./service_account vcd.example.com Tyrell roy backup "vApp Author" backup.json [ca.pem]
 *
 * The file is rewritten at each use, because the server replaces the token each time: one file for one service.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vcdrest.h>

static int fail(const char *what, vcd_error *error)
{
    fprintf(stderr, "%s: %s\n", what, vcd_error_message(error));
    vcd_error_free(error);
    return 0;
}

/* A client for the server; the CA's file may be NULL. */
static vcd_client *client_for(const char *server, const char *ca_file)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    if (vcd_client_new(server, &client, &error) != VCD_OK
        || (ca_file != NULL && vcd_client_set_text(client, VCD_OPT_CA_FILE, ca_file, &error) != VCD_OK))
        fail("cannot use the server", error);
    return client;
}

/* Runs a call to its end, and says what it was for where it fails. */
static int run(vcd_call *call, const char *what)
{
    vcd_error *error = NULL;

    return vcd_call_wait(call, VCD_WAIT_FOREVER, &error) == VCD_OK || fail(what, error);
}

static int sign_in(vcd_client *client, int32_t grant, const char *org, const char *user, const char *secret)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    int well = vcd_sign_in_new(client, grant, org, user, secret, &call, &error) == VCD_OK ? run(call, "cannot sign in")
                                                                                          : fail("cannot sign in", error);

    vcd_call_free(call);
    return well;
}

/* The text behind a key of the answer: ids and codes, which have nothing in them that JSON escapes. */
static int text_of(const vcd_call *call, const char *key, char *text, size_t capacity)
{
    const uint8_t *body = NULL;
    size_t length = 0, at = 0;
    const char *found = NULL;

    if (vcd_call_body(call, &body, &length, NULL) == VCD_OK)
        found = strstr((const char *)body, key);
    if (found == NULL)
        return 0;
    for (found += strlen(key); *found == '"' || *found == ':' || *found == ' '; found++)
        continue;
    while (*found != '"' && *found != '\0' && at + 1 < capacity)
        text[at++] = *found++;
    text[at] = '\0';
    return 1;
}

/* An operation with up to three texts; 0 as an option leaves one out. The call is the caller's. */
static vcd_call *operation(vcd_client *client, int32_t number, int32_t first, const char *first_text, int32_t second,
                           const char *second_text, int32_t third, const char *third_text, const char *what)
{
    const int32_t options[] = {first, second, third};
    const char *const texts[] = {first_text, second_text, third_text};
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    size_t o;
    int well = vcd_operation_new(client, number, &call, &error) == VCD_OK;

    for (o = 0; o < 3 && well; o++)
        well = options[o] == 0 || vcd_call_set_text(call, options[o], texts[o], &error) == VCD_OK;
    if (well ? run(call, what) : fail(what, error))
        return call;
    vcd_call_free(call);
    return NULL;
}

static int set_up(vcd_client *client, const char *name, const char *role, const char *file)
{
    char id[128], device_code[256], user_code[64], body[128];
    vcd_call *made = NULL, *asked = NULL, *granted = NULL, *active = NULL;
    vcd_error *error = NULL;
    int well;

    well = (made = operation(client, VCD_OP_CREATE_SERVICE_ACCOUNT, VCD_CALL_OPT_NAME, name, VCD_CALL_OPT_ROLE, role, 0,
                             NULL, "cannot create the account"))
               != NULL
           && text_of(made, "\"id\"", id, sizeof id);
    well = well
           && (asked = operation(client, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT, VCD_CALL_OPT_ID, id, 0, NULL, 0, NULL,
                                 "cannot ask for access"))
                  != NULL
           && text_of(asked, "\"device_code\"", device_code, sizeof device_code)
           && text_of(asked, "\"user_code\"", user_code, sizeof user_code);
    if (well) {
        /* Where another administrator grants, this is what they need. */
        printf("%s asks for access with the code %s\n", id, user_code);
        snprintf(body, sizeof body, "{\"userCode\":\"%s\"}", user_code);
        well = vcd_request(client, "POST", "/cloudapi/1.0.0/deviceLookup/grant", NULL, (const uint8_t *)body, strlen(body),
                           &granted, &error)
                   == VCD_OK
               || fail("cannot grant it", error);
    }
    well = well
           && (active = operation(client, VCD_OP_ACTIVATE_SERVICE_ACCOUNT, VCD_CALL_OPT_ID, id, VCD_CALL_OPT_DEVICE_CODE,
                                  device_code, VCD_CALL_OPT_TOKEN_FILE, file, "cannot take the token"))
                  != NULL;
    vcd_call_free(made);
    vcd_call_free(asked);
    vcd_call_free(granted);
    vcd_call_free(active);
    return well;
}

int main(int argc, char **argv)
{
    const char *password = getenv("VCD_PASSWORD"), *ca_file = argc == 8 ? argv[7] : NULL;
    vcd_client *administrator, *service;
    char user[256] = "";
    size_t needed;
    int well;

    if (argc < 7 || argc > 8 || password == NULL) {
        fprintf(stderr, "usage: VCD_PASSWORD=... %s SERVER ORG USER NAME ROLE TOKEN-FILE [CA-FILE]\n", argv[0]);
        return 2;
    }
    administrator = client_for(argv[1], ca_file);
    well = administrator != NULL && sign_in(administrator, VCD_GRANT_PASSWORD, argv[2], argv[3], password)
           && set_up(administrator, argv[4], argv[5], argv[6]);
    vcd_sign_out(administrator, NULL);
    vcd_client_free(administrator);

    service = well ? client_for(argv[1], ca_file) : NULL;
    well = service != NULL && sign_in(service, VCD_GRANT_TOKEN_FILE, argv[2], NULL, argv[6]);
    if (well && vcd_client_copy_text(service, VCD_CLIENT_USER, user, sizeof user, &needed, NULL) == VCD_OK)
        printf("signed in as %s with %s\n", user, argv[6]);
    vcd_sign_out(service, NULL);
    vcd_client_free(service);
    return well ? 0 : 1;
}
