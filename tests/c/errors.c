/* What an error says, for everything that can go wrong on the way and at the server. The session outlives all. */
#include "session.h"

/* A GET of the organizations that fails. The error and, where there is one, the call are the caller's. */
static vcd_error *failed_get(vcd_client *client, const char *uri, vcd_status expected, vcd_call **call)
{
    vcd_error *error = NULL;
    vcd_status status;

    *call = (vcd_call *)(uintptr_t)0x5a5a5a5a;
    status = vcd_get(client, uri, call, &error);
    if (status != expected)
        fprintf(stderr, "%s\n", vcd_error_message(error));
    EXPECT(expected, status);
    CHECK(error != NULL);
    CHECK_INT(vcd_error_code(error), expected);
    CHECK_INT(error_int(error, VCD_ERROR_CODE), expected);
    CHECK_TEXT(error_text(error, VCD_ERROR_MESSAGE), vcd_error_message(error));
    CHECK(strlen(vcd_error_message(error)) > 10);
    CHECK(strstr(vcd_error_message(error), setting("VCD_API_TOKEN")) == NULL);
    CHECK(strstr(vcd_error_message(error), "Bearer") == NULL);
    return error;
}

static void no_text(const vcd_error *error, int32_t field)
{
    const char *text = (const char *)(uintptr_t)0x5a5a5a5a;
    size_t length = 99;

    EXPECT(VCD_ERR_NOT_FOUND, vcd_error_get_text(error, field, &text, &length));
    CHECK(text == NULL);
    CHECK_INT(length, 0);
}

static void no_retry_after(const vcd_error *error)
{
    int64_t value = 99;

    EXPECT(VCD_ERR_NOT_FOUND, vcd_error_get_int(error, VCD_ERROR_RETRY_AFTER_MS, &value));
    CHECK_INT(value, 0);
}

/* The answer behind an error can be read. */
static void check_answer(const vcd_call *call, int status, const char *part)
{
    const uint8_t *body = NULL;
    size_t length = 0;

    CHECK(call != NULL);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), status);
    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    CHECK_INT(strlen((const char *)body), length);
    CHECK_CONTAINS((const char *)body, part);
}

/* ------------------------------------------------------------------ the server says no */

static void forbidden(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = failed_get(client, ORGS "/urn:vcloud:org:00000000-0000-4000-8000-000000000000", VCD_ERR_HTTP, &call);
    const char *message = vcd_error_message(error);
    char kept[2048];

    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 403);
    CHECK_INT(error_int(error, VCD_ERROR_OS_ERROR), 0);
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
    CHECK(strlen(error_text(error, VCD_ERROR_SERVER_MESSAGE)) > 0);
    CHECK_TEXT(error_text(error, VCD_ERROR_REQUEST_ID), call_text(call, VCD_CALL_REQUEST_ID));
    CHECK_CONTAINS(error_text(error, VCD_ERROR_BODY), "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
    CHECK_CONTAINS(message, "403");
    CHECK_CONTAINS(message, error_text(error, VCD_ERROR_SERVER_MESSAGE));
    no_retry_after(error);
    no_text(error, VCD_ERROR_FINGERPRINT);
    check_answer(call, 403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN");

    /* Text borrowed from the error stays while the call goes, and while other errors come and go. */
    snprintf(kept, sizeof kept, "%s", message);
    vcd_call_free(call);
    vcd_error_free(failed_get(client, "/cloudapi/1.0.0/nothing", VCD_ERR_HTTP, &call));
    vcd_call_free(call);
    CHECK_TEXT(message, kept);
    CHECK(vcd_error_message(error) == message);
    vcd_error_free(error);
}

static void statuses(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = failed_get(client, "/cloudapi/1.0.0/nothing", VCD_ERR_HTTP, &call);
    const char *text = NULL;

    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 404);
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "RESOURCE_NOT_FOUND");
    CHECK_TEXT(call_text(call, VCD_CALL_REASON), "Not Found");
    check_answer(call, 404, "RESOURCE_NOT_FOUND");
    EXPECT(VCD_ERR_HTTP, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    EXPECT(VCD_OK, vcd_call_find_header(call, "content-type", &text, NULL, NULL));
    vcd_call_free(call);
    vcd_error_free(error);

    /* An error page that no API has written. */
    error = failed_get(client, "/elsewhere", VCD_ERR_HTTP, &call);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 404);
    no_text(error, VCD_ERROR_SERVER_CODE);
    check_answer(call, 404, "<h1>");
    vcd_call_free(call);
    vcd_error_free(error);

    /* Unknown to the server. */
    EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &call, NULL));
    EXPECT(VCD_OK, vcd_call_set_text(call, VCD_CALL_OPT_API_VERSION, "12.0", NULL));
    EXPECT(VCD_ERR_HTTP, vcd_call_wait(call, VCD_WAIT_FOREVER, &error));
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 406);
    vcd_call_free(call);
    vcd_error_free(error);

    control_do_json("/fault", "{\"kind\":\"status\",\"status\":500,\"path\":\"" ORGS "\",\"contentType\":\"text/html\","
                              "\"body\":\"<html>down</html>\"}");
    error = failed_get(client, ORGS, VCD_ERR_HTTP, &call);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 500);
    CHECK_CONTAINS(error_text(error, VCD_ERROR_BODY), "down");
    check_answer(call, 500, "down");
    vcd_call_free(call);
    vcd_error_free(error);
    check_session_works(client);
}

