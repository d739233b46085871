/*
 * Passwords, token files and service accounts: how they are made, what a client signs in with, and what becomes of a
 * token that is replaced at each use.
 */
#include "operation.h"

#define TOKENS "/oauth/tenant/Tyrell/token"
#define REGISTER "/oauth/tenant/Tyrell/register"
#define SESSIONS "/cloudapi/1.0.0/sessions"

/* A text of a client is not known. */
static void no_client_text(const vcd_client *client, int32_t field)
{
    size_t needed = 7;

    EXPECT(VCD_ERR_NOT_FOUND, vcd_client_copy_text(client, field, NULL, 0, &needed, NULL));
    CHECK_INT(needed, 0);
}

/* The code of the next notice; its text goes to `text`, which has room for 1024 bytes. */
static int32_t next_notice(vcd_client *client, char *text)
{
    int32_t code = 7;
    size_t needed = 7;

    EXPECT(VCD_OK, vcd_client_take_notice(client, &code, text, 1024, &needed, NULL));
    return code;
}

static void no_notice(vcd_client *client)
{
    char text[1024] = "";
    int32_t code = next_notice(client, text);

    if (code != 0)
        fprintf(stderr, "%s\n", text);
    CHECK_INT(code, 0);
}

/* The refresh token that the only service account has at the server. */
static void current_token(char *token, size_t capacity)
{
    static char answer[1 << 16];

    CHECK_INT(control("GET", "/service-accounts", NULL, answer, sizeof answer), 200);
    json_text(answer, "refreshToken", token, capacity);
}

/* ------------------------------------------------------------------ passwords */

static void password(void)
{
    vcd_client *client = signed_in_by_password();

    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    CHECK_INT(client_int(client, VCD_CLIENT_OWNS_SESSION), 1);
    CHECK_INT(control_requests("/oauth"), 0);
    check_client_text(client, VCD_CLIENT_ORG, "Tyrell");
    check_client_text(client, VCD_CLIENT_USER, "roy");
    check_client_text(client, VCD_CLIENT_ORG_ID, TYRELL_ID);
    check_client_text(client, VCD_CLIENT_SITE_ID, SITE_ID);
    no_client_text(client, VCD_CLIENT_API_TOKEN);
    CHECK(client_int(client, VCD_CLIENT_EXPIRES_IN_MS) > 1000);
    check_session_works(client);

    /* When the session ends, the user signs in anew. */
    control_do("/expire");
    check_session_works(client);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 2);
    control_do("/end-sessions");
    check_session_works(client);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 3);
    no_notice(client);
    EXPECT(VCD_OK, vcd_sign_out(client, NULL));
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    vcd_client_free(client);
}

/* As VMware's other tools want the name, and the provider's. */
static void names(void)
{
    static const char *const users[] = {"roy", "roy@Tyrell", "roy@TYRELL", " roy\n"};
    vcd_client *client;
    size_t u;

    for (u = 0; u < sizeof users / sizeof users[0]; u++) {
        client = new_client();
        sign_in_by(client, VCD_GRANT_PASSWORD, "Tyrell", users[u], setting("VCD_PASSWORD"));
        check_client_text(client, VCD_CLIENT_USER, "roy");
        vcd_client_free(client);
    }
    control_do("/reset");
    client = new_client();
    sign_in_by(client, VCD_GRANT_PASSWORD, "SYSTEM", "administrator@System", setting("VCD_PROVIDER_PASSWORD"));
    check_client_text(client, VCD_CLIENT_ORG, "System");
    check_client_text(client, VCD_CLIENT_USER, "administrator");
    CHECK_INT(control_requests(SESSIONS "/provider"), 1);
    check_session_works(client);
    vcd_client_free(client);
}

static void wrong_password(void)
{
    static const struct {
        const char *org, *user, *password, *named;
    } wrong[] = {
        {"Tyrell", "roy", "not-this-one", "Tyrell"},
        {"Tyrell", "nobody", "not-this-one", "Tyrell"},
        {"Nexus", "roy", "not-this-one", "Nexus"},
        {"System", "administrator", "not-this-one", "System"},
    };
    size_t w;

    for (w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        vcd_client *client = new_client();
        vcd_call *call = new_sign_in(client, VCD_GRANT_PASSWORD, wrong[w].org, wrong[w].user, wrong[w].password);
        vcd_error *error = fails_with(call, VCD_ERR_AUTH);
        const char *message = vcd_error_message(error);

        CHECK_CONTAINS(message, "user name and password");
        CHECK_CONTAINS(message, wrong[w].named);
        CHECK_CONTAINS(message, "API token");
        CHECK(strstr(message, "not-this-one") == NULL);
        CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 401);
        CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 401);
        CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
        vcd_error_free(error);
        vcd_call_free(call);
        vcd_client_free(client);
    }
}

