/* Requests of every kind: methods, bodies, headers, options. */
#include "session.h"

/* Sends a request and returns its finished call. */
static vcd_call *send_request(vcd_client *client, const char *method, const char *uri, const char *body)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_request(client, method, uri, NULL, (const uint8_t *)body, body == NULL ? 0 : strlen(body), &call, &error),
         &error);
    return call;
}

static const char *body_of(const vcd_call *call)
{
    const uint8_t *body = NULL;
    size_t length = 0;

    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    CHECK_INT(strlen((const char *)body), length);
    return (const char *)body;
}

/* The simulator's record of the requests below a path. */
static const char *received(const char *path)
{
    static char answer[65536];
    char target[256];

    snprintf(target, sizeof target, "/requests?path=%s", path);
    CHECK_INT(control("GET", target, NULL, answer, sizeof answer), 200);
    return answer;
}

static void methods(void)
{
    static const char made[] = "{\"name\":\"Voight\",\"displayName\":\"Voight Corporation\",\"isEnabled\":true}";
    static const char changed[] = "{\"name\":\"Voight\",\"displayName\":\"Voight & S\xc3\xb6hne\",\"isEnabled\":true}";
    vcd_client *client = new_client();
    vcd_error *error = NULL;
    vcd_call *call;
    const char *id, *end;
    char uri[256];

    must(vcd_sign_in(client, "System", setting("VCD_PROVIDER_TOKEN"), &error), &error);
    call = send_request(client, "POST", ORGS, made);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 201);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), sizeof made - 1);
    CHECK_TEXT(call_text(call, VCD_CALL_REASON), "Created");
    id = strstr(body_of(call), "urn:vcloud:org:");
    CHECK(id != NULL);
    end = strchr(id, '"');
    CHECK(end != NULL);
    snprintf(uri, sizeof uri, ORGS "/%.*s", (int)(end - id), id);
    vcd_call_free(call);
    CHECK_CONTAINS(received(ORGS), "application/json");

    call = send_request(client, "put", uri, changed);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    CHECK_TEXT(call_text(call, VCD_CALL_METHOD), "PUT");
    CHECK_CONTAINS(body_of(call), "Voight & S\xc3\xb6hne");
    vcd_call_free(call);

    call = send_request(client, "GET", uri, NULL);
    CHECK_CONTAINS(body_of(call), "Voight & S\xc3\xb6hne");
    vcd_call_free(call);

    call = send_request(client, "HEAD", uri, NULL);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    CHECK_TEXT(body_of(call), "");
    vcd_call_free(call);

    call = send_request(client, "DELETE", uri, NULL);
    CHECK(call_int(call, VCD_CALL_HTTP_STATUS) < 300);
    vcd_call_free(call);
    call = NULL;
    EXPECT(VCD_ERR_HTTP, vcd_get(client, uri, &call, NULL));
    vcd_call_free(call);
    vcd_client_free(client);
}

/* What is set on a call stands on the wire. */
static void on_the_wire(vcd_client *client)
{
    static const char body[] = "\x00\x01\xff{}";
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const char *log;

    control_do("/reset");
    must(vcd_call_new(client, "POST", "/cloudapi/1.0.0/wire?a=b%20c&d=\xc3\xa4 e", &call, &error), &error);
    must(vcd_call_set_header(call, "X-Wire-Test", "some value", &error), &error);
    must(vcd_call_set_header(call, "Accept", "application/json;version=36.1", &error), &error);
    must(vcd_call_set_text(call, VCD_CALL_OPT_CONTENT_TYPE, "application/octet-stream", &error), &error);
    must(vcd_call_set_body(call, (const uint8_t *)body, sizeof body - 1, &error), &error);
    must(vcd_call_set_int(call, VCD_CALL_OPT_ACCEPT_ANY_STATUS, 1, &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 404);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), sizeof body - 1);
    vcd_call_free(call);
    log = received("/cloudapi/1.0.0/wire");
    CHECK_CONTAINS(log, "\"target\":\"/cloudapi/1.0.0/wire?a=b%20c&d=%C3%A4%20e\"");
    CHECK_CONTAINS(log, "some value");
    CHECK_CONTAINS(log, "application/json;version=36.1");
    CHECK_CONTAINS(log, "application/octet-stream");
    CHECK_CONTAINS(log, "Bearer eyJ");
    CHECK_CONTAINS(log, "vcdrest/");
}