/* Every status is VCD_OK when that is asked for. */
static void any_status(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    EXPECT(VCD_OK, vcd_call_new(client, "GET", "/cloudapi/1.0.0/nothing", &call, NULL));
    EXPECT(VCD_OK, vcd_call_set_int(call, VCD_CALL_OPT_ACCEPT_ANY_STATUS, 1, NULL));
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    check_answer(call, 404, "RESOURCE_NOT_FOUND");
    vcd_call_free(call);
}

static void busy(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/fault?kind=retry-after&status=503&seconds=7&path=" ORGS);
    EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &call, NULL));
    EXPECT(VCD_OK, vcd_call_set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0, NULL));
    EXPECT(VCD_ERR_HTTP, vcd_call_wait(call, VCD_WAIT_FOREVER, &error));
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 503);
    CHECK_INT(error_int(error, VCD_ERROR_RETRY_AFTER_MS), 7000);
    vcd_call_free(call);
    vcd_error_free(error);
    check_session_works(client);
}

/* ------------------------------------------------------------------ credentials */

static void sign_in_refused(const char *org, const char *token, const char *named)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;
    vcd_status status = vcd_sign_in(client, org, token, &error);
    const char *message = vcd_error_message(error);

    EXPECT(VCD_ERR_AUTH, status);
    CHECK_INT(vcd_error_code(error), VCD_ERR_AUTH);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 400);
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "invalid_grant");
    /* The three causes: the token, the organization, the endpoint. */
    CHECK_CONTAINS(message, "token");
    CHECK_CONTAINS(message, named);
    CHECK_CONTAINS(message, "System");
    CHECK(strstr(message, token) == NULL);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    vcd_error_free(error);
    vcd_client_free(client);
}

static void credentials(void)
{
    sign_in_refused("Tyrell", "wrongwrongwrongwrongwrongwrong12", "Tyrell");
    sign_in_refused("Nexus", setting("VCD_API_TOKEN"), "Nexus");
    sign_in_refused("System", setting("VCD_API_TOKEN"), "System");
    sign_in_refused("Tyrell", setting("VCD_PROVIDER_TOKEN"), "Tyrell");
    control_do("/settings?oauthErrors=rfc");
    sign_in_refused("Tyrell", "wrongwrongwrongwrongwrongwrong12", "Tyrell");
    control_do("/reset");
}

/* A token endpoint that answers with something else. */
static void sign_in_answers(void)
{
    static const struct {
        const char *fault;
        vcd_status status;
    } answers[] = {
        {"/fault?kind=html-ok&path=/oauth", VCD_ERR_CONTENT},
        {"/fault?kind=empty-ok&path=/oauth", VCD_ERR_EMPTY},
        {"/fault?kind=truncated-json&path=/oauth", VCD_ERR_TRUNCATED},
        {"/fault?kind=redirect&location=https://elsewhere.example/&path=/oauth", VCD_ERR_REDIRECT},
        {"/fault?kind=status&status=200&body=%7B%22no%22%3A1%7D&path=/oauth", VCD_ERR_JSON},
    };
    size_t a;

    for (a = 0; a < sizeof answers / sizeof answers[0]; a++) {
        vcd_client *client = new_client();
        vcd_error *error = NULL;

        control_do(answers[a].fault);
        EXPECT(answers[a].status, vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error));
        CHECK_INT(vcd_error_code(error), answers[a].status);
        vcd_error_free(error);
        error = NULL;
        must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
        vcd_client_free(client);
    }
}