/* A password that is refused is not tried again and again, which would lock the user out; a sign-in begins anew. */
static void tried_once(void)
{
    vcd_client *client;
    int round, before;

    control_do("/reset");
    client = signed_in_by_password();
    check_session_works(client);
    control_do("/end-sessions");
    control_do("/fault?kind=status&status=401&times=1000&method=POST&path=" SESSIONS);
    before = control_requests(SESSIONS);
    for (round = 0; round < 5; round++) {
        vcd_call *call = new_call(client, "GET", ORGS);

        vcd_error_free(fails_with(call, VCD_ERR_AUTH));
        vcd_call_free(call);
    }
    CHECK_INT(control_requests(SESSIONS), before + 1);
    control_do("/reset");
    fails_saying(new_call(client, "GET", ORGS), VCD_ERR_AUTH, "password");
    CHECK_INT(control_requests(SESSIONS), 0);
    sign_in_by(client, VCD_GRANT_PASSWORD, "Tyrell", "roy", setting("VCD_PASSWORD"));
    check_session_works(client);

    /* What passes is no refusal. */
    control_do("/end-sessions");
    control_do("/fault?kind=status&status=503&times=1000&method=POST&path=" SESSIONS);
    {
        vcd_call *call = new_call(client, "GET", ORGS);

        set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
        vcd_error_free(fails_with(call, VCD_ERR_HTTP));
        vcd_call_free(call);
    }
    control_do("/reset");
    check_session_works(client);
    vcd_client_free(client);
}

/* What cannot be a user or a password is not sent. */
static void refused_passwords(void)
{
    vcd_client *client = new_client();
    vcd_call *call = NULL;
    long long before = control_count("requests");

    EXPECT(VCD_ERR_NULL, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", NULL, "x", &call, NULL));
    EXPECT(VCD_ERR_NULL, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", "roy", NULL, &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", " ", "x", &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", "a:b", "x", &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", "roy", "", &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "Tyrell", "roy", "x\n", &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, "a b", "roy", "x", &call, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_PASSWORD, NULL, "roy", "x", &call, NULL));
    CHECK(call == NULL);
    CHECK_INT(control_count("requests"), before);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ token files */

/* A user's API token stays the same, and its file is only read. */
static void api_token_files(void)
{
    static const char *const shapes[] = {
        /* As the Terraform provider writes it, and with what people do to files. */
        "{\n  \"token_type\": \"API Token\",\n  \"refresh_token\": \"%s\",\n"
        "  \"updated_by\": \"terraform-provider-vcd/v3.9.0 (darwin/arm64; isProvider:true)\",\n"
        "  \"updated_on\": \"2023-04-18T14:33:07+02:00\"\n }",
        "\xEF\xBB\xBF{\"token_type\":\"API Token\",\"refresh_token\":\"%s\",\"client_id\":{\"deep\":[1]},\"note\":null}\r\n",
        "{\"refresh_token\":\" %s\\n\",\"token_type\":\"api token\"}",
        /* Without a kind it may be a service account's; the server does not replace it. */
        "{\"refresh_token\":\"%s\"}",
    };
    char path[512], text[2048], after[2048], lock[520];
    size_t s;

    for (s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        vcd_client *client = new_client();

        in_folder("api-token.json", path);
        snprintf(text, sizeof text, shapes[s], setting("VCD_API_TOKEN"));
        write_file(path, text);
        sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
        check_client_text(client, VCD_CLIENT_USER, "roy");
        check_client_text(client, VCD_CLIENT_ORG_ID, TYRELL_ID);
        no_client_text(client, VCD_CLIENT_API_TOKEN);
        check_session_works(client);
        control_do("/expire");
        check_session_works(client);
        CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 2);
        no_notice(client);
        vcd_client_free(client);
        read_file(path, after, sizeof after);
        CHECK_TEXT(after, text);
        snprintf(lock, sizeof lock, "%s.lock", path);
        CHECK_INT(exists(lock), s == 3);
    }
}

/* A link to the file does as well, and what others may read is said. */
static void readable_file(void)
{
    vcd_client *client = new_client();
    char path[512], link_path[512], text[1024];

    in_folder("shared.json", path);
    snprintf(text, sizeof text, "{\"token_type\":\"API Token\",\"refresh_token\":\"%s\"}", setting("VCD_API_TOKEN"));
    write_file(path, text);
    CHECK(set_access(path, 1) == 0);
#ifdef _WIN32
    /* Not every user may make links there. */
    strcpy(link_path, path);
#else
    CHECK(symlink(path, in_folder("link.json", link_path)) == 0);
#endif
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, link_path);
    CHECK_INT(next_notice(client, text), VCD_NOTICE_TOKEN_FILE_READABLE);
    CHECK_CONTAINS(text, path);
    CHECK_CONTAINS(text, REMEDY_OF_READERS);
    no_notice(client);
    check_session_works(client);
    vcd_client_free(client);
}

static void refused_file(vcd_client *client, const char *path, const char *why)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    EXPECT(VCD_ERR_TOKEN_FILE, vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path, &call, &error));
    CHECK(call == NULL);
    CHECK_CONTAINS(vcd_error_message(error), path);
    CHECK_CONTAINS(vcd_error_message(error), why);
    CHECK_INT(error_int(error, VCD_ERROR_CODE), VCD_ERR_TOKEN_FILE);
    vcd_error_free(error);
}

