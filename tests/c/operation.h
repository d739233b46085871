/*
 * Sign-ins of every kind, operations, and the files that they read and write.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "session.h"

/* Where service accounts are granted and denied. */
#define DEVICE_LOOKUP "/cloudapi/1.0.0/deviceLookup"

/* Of "Tyrell", and of the site. */
#define TYRELL_ID "7e5f1fe3-80cc-41e8-bf72-d40caf54418e"
#define SITE_ID "f906e815-3468-4d4e-82be-72c1c2ed10b3"

/* ------------------------------------------------------------------ calls */

/*
 * The body of a call that has finished, as text. Not inline, because gcc would suspect that the library stores the
 * address of the variable in itself.
 */
__attribute__((noinline, unused)) static const char *call_body(const vcd_call *call)
{
    const uint8_t *body = NULL;
    size_t length = 0;

    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    CHECK_INT(strlen((const char *)body), length);
    return (const char *)body;
}

/* A text of a client is this. */
static inline void check_client_text(const vcd_client *client, int32_t field, const char *expected)
{
    char text[4096];
    size_t needed = 0;

    EXPECT(VCD_OK, vcd_client_copy_text(client, field, text, sizeof text, &needed, NULL));
    CHECK_TEXT(text, expected);
    CHECK_INT(needed, strlen(expected) + 1);
}

static inline void set_text(vcd_call *call, int32_t option, const char *value)
{
    vcd_error *error = NULL;

    must(vcd_call_set_text(call, option, value, &error), &error);
}

static inline void set_int(vcd_call *call, int32_t option, long long value)
{
    vcd_error *error = NULL;

    must(vcd_call_set_int(call, option, value, &error), &error);
}

static inline vcd_call *new_call(vcd_client *client, const char *method, const char *uri)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_call_new(client, method, uri, &call, &error), &error);
    return call;
}

static inline vcd_call *new_operation(vcd_client *client, int32_t operation)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_operation_new(client, operation, &call, &error), &error);
    return call;
}

/* A call comes to a good end. */
static inline void succeeds(vcd_call *call)
{
    vcd_error *error = NULL;

    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
}

/* A call fails like this. The error is the caller's. */
static inline vcd_error *fails_with(vcd_call *call, vcd_status expected)
{
    vcd_error *error = NULL;
    vcd_status status = vcd_call_wait(call, VCD_WAIT_FOREVER, &error);

    if (status != expected)
        fprintf(stderr, "%s\n", error == NULL ? "it went well" : vcd_error_message(error));
    EXPECT(expected, status);
    CHECK_INT(vcd_error_code(error), expected);
    return error;
}

/* A call fails like this and says so; both are freed. */
static inline void fails_saying(vcd_call *call, vcd_status expected, const char *part)
{
    vcd_error *error = fails_with(call, expected);

    CHECK_CONTAINS(vcd_error_message(error), part);
    vcd_error_free(error);
    vcd_call_free(call);
}

/* A call that signs a client in. */
static inline vcd_call *new_sign_in(vcd_client *client, int32_t grant, const char *org, const char *user,
                                    const char *secret)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_sign_in_new(client, grant, org, user, secret, &call, &error), &error);
    return call;
}

static inline void sign_in_by(vcd_client *client, int32_t grant, const char *org, const char *user, const char *secret)
{
    vcd_call *call = new_sign_in(client, grant, org, user, secret);

    succeeds(call);
    vcd_call_free(call);
}

/* An administrator of "Tyrell" who may manage tokens. */
static inline vcd_client *signed_in_by_password(void)
{
    vcd_client *client = new_client();

    sign_in_by(client, VCD_GRANT_PASSWORD, setting("VCD_ORG"), "roy", setting("VCD_PASSWORD"));
    return client;
}

/* The text behind a key of a JSON object, as the simulator and the library write it. */
static inline void json_text(const char *json, const char *key, char *text, size_t capacity)
{
    char wanted[64];
    const char *found;
    size_t length = 0;

    snprintf(wanted, sizeof wanted, "\"%s\"", key);
    found = strstr(json, wanted);
    if (found == NULL)
        fprintf(stderr, "no %s in %s\n", wanted, json);
    CHECK(found != NULL);
    found += strlen(wanted);
    found += strspn(found, ": ");
    CHECK(*found == '"');
    for (found++; *found != '"' && *found != '\0' && length + 1 < capacity; found++)
        text[length++] = *found;
    CHECK(*found == '"');
    text[length] = '\0';
}