/* 401 on a request: the token is renewed once, then the credentials are at fault. */
static void unauthorized(void)
{
    vcd_client *client = signed_in();
    vcd_call *call = NULL;
    vcd_error *error;

    control_do("/fault?kind=status&status=401&path=" ORGS);
    check_session_works(client);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 2);

    control_do("/fault?kind=status&status=401&times=2&path=" ORGS);
    error = failed_get(client, ORGS, VCD_ERR_HTTP, &call);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 401);
    vcd_call_free(call);
    vcd_error_free(error);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 3);
    check_session_works(client);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ answers that are no good */

static void broken_answer(vcd_client *client, const char *fault, vcd_status status, int http_status, const char *part)
{
    vcd_call *call = NULL;
    vcd_error *error;

    control_do(fault);
    error = failed_get(client, ORGS, status, &call);
    if (part == NULL) {
        CHECK(call == NULL);
    } else {
        check_answer(call, http_status, part);
        vcd_call_free(call);
    }
    vcd_error_free(error);
    /* One bad answer does not spoil the session. */
    check_session_works(client);
}

static void broken_answers(vcd_client *client)
{
    broken_answer(client, "/fault?kind=html-ok&path=" ORGS, VCD_ERR_CONTENT, 200, "Request Rejected");
    broken_answer(client, "/fault?kind=empty-ok&path=" ORGS, VCD_ERR_EMPTY, 200, "");
    broken_answer(client, "/fault?kind=truncated-json&path=" ORGS, VCD_ERR_TRUNCATED, 200, "{");
    broken_answer(client, "/fault?kind=redirect&location=https://elsewhere.example/&path=" ORGS, VCD_ERR_REDIRECT, 302, "");
    broken_answer(client, "/fault?kind=not-http&path=" ORGS, VCD_ERR_PROTOCOL, 0, NULL);
    control_do("/reset");
    broken_answer(client, "/fault?kind=reset&times=4&path=" ORGS, VCD_ERR_CONNECTION_LOST, 0, NULL);
    control_do("/reset");
    broken_answer(client, "/fault?kind=close-mid-body&times=4&path=" ORGS, VCD_ERR_CONNECTION_LOST, 0, NULL);
    control_do("/reset");
}

/* Larger than the client allows. */
static void too_large(void)
{
    vcd_client *client = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_client_set_int(client, VCD_OPT_MAX_BODY_BYTES, 1024, &error), &error);
    must(vcd_sign_in(client, "System", setting("VCD_PROVIDER_TOKEN"), &error), &error);
    vcd_error_free(failed_get(client, ORGS, VCD_ERR_TOO_LARGE, &call));
    CHECK(call == NULL);
    must(vcd_get(client, "/cloudapi/1.0.0/sessions/current", &call, &error), &error);
    vcd_call_free(call);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ the way to the server */

static vcd_error *sign_in_fails(vcd_client *client, vcd_status expected)
{
    vcd_error *error = NULL;
    vcd_status status = vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error);

    if (status != expected)
        fprintf(stderr, "%s\n", vcd_error_message(error));
    EXPECT(expected, status);
    CHECK_INT(vcd_error_code(error), expected);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 0);
    return error;
}

static vcd_client *client_for(const char *url)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    must(vcd_client_new(url, &client, &error), &error);
    return client;
}