/* What is no token file is refused by its name, with what is wrong about it. */
static void refused_files(void)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"", "empty"},
        {" \r\n", "empty"},
        {"\xEF\xBB\xBF", "empty"},
        {"aaaabbbbccccddddeeeeffffgggghhhh", "JSON object"},
        {"{\"refresh_token\":\"abc\"", "JSON object"},
        {"[{\"refresh_token\":\"abc\"}]", "JSON object"},
        {"<token>abc</token>", "JSON object"},
        {"{}", "refresh_token"},
        {"{\"access_token\":\"abc\"}", "refresh_token"},
        {"{\"refresh_token\":null}", "refresh_token"},
        {"{\"refresh_token\":12}", "refresh_token"},
        {"{\"refresh_token\":\"\"}", "refresh_token is empty"},
        {"{\"refresh_token\":\"a b\"}", "characters"},
    };
    vcd_client *client = new_client();
    vcd_error *error = NULL;
    vcd_call *call = NULL;
    char path[512];
    size_t w;
    long long before = control_count("requests");
    FILE *file;

    for (w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        write_file(in_folder("wrong.json", path), wrong[w].text);
        refused_file(client, path, wrong[w].why);
    }
    file = fopen(path, "wb");
    CHECK(file != NULL && fseek(file, 300L * 1024, SEEK_SET) == 0 && fputc('x', file) == 'x' && fclose(file) == 0);
    refused_file(client, path, "256 KiB");
    refused_file(client, setting("VCD_FOLDER"), "folder");
    refused_file(client, in_folder("no-such-file.json", path), "cannot be read");
    EXPECT(VCD_ERR_TOKEN_FILE, vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path, &call, &error));
    CHECK_INT(error_int(error, VCD_ERROR_OS_ERROR), 2);
    vcd_error_free(error);
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, "", &call, NULL));
    EXPECT(VCD_ERR_NULL, vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, NULL, &call, NULL));
    CHECK(call == NULL);
    CHECK_INT(control_count("requests"), before);

    /* A good form with a wrong token in it. */
    write_file(path, "{\"token_type\":\"API Token\",\"refresh_token\":\"wrongwrongwrongwrongwrongwrong12\"}");
    call = new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    error = fails_with(call, VCD_ERR_AUTH);
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "invalid_grant");
    CHECK(strstr(vcd_error_message(error), "wrongwrong") == NULL);
    vcd_error_free(error);
    vcd_call_free(call);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ service accounts */

/* Everything that can be said about an account reaches the server; a second one of its name does not come about. */
static void created(vcd_client *administrator, char *id, size_t capacity)
{
    vcd_call *call = new_operation(administrator, VCD_OP_CREATE_SERVICE_ACCOUNT);
    vcd_error *error;
    char uri[256];

    set_text(call, VCD_CALL_OPT_NAME, "backup");
    set_text(call, VCD_CALL_OPT_ROLE, "urn:vcloud:role:vApp%20Author");
    set_text(call, VCD_CALL_OPT_SOFTWARE_ID, "5f3a1c70-8d5e-4b5e-9f55-0a6b8f6f1d2e");
    set_text(call, VCD_CALL_OPT_SOFTWARE_VERSION, "2.1");
    set_text(call, VCD_CALL_OPT_CLIENT_URI, "https://backup.example.com");
    succeeds(call);
    json_text(call_body(call), "id", id, capacity);
    CHECK(strncmp(id, "urn:vcloud:serviceAccount:", 26) == 0);
    CHECK_CONTAINS(call_body(call), "\"org\":\"Tyrell\"");
    vcd_call_free(call);

    snprintf(uri, sizeof uri, "/cloudapi/1.0.0/serviceAccounts/%s", id);
    call = new_call(administrator, "GET", uri);
    succeeds(call);
    CHECK_CONTAINS(call_body(call), "\"name\":\"backup\"");
    CHECK_CONTAINS(call_body(call), "5f3a1c70-8d5e-4b5e-9f55-0a6b8f6f1d2e");
    CHECK_CONTAINS(call_body(call), "\"softwareVersion\":\"2.1\"");
    CHECK_CONTAINS(call_body(call), "https://backup.example.com");
    CHECK_CONTAINS(call_body(call), "\"status\":\"CREATED\"");
    vcd_call_free(call);

    call = new_operation(administrator, VCD_OP_CREATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_NAME, "backup");
    set_text(call, VCD_CALL_OPT_ROLE, "vApp Author");
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 400);
    CHECK_CONTAINS(vcd_error_message(error), "exists already");
    vcd_error_free(error);
    vcd_call_free(call);
}