static void versions(vcd_client *client)
{
    vcd_client *pinned = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_set_text(call, VCD_CALL_OPT_API_VERSION, "36.1", &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    CHECK_TEXT(call_text(call, VCD_CALL_API_VERSION), "36.1");
    CHECK_CONTAINS(call_text(call, VCD_CALL_CONTENT_TYPE), "version=36.1");
    vcd_call_free(call);

    must(vcd_client_set_text(pinned, VCD_OPT_API_VERSION, "36.2", &error), &error);
    must(vcd_sign_in(pinned, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    must(vcd_get(pinned, ORGS, &call, &error), &error);
    CHECK_CONTAINS(call_text(call, VCD_CALL_CONTENT_TYPE), "version=36.2");
    vcd_call_free(call);
    vcd_client_free(pinned);
}

static void addresses(vcd_client *client)
{
    char url[512];
    vcd_call *call;

    call = send_request(client, "GET", ORGS "?page=1&pageSize=1", NULL);
    CHECK_CONTAINS(body_of(call), "\"pageSize\":1");
    vcd_call_free(call);
    snprintf(url, sizeof url, "%s%s", setting("VCD_URL"), ORGS);
    call = send_request(client, "GET", url, NULL);
    CHECK_TEXT(call_text(call, VCD_CALL_URL), url);
    vcd_call_free(call);

    call = NULL;
    EXPECT(VCD_ERR_ORIGIN, vcd_get(client, "https://elsewhere.example/cloudapi/1.0.0/orgs", &call, NULL));
    EXPECT(VCD_ERR_ORIGIN, vcd_get(client, setting("VCD_PLAIN_URL"), &call, NULL));
    CHECK(call == NULL);
}

static void anonymous(void)
{
    vcd_client *client = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const char *log;

    control_do("/reset");
    must(vcd_call_new(client, "GET", "/api/versions", &call, &error), &error);
    must(vcd_call_set_int(call, VCD_CALL_OPT_ANONYMOUS, 1, &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    CHECK_CONTAINS(body_of(call), "37.2");
    vcd_call_free(call);
    log = received("/");
    CHECK(strstr(log, "Bearer") == NULL);
    vcd_client_free(client);
}

/* A server that is busy is asked again, where that does no harm. */
static void retries(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=retry-after&seconds=0&times=2&path=" ORGS);
    must(vcd_get(client, ORGS, &call, &error), &error);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 3);
    vcd_call_free(call);

    control_do("/fault?kind=close-before-response&path=" ORGS);
    must(vcd_get(client, ORGS, &call, &error), &error);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 2);
    vcd_call_free(call);

    control_do("/fault?kind=retry-after&seconds=0&path=" ORGS);
    EXPECT(VCD_ERR_HTTP, vcd_request(client, "POST", ORGS, NULL, (const uint8_t *)"{}", 2, &call, NULL));
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 503);
    vcd_call_free(call);

    control_do("/fault?kind=retry-after&seconds=0&path=" ORGS);
    call = NULL;
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0, &error), &error);
    EXPECT(VCD_ERR_HTTP, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    vcd_call_free(call);
    control_do("/reset");
}

int main(void)
{
    vcd_client *client = signed_in();

    methods();
    on_the_wire(client);
    versions(client);
    addresses(client);
    anonymous();
    retries(client);
    vcd_client_free(client);
    return checks_passed();
}