/* An unknown CA: the error shows the fingerprint, and with it the server is trusted. */
static void fingerprint(void)
{
    vcd_client *client = client_for(setting("VCD_URL"));
    vcd_error *error = sign_in_fails(client, VCD_ERR_TLS), *none = NULL;
    char shown[128], plain[65];
    size_t from, to = 0;

    snprintf(shown, sizeof shown, "%s", error_text(error, VCD_ERROR_FINGERPRINT));
    CHECK_CONTAINS(vcd_error_message(error), shown);
    CHECK_CONTAINS(vcd_error_message(error), "VCD_OPT_SERVER_FINGERPRINT");
    for (from = 0; shown[from] != '\0' && to < 64; from++)
        if (shown[from] != ':')
            plain[to++] = (char)(shown[from] >= 'A' && shown[from] <= 'F' ? shown[from] + 32 : shown[from]);
    plain[to] = '\0';
    CHECK_TEXT(plain, setting("VCD_FINGERPRINT"));
    vcd_error_free(error);
    vcd_client_free(client);

    client = client_for(setting("VCD_URL"));
    must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, shown, &none), &none);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &none), &none);
    check_session_works(client);
    vcd_client_free(client);

    /* Another certificate than that one. */
    client = client_for(setting("VCD_URL"));
    plain[0] = plain[0] == '0' ? '1' : '0';
    must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, plain, &none), &none);
    vcd_error_free(sign_in_fails(client, VCD_ERR_TLS));
    vcd_client_free(client);
}

/* Certificates that are wrong: each error says how, and the fingerprint helps with every one of them. */
static void certificates(void)
{
    static const struct {
        const char *kind, *named;
    } wrong[] = {
        {"expired", "expired"},
        {"not-yet-valid", "valid"},
        {"wrong-name", "name"},
    };
    static const char *const self_signed[] = {"self-signed", "self-signed-common-name-only", "ca-as-leaf"};
    char url[512], ca_file[512], pin[512];
    size_t c;

    for (c = 0; c < sizeof wrong / sizeof wrong[0]; c++) {
        vcd_client *client;
        vcd_error *error = NULL;

        control_listen(wrong[c].kind, url, ca_file, pin);
        client = client_for(url);
        must(vcd_client_set_text(client, VCD_OPT_CA_FILE, ca_file, &error), &error);
        error = sign_in_fails(client, VCD_ERR_TLS);
        CHECK_CONTAINS(vcd_error_message(error), wrong[c].named);
        vcd_error_free(error);
        vcd_client_free(client);

        error = NULL;
        client = client_for(url);
        must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, pin, &error), &error);
        must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
        vcd_client_free(client);
    }
    for (c = 0; c < sizeof self_signed / sizeof self_signed[0]; c++) {
        vcd_client *client;
        vcd_error *error = NULL;

        control_listen(self_signed[c], url, ca_file, pin);
        client = client_for(url);
        vcd_error_free(sign_in_fails(client, VCD_ERR_TLS));
        vcd_client_free(client);
        client = client_for(url);
        must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, pin, &error), &error);
        must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
        vcd_client_free(client);
    }
}

/* A port of this machine on which nobody listens, at least a moment ago. */
static void refused(void)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    int bound = (int)socket(AF_INET, SOCK_STREAM, 0);
    char url[64];
    vcd_client *client;
    vcd_error *error;

    CHECK(bound >= 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(bound, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(bound, (struct sockaddr *)&address, &length) == 0);
    /* Bound, so that nobody else takes it, and not listening. */
    snprintf(url, sizeof url, "https://127.0.0.1:%d", ntohs(address.sin_port));
    client = client_for(url);
    error = sign_in_fails(client, VCD_ERR_CONNECT);
    CHECK(error_int(error, VCD_ERROR_OS_ERROR) != 0);
    vcd_error_free(error);
    vcd_client_free(client);
    CHECK(socket_close(bound) == 0);
}

/* A name that nobody has (RFC 6761 keeps .invalid free). */
static void unknown_name(void)
{
    vcd_client *client = client_for("https://vcd.invalid");
    vcd_error *error = sign_in_fails(client, VCD_ERR_DNS);

    CHECK_CONTAINS(vcd_error_message(error), "vcd.invalid");
    vcd_error_free(error);
    vcd_client_free(client);
}

/* https spoken to a server that does not. */
static void not_tls(void)
{
    char url[512];
    vcd_client *client;

    snprintf(url, sizeof url, "https%s", strchr(setting("VCD_PLAIN_URL"), ':'));
    client = client_for(url);
    vcd_error_free(sign_in_fails(client, VCD_ERR_TLS));
    vcd_client_free(client);
}

int main(void)
{
    vcd_client *client = signed_in();

    forbidden(client);
    statuses(client);
    any_status(client);
    busy(client);
    credentials();
    sign_in_answers();
    unauthorized();
    broken_answers(client);
    too_large();
    fingerprint();
    certificates();
    refused();
    unknown_name();
    not_tls();
    check_session_works(client);
    vcd_client_free(client);
    return checks_passed();
}