/* What is missing or wrong about an account is found before anything is sent. */
static void refused_accounts(vcd_client *administrator)
{
    vcd_call *call;
    int before = control_requests(REGISTER);

    call = new_operation(administrator, VCD_OP_CREATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_ROLE, "vApp Author");
    fails_saying(call, VCD_ERR_ARGUMENT, "name");
    call = new_operation(administrator, VCD_OP_CREATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_NAME, "x");
    fails_saying(call, VCD_ERR_ARGUMENT, "role");
    call = new_operation(administrator, VCD_OP_CREATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_NAME, "x");
    set_text(call, VCD_CALL_OPT_ROLE, "vApp Author");
    set_text(call, VCD_CALL_OPT_SOFTWARE_ID, "backup 2.1");
    fails_saying(call, VCD_ERR_ARGUMENT, "UUID");
    call = new_operation(administrator, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);
    fails_saying(call, VCD_ERR_ARGUMENT, "id");
    call = new_operation(administrator, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_ID, "backup");
    fails_saying(call, VCD_ERR_ARGUMENT, "UUID");
    call = new_operation(administrator, VCD_OP_ACTIVATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_ID, TYRELL_ID);
    fails_saying(call, VCD_ERR_ARGUMENT, "device code");
    CHECK_INT(control_requests(REGISTER), before);

    /* One that is not there. */
    call = new_operation(administrator, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_ID, TYRELL_ID);
    fails_saying(call, VCD_ERR_AUTH, "cannot be authorized");
    /* Nobody knows where it would be. */
    {
        vcd_client *device = new_client();

        call = new_operation(device, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);
        set_text(call, VCD_CALL_OPT_ID, TYRELL_ID);
        fails_saying(call, VCD_ERR_ARGUMENT, "organization");
        vcd_client_free(device);
    }
}

/* Denied, too late, too fast, given up: nothing is left behind, and the next attempt goes well. */
static void activated(vcd_client *administrator, const char *id, const char *path)
{
    vcd_client *device = new_client();
    vcd_call *call;
    vcd_error *error;
    char device_code[128], user_code[128], beside[520];

    snprintf(beside, sizeof beside, "%s.new", path);
    authorize_account(id, device_code, user_code, sizeof device_code);
    decide(administrator, "deny", user_code, NULL);
    call = new_activation(device, id, device_code, path);
    error = fails_with(call, VCD_ERR_AUTH);
    CHECK_CONTAINS(vcd_error_message(error), "denied");
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "access_denied");
    CHECK(strstr(vcd_error_message(error), device_code) == NULL);
    vcd_error_free(error);
    vcd_call_free(call);
    CHECK(!exists(path) && !exists(beside));

    control_do("/settings?deviceLifetimeSeconds=0");
    authorize_account(id, device_code, user_code, sizeof device_code);
    fails_saying(new_activation(device, id, device_code, path), VCD_ERR_AUTH, "in time");
    control_do("/settings?deviceLifetimeSeconds=3600");
    fails_saying(new_activation(device, id, "nonsense", path), VCD_ERR_AUTH, "device code is wrong");

    /* Told to slow down, it does: the five seconds that this adds are more than it has. */
    control_do("/settings?deviceIntervalSeconds=60");
    authorize_account(id, device_code, user_code, sizeof device_code);
    {
        int before = control_requests(TOKENS);

        call = new_activation(device, id, device_code, path);
        set_int(call, VCD_CALL_OPT_TIMEOUT_MS, 4000);
        fails_saying(call, VCD_ERR_TIMEOUT, "nobody has granted");
        CHECK_INT(control_requests(TOKENS), before + 2);
    }
    control_do("/settings?deviceIntervalSeconds=0");

    /* A file that is there already may hold a token that works. */
    authorize_account(id, device_code, user_code, sizeof device_code);
    write_file(path, "{}");
    {
        int before = control_requests(TOKENS);

        fails_saying(new_activation(device, id, device_code, path), VCD_ERR_TOKEN_FILE, "is there already");
        CHECK_INT(control_requests(TOKENS), before);
    }
    CHECK(unlink(path) == 0);

    vcd_client_free(device);
    control_do("/reset");
}

/* The whole way, waiting for the grant; what it leads to is in the file and nowhere else. */
static void granted(vcd_client *administrator, const char *path)
{
    vcd_client *device = new_client();
    vcd_call *call;
    char id[128], device_code[128], user_code[128], text[4096], token[128], beside[520];
    int before;

    snprintf(beside, sizeof beside, "%s.new", path);
    control_do("/settings?deviceIntervalSeconds=0");
    create_account(administrator, "backup", NULL, id, sizeof id);
    authorize_account(id, device_code, user_code, sizeof device_code);
    before = control_requests(TOKENS);
    call = new_activation(device, id, device_code, path);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    control_wait_for_requests(TOKENS, before + 3);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    CHECK(!exists(path));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    CHECK(!exists(path));

    /* At once and into the same file, which the call before may still be about to give up. */
    before = control_requests(TOKENS);
    call = new_activation(device, id, device_code, path);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    control_wait_for_requests(TOKENS, before + 2);
    decide(administrator, "grant", user_code, NULL);
    succeeds(call);
    CHECK_CONTAINS(call_body(call), "\"token_file\"");
    CHECK_CONTAINS(call_body(call), id);
    CHECK(strstr(call_body(call), "refresh_token") == NULL);
    CHECK(strstr(call_body(call), "access_token") == NULL);
    vcd_call_free(call);
    read_file(path, text, sizeof text);
    CHECK_CONTAINS(text, "\"token_type\": \"Service Account\"");
    CHECK_CONTAINS(text, "\"updated_by\": \"vcdrest/");
    CHECK(is_owner_only(path));
    CHECK(!exists(beside));
    token_in(path, token, sizeof token);
    current_token(text, sizeof text);
    CHECK_TEXT(token, text);

    /* One that is active does not ask again. */
    call = new_operation(administrator, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_ID, id);
    fails_saying(call, VCD_ERR_AUTH, "revoked first");
    vcd_client_free(device);
}