/* ------------------------------------------------------------------ files */

/* A file in the folder of this test. The text has room for 512 bytes. */
static inline const char *in_folder(const char *name, char *path)
{
    int written = snprintf(path, 512, "%s/%s", setting("VCD_FOLDER"), name);

    CHECK(written > 0 && written < 512);
#ifdef _WIN32
    {
        char *slash;

        /* As the library shows it. */
        while ((slash = strchr(path, '/')) != NULL)
            *slash = '\\';
    }
#endif
    return path;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    CHECK(file != NULL);
    CHECK(fwrite(text, 1, strlen(text), file) == strlen(text));
    CHECK(fclose(file) == 0);
    CHECK(set_access(path, 0) == 0);
}

static inline void read_file(const char *path, char *text, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    size_t length;

    CHECK(file != NULL);
    length = fread(text, 1, capacity - 1, file);
    text[length] = '\0';
    CHECK(fclose(file) == 0);
}

static inline int exists(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0;
}

/* The refresh token in a token file. */
static inline void token_in(const char *path, char *token, size_t capacity)
{
    char text[16384];

    read_file(path, text, sizeof text);
    json_text(text, "refresh_token", token, capacity);
}

/* ------------------------------------------------------------------ service accounts */

/* Registers an account and gives its URN. */
static inline void create_account(vcd_client *client, const char *name, const char *tenant, char *id, size_t capacity)
{
    vcd_call *call = new_operation(client, VCD_OP_CREATE_SERVICE_ACCOUNT);

    set_text(call, VCD_CALL_OPT_NAME, name);
    set_text(call, VCD_CALL_OPT_ROLE, "vApp Author");
    if (tenant != NULL)
        set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, tenant);
    succeeds(call);
    json_text(call_body(call), "id", id, capacity);
    vcd_call_free(call);
}

/* Asks for the codes of an account of "Tyrell"; who asks is not signed in. */
static inline void authorize_account(const char *id, char *device_code, char *user_code, size_t capacity)
{
    vcd_client *device = new_client();
    vcd_call *call = new_operation(device, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);

    set_text(call, VCD_CALL_OPT_ID, id);
    set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, setting("VCD_ORG"));
    succeeds(call);
    json_text(call_body(call), "device_code", device_code, capacity);
    json_text(call_body(call), "user_code", user_code, capacity);
    vcd_call_free(call);
    vcd_client_free(device);
}

/* An administrator grants or denies ("grant", "deny"). */
static inline void decide(vcd_client *client, const char *verdict, const char *user_code, const char *tenant)
{
    char uri[128], body[256];
    vcd_call *call;

    snprintf(uri, sizeof uri, DEVICE_LOOKUP "/%s", verdict);
    snprintf(body, sizeof body, "{\"userCode\":\"%s\"}", user_code);
    call = new_call(client, "POST", uri);
    EXPECT(VCD_OK, vcd_call_set_body(call, (const uint8_t *)body, strlen(body), NULL));
    if (tenant != NULL)
        set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, tenant);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 204);
    vcd_call_free(call);
}

/* A call that waits for the grant of an account of "Tyrell" and puts its token into a file. */
static inline vcd_call *new_activation(vcd_client *device, const char *id, const char *device_code, const char *file)
{
    vcd_call *call = new_operation(device, VCD_OP_ACTIVATE_SERVICE_ACCOUNT);

    set_text(call, VCD_CALL_OPT_ID, id);
    set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, setting("VCD_ORG"));
    set_text(call, VCD_CALL_OPT_DEVICE_CODE, device_code);
    set_int(call, VCD_CALL_OPT_POLL_INTERVAL_MS, 20);
    if (file != NULL)
        set_text(call, VCD_CALL_OPT_TOKEN_FILE, file);
    return call;
}

/* An account of "Tyrell" from nothing to its token file. */
static inline void set_up_account(vcd_client *administrator, const char *name, const char *file)
{
    vcd_client *device = new_client();
    char id[128], device_code[128], user_code[128];
    vcd_call *call;

    create_account(administrator, name, NULL, id, sizeof id);
    authorize_account(id, device_code, user_code, sizeof device_code);
    decide(administrator, "grant", user_code, NULL);
    call = new_activation(device, id, device_code, file);
    succeeds(call);
    vcd_call_free(call);
    vcd_client_free(device);
}

#endif