/* The token of the file is what the server has. */
static void check_file_is_current(const char *path)
{
    char token[128], current[128], beside[520];

    token_in(path, token, sizeof token);
    current_token(current, sizeof current);
    CHECK_TEXT(token, current);
    snprintf(beside, sizeof beside, "%s.new", path);
    CHECK(!exists(beside));
}

/* The file has the new token after each exchange. */
static void rotated(const char *path)
{
    vcd_client *client = new_client();
    char first[128], next[128], text[4096], after[4096];
    static const char *const kept[] = {"/settings?rotation=null", "/settings?rotation=same"};
    long long rotations = control_count("rotations");
    size_t k;

    token_in(path, first, sizeof first);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    check_client_text(client, VCD_CLIENT_USER, "backup");
    no_client_text(client, VCD_CLIENT_API_TOKEN);
    token_in(path, next, sizeof next);
    CHECK(strcmp(first, next) != 0);
    check_file_is_current(path);
    check_session_works(client);

    control_do("/expire");
    check_session_works(client);
    token_in(path, first, sizeof first);
    CHECK(strcmp(first, next) != 0);
    check_file_is_current(path);
    CHECK_INT(control_count("rotations"), rotations + 2);

    for (k = 0; k < 2; k++) {
        control_do(kept[k]);
        read_file(path, text, sizeof text);
        control_do("/expire");
        check_session_works(client);
        read_file(path, after, sizeof after);
        CHECK_TEXT(after, text);
    }
    control_do("/settings?rotation=always");
    control_do("/expire");
    check_session_works(client);
    check_file_is_current(path);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 5);
    CHECK_INT(control_count("rotations"), rotations + 3);
    CHECK_INT(control_count("killedGrants"), 0);
    no_notice(client);
    EXPECT(VCD_OK, vcd_sign_out(client, NULL));
    vcd_client_free(client);

    client = new_client();
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    check_session_works(client);
    vcd_client_free(client);
}

/* A token that is in no file lives in the client, which says so and hands it out. */
static void rotated_in_memory(const char *path)
{
    vcd_client *client = new_client();
    char token[128], current[128], text[1024];

    token_in(path, token, sizeof token);
    sign_in_by(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, token);
    CHECK_INT(next_notice(client, text), VCD_NOTICE_TOKEN_ROTATED);
    current_token(current, sizeof current);
    check_client_text(client, VCD_CLIENT_API_TOKEN, current);
    CHECK(strstr(text, current) == NULL);
    control_do("/expire");
    check_session_works(client);
    current_token(current, sizeof current);
    check_client_text(client, VCD_CLIENT_API_TOKEN, current);
    vcd_client_free(client);
    snprintf(text, sizeof text, "{\"token_type\":\"Service Account\",\"refresh_token\":\"%s\"}", current);
    write_file(path, text);
    client = new_client();
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    vcd_client_free(client);
    CHECK_INT(control_count("killedGrants"), 0);
}

/* Whose old copy is used ends the grant; the error says what to do. */
static void used_twice(vcd_client *administrator, const char *path)
{
    vcd_client *client = new_client();
    vcd_call *call;
    char copy[512], text[16384];

    read_file(path, text, sizeof text);
    write_file(in_folder("copy.json", copy), text);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    CHECK_INT(control_count("killedGrants"), 0);
    call = new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, copy);
    {
        vcd_error *error = fails_with(call, VCD_ERR_AUTH);

        CHECK_CONTAINS(vcd_error_message(error), "service account");
        CHECK_CONTAINS(vcd_error_message(error), "used before");
        CHECK_CONTAINS(vcd_error_message(error), "authorize");
        CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "invalid_grant");
        vcd_error_free(error);
    }
    vcd_call_free(call);
    CHECK_INT(control_count("killedGrants"), 1);
    fails_saying(new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path), VCD_ERR_AUTH, "service account");
    vcd_client_free(client);

    CHECK(unlink(path) == 0);
    set_up_account(administrator, "backup-2", path);
}

/* An exchange whose answer is lost may have had its effect: it is not repeated, and the error says what that means. */
static void lost_answer(const char *path)
{
    vcd_client *client = new_client();
    int before = control_requests(TOKENS);

    control_do("/fault?kind=lost-response&path=/oauth");
    fails_saying(new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path), VCD_ERR_CONNECTION_LOST,
                 "may have replaced");
    CHECK_INT(control_requests(TOKENS), before + 1);
    fails_saying(new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path), VCD_ERR_AUTH, "authorize");
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    vcd_client_free(client);
}

/* A new token counts, whatever is wrong with the rest of the answer that brings it. */
static void half_an_answer(vcd_client *administrator, const char *path)
{
    static const char *const halves[] = {
        "",
        "\\\"access_token\\\":\\\"\\\",",
        "\\\"access_token\\\":\\\"a b\\\",",
        "\\\"access_token\\\":\\\"abc\\\",\\\"token_type\\\":\\\"mac\\\",",
    };
    vcd_client *client = new_client();
    char text[16384], token[128], expected[64], json[512], beside[520];
    vcd_call *call;
    vcd_error *error;
    size_t h;

    control_do("/reset");
    control_do("/settings?deviceIntervalSeconds=0");
    /* Mostly the accounts before have left one. */
    if (exists(path))
        CHECK(unlink(path) == 0);
    set_up_account(administrator, "half", path);
    read_file(path, text, sizeof text);
    snprintf(beside, sizeof beside, "%s.new", path);
    for (h = 0; h < sizeof halves / sizeof halves[0]; h++) {
        snprintf(expected, sizeof expected, "anotheranotheranotheranother000%d", (int)h);
        snprintf(json, sizeof json,
                 "{\"kind\":\"status\",\"status\":200,\"path\":\"/oauth\","
                 "\"body\":\"{%s\\\"refresh_token\\\":\\\"%s\\\"}\"}",
                 halves[h], expected);
        control_do_json("/fault", json);
        call = new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
        error = fails_with(call, VCD_ERR_JSON);
        CHECK(strstr(vcd_error_message(error), expected) == NULL);
        vcd_error_free(error);
        vcd_call_free(call);
        token_in(path, token, sizeof token);
        CHECK_TEXT(token, expected);
        CHECK(!exists(beside));
    }
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    write_file(path, text);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    check_session_works(client);
    check_file_is_current(path);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ tokens that could not be saved */

/* Signs in while something stands in the file's place; then the token is with the client, and beside the file. */
static vcd_client *signed_in_unsaved(const char *path)
{
    vcd_client *client = new_client();
    int before = control_requests(TOKENS);
    char in_the_way[600], beside[520], saved[128], current[128];
    vcd_call *call;

    control_do("/fault?kind=delay&ms=2000&path=/oauth");
    call = new_sign_in(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    control_wait_for_requests(TOKENS, before + 1);
    snprintf(in_the_way, sizeof in_the_way, "%s/in the way", path);
    CHECK(unlink(path) == 0);
    CHECK(mkdir(path, 0700) == 0 && mkdir(in_the_way, 0700) == 0);
    vcd_error_free(fails_with(call, VCD_ERR_TOKEN_NOT_SAVED));
    vcd_call_free(call);
    CHECK(rmdir(in_the_way) == 0 && rmdir(path) == 0);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    snprintf(beside, sizeof beside, "%s.new", path);
    token_in(beside, saved, sizeof saved);
    current_token(current, sizeof current);
    CHECK_TEXT(saved, current);
    check_client_text(client, VCD_CLIENT_API_TOKEN, current);
    return client;
}

/* Another client signs in with the file, so that the token of the first one is of no use any more. */
static void another_goes_on(const char *path)
{
    vcd_client *other = new_client();

    sign_in_by(other, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    check_session_works(other);
    check_file_is_current(path);
    vcd_client_free(other);
}

/* A token that could not be saved counts until the file has gone on without the client that has it. */
static void unsaved(vcd_client *administrator, const char *path)
{
    enum { PUT_BACK, RENAMED, SET_UP_ANEW, ALONE, CASES };
    char text[16384], beside[520], token[128], current[128];
    int what;

    snprintf(beside, sizeof beside, "%s.new", path);
    for (what = 0; what < CASES; what++) {
        char name[32];
        vcd_client *client;
        long long rotations;
        int renewals;

        control_do("/reset");
        control_do("/settings?deviceIntervalSeconds=0");
        if (exists(path))
            CHECK(unlink(path) == 0);
        snprintf(name, sizeof name, "unsaved-%d", what);
        set_up_account(administrator, name, path);
        read_file(path, text, sizeof text);
        client = signed_in_unsaved(path);
        switch (what) {
        case PUT_BACK:
            /* The file as it was: the next one finds the new token beside it. */
            write_file(path, text);
            another_goes_on(path);
            break;
        case RENAMED:
            /* As the message says. */
            CHECK(rename(beside, path) == 0);
            another_goes_on(path);
            break;
        case SET_UP_ANEW:
            /* By a person, who has written another token into it. */
            token_in(beside, token, sizeof token);
            CHECK(unlink(beside) == 0);
            snprintf(text, sizeof text, "{\"token_type\":\"Service Account\",\"refresh_token\":\"%s\"}", token);
            write_file(path, text);
            another_goes_on(path);
            another_goes_on(path);
            break;
        default:
            /* Nobody but the client itself knows it. */
            CHECK(unlink(beside) == 0);
            write_file(path, text);
        }
        rotations = control_count("rotations");
        for (renewals = 1; renewals <= 2; renewals++) {
            control_do("/expire");
            check_session_works(client);
            CHECK_INT(control_count("rotations"), rotations + renewals);
            check_file_is_current(path);
            token_in(path, token, sizeof token);
            current_token(current, sizeof current);
            CHECK_TEXT(token, current);
        }
        no_client_text(client, VCD_CLIENT_API_TOKEN);
        CHECK_INT(control_count("killedGrants"), 0);
        another_goes_on(path);
        vcd_client_free(client);
    }
    CHECK_INT(control_count("killedGrants"), 0);
}

/* ------------------------------------------------------------------ what passes */

/* A token endpoint that is busy, or not there for a moment, does not end the waiting for a grant. */
static void polling_goes_on(vcd_client *administrator)
{
    enum { COUNT = 3 };
    struct {
        char id[128], device_code[128], user_code[128], path[512];
        vcd_call *call;
    } accounts[COUNT], *one;
    vcd_client *device = new_client();
    char name[32];
    int a, before;

    control_do("/reset");
    control_do("/settings?deviceIntervalSeconds=0");
    for (a = 0; a < COUNT; a++) {
        snprintf(name, sizeof name, "patient-%d", a);
        one = &accounts[a];
        create_account(administrator, name, NULL, one->id, sizeof one->id);
        authorize_account(one->id, one->device_code, one->user_code, sizeof one->device_code);
        snprintf(name, sizeof name, "patient-%d.json", a);
        in_folder(name, one->path);
    }
    /* One for each, whichever: each then waits five seconds longer. */
    control_do("/fault?kind=status&status=503&path=" TOKENS);
    control_do("/fault?kind=status&status=429&path=" TOKENS);
    control_do("/fault?kind=close-before-response&path=" TOKENS);
    before = control_requests(TOKENS);
    for (a = 0; a < COUNT; a++) {
        accounts[a].call = new_activation(device, accounts[a].id, accounts[a].device_code, accounts[a].path);
        set_int(accounts[a].call, VCD_CALL_OPT_MAX_RETRIES, 0);
        EXPECT(VCD_OK, vcd_call_start(accounts[a].call, NULL));
    }
    control_wait_for_requests(TOKENS, before + COUNT);
    for (a = 0; a < COUNT; a++)
        decide(administrator, "grant", accounts[a].user_code, NULL);
    CHECK_INT(control_count("pendingFaults"), 0);
    for (a = 0; a < COUNT; a++) {
        vcd_client *client = new_client();

        succeeds(accounts[a].call);
        vcd_call_free(accounts[a].call);
        sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, accounts[a].path);
        vcd_client_free(client);
    }
    CHECK_INT(control_count("killedGrants"), 0);

    /* One that does not pass ends it. */
    one = &accounts[0];
    create_account(administrator, "refused", NULL, one->id, sizeof one->id);
    authorize_account(one->id, one->device_code, one->user_code, sizeof one->device_code);
    control_do("/fault?kind=status&status=403&path=" TOKENS);
    before = control_requests(TOKENS);
    one->call = new_activation(device, one->id, one->device_code, in_folder("refused.json", one->path));
    CHECK(vcd_call_wait(one->call, VCD_WAIT_FOREVER, NULL) != VCD_OK);
    vcd_call_free(one->call);
    CHECK_INT(control_requests(TOKENS), before + 1);
    CHECK(!exists(one->path));
    vcd_client_free(device);
    control_do("/reset");
}

/* A provider sets up the account of a tenant, named in each of the three ways. */
static void for_a_tenant(void)
{
    static const char *const tenants[] = {"Tyrell", TYRELL_ID, "urn:vcloud:org:" TYRELL_ID};
    vcd_client *provider = new_client(), *device = new_client(), *client;
    vcd_call *call;
    char id[128], device_code[128], user_code[128], name[32], path[512];
    size_t t;

    control_do("/reset");
    control_do("/settings?deviceIntervalSeconds=0");
    sign_in_by(provider, VCD_GRANT_PASSWORD, "System", "administrator", setting("VCD_PROVIDER_PASSWORD"));
    for (t = 0; t < 3; t++) {
        snprintf(name, sizeof name, "tenant-%d", (int)t);
        create_account(provider, name, tenants[t], id, sizeof id);
        authorize_account(id, device_code, user_code, sizeof device_code);
        decide(provider, "grant", user_code, tenants[t]);
        snprintf(name, sizeof name, "tenant-%d.json", (int)t);
        call = new_activation(device, id, device_code, in_folder(name, path));
        succeeds(call);
        CHECK_CONTAINS(call_body(call), "\"org\":\"Tyrell\"");
        vcd_call_free(call);
        client = new_client();
        sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
        check_client_text(client, VCD_CLIENT_ORG_ID, TYRELL_ID);
        vcd_client_free(client);
    }
    CHECK_INT(control_requests(REGISTER), 3);
    call = new_operation(provider, VCD_OP_CREATE_SERVICE_ACCOUNT);
    set_text(call, VCD_CALL_OPT_NAME, "x");
    set_text(call, VCD_CALL_OPT_ROLE, "vApp Author");
    set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "Nexus-6");
    fails_saying(call, VCD_ERR_NOT_FOUND, "Nexus-6");
    vcd_client_free(device);
    vcd_client_free(provider);
}

/* ------------------------------------------------------------------ API tokens */

static void api_tokens(vcd_client *administrator)
{
    vcd_client *client = new_client(), *by_token = signed_in();
    vcd_call *call;
    vcd_error *error;
    char secret[128], id[128], path[512], text[4096];
    int before;

    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly");
    succeeds(call);
    json_text(call_body(call), "refresh_token", secret, sizeof secret);
    json_text(call_body(call), "id", id, sizeof id);
    CHECK(strncmp(id, "urn:vcloud:token:", 17) == 0);
    CHECK_CONTAINS(call_body(call), "\"name\":\"nightly\"");
    CHECK(strstr(call_body(call), "access_token") == NULL);
    vcd_call_free(call);
    sign_in_by(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, secret);
    check_client_text(client, VCD_CLIENT_USER, "roy");
    check_session_works(client);

    in_folder("nightly.json", path);
    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly-2");
    set_text(call, VCD_CALL_OPT_TOKEN_FILE, path);
    succeeds(call);
    CHECK_CONTAINS(call_body(call), "\"token_file\"");
    CHECK(strstr(call_body(call), "refresh_token") == NULL);
    vcd_call_free(call);
    read_file(path, text, sizeof text);
    CHECK_CONTAINS(text, "\"token_type\": \"API Token\"");
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path);
    check_session_works(client);

    /* Into a file that is there, or a folder that is not: nothing is created. */
    before = control_requests(REGISTER);
    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly-3");
    set_text(call, VCD_CALL_OPT_TOKEN_FILE, path);
    fails_saying(call, VCD_ERR_TOKEN_FILE, "nothing was created");
    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly-3");
    set_text(call, VCD_CALL_OPT_TOKEN_FILE, in_folder("no/such/folder.json", path));
    fails_saying(call, VCD_ERR_TOKEN_FILE, "nothing was created");
    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    fails_saying(call, VCD_ERR_ARGUMENT, "name");
    CHECK_INT(control_requests(REGISTER), before);

    /* One of that name is there. */
    call = new_operation(administrator, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly");
    set_text(call, VCD_CALL_OPT_TOKEN_FILE, in_folder("twice.json", path));
    fails_saying(call, VCD_ERR_HTTP, "exists already");
    CHECK(!exists(path));

    /* Who signed in with a token may not, whatever rights there are. */
    call = new_operation(by_token, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly-4");
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 403);
    CHECK_CONTAINS(vcd_error_message(error), "A session made with an API token");
    CHECK_CONTAINS(vcd_error_message(error), "user name and password");
    vcd_error_free(error);
    vcd_call_free(call);
    call = new_call(by_token, "GET", "/cloudapi/1.0.0/tokens");
    fails_saying(call, VCD_ERR_HTTP, "A session made with an API token");

    /* Revoked, it is of no use. */
    snprintf(text, sizeof text, "/cloudapi/1.0.0/tokens/%s", id);
    call = new_call(administrator, "DELETE", text);
    succeeds(call);
    vcd_call_free(call);
    fails_saying(new_sign_in(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, secret), VCD_ERR_AUTH, "revoked");

    /* An operation needs a session, unless it is a device's. */
    EXPECT(VCD_OK, vcd_sign_out(client, NULL));
    call = new_operation(client, VCD_OP_CREATE_API_TOKEN);
    set_text(call, VCD_CALL_OPT_NAME, "nightly-5");
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_call_start(call, NULL));
    vcd_call_free(call);
    vcd_client_free(client);
    vcd_client_free(by_token);
}

int main(void)
{
    vcd_client *administrator;
    char id[128], path[512];

    password();
    names();
    wrong_password();
    tried_once();
    refused_passwords();
    api_token_files();
    readable_file();
    refused_files();
    administrator = signed_in_by_password();
    in_folder("account.json", path);
    created(administrator, id, sizeof id);
    refused_accounts(administrator);
    activated(administrator, id, path);
    granted(administrator, path);
    rotated(path);
    rotated_in_memory(path);
    used_twice(administrator, path);
    lost_answer(path);
    half_an_answer(administrator, path);
    unsaved(administrator, path);
    polling_goes_on(administrator);
    for_a_tenant();
    control_do("/reset");
    api_tokens(administrator);
    vcd_client_free(administrator);
    return checks_passed();
}
