/* The way that everybody goes: a client, a sign-in, a GET, its answer, a sign-out. */
#include "session.h"
#include <ctype.h>
#include <time.h>

/* Copies a text of the client, asking for its length first. */
static char *client_text(const vcd_client *client, int32_t field)
{
    size_t needed = 0, again = 0;
    char *text;

    EXPECT(VCD_ERR_BUFFER_TOO_SMALL, vcd_client_copy_text(client, field, NULL, 0, &needed, NULL));
    CHECK(needed > 1);
    text = malloc(needed);
    CHECK(text != NULL);
    memset(text, 'x', needed);
    EXPECT(VCD_ERR_BUFFER_TOO_SMALL, vcd_client_copy_text(client, field, text, needed - 1, &again, NULL));
    CHECK_INT(again, needed);
    EXPECT(VCD_OK, vcd_client_copy_text(client, field, text, needed, &again, NULL));
    CHECK_INT(again, needed);
    CHECK_INT(strlen(text) + 1, needed);
    return text;
}

static void check_client_text(const vcd_client *client, int32_t field, const char *expected)
{
    char *text = client_text(client, field);

    CHECK_TEXT(text, expected);
    free(text);
}

static void library(void)
{
    CHECK_INT(vcd_abi_version() >> 16, VCD_ABI_MAJOR);
    CHECK_INT(vcd_abi_version() & 0xffff, VCD_ABI_MINOR);
    CHECK_TEXT(vcd_version(), setting("VCD_EXPECTED_VERSION"));
    CHECK_TEXT(vcd_status_name(VCD_OK), "VCD_OK");
    CHECK_TEXT(vcd_status_name(VCD_ERR_TIMEOUT), "VCD_ERR_TIMEOUT");
    CHECK_TEXT(vcd_status_name(-12345), "VCD_ERR_UNKNOWN");
}

static void before_sign_in(vcd_client *client)
{
    size_t needed = 1;
    int64_t value = 1;
    vcd_call *call = NULL;

    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 0);
    CHECK_INT(client_int(client, VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED), 0);
    check_client_text(client, VCD_CLIENT_SERVER, setting("VCD_URL"));
    EXPECT(VCD_ERR_NOT_FOUND, vcd_client_get_int(client, VCD_CLIENT_EXPIRES_AT, &value, NULL));
    CHECK_INT(value, 0);
    EXPECT(VCD_ERR_NOT_FOUND, vcd_client_copy_text(client, VCD_CLIENT_ORG, NULL, 0, &needed, NULL));
    CHECK_INT(needed, 0);
    EXPECT(VCD_ERR_NOT_FOUND, vcd_client_copy_text(client, VCD_CLIENT_USER, NULL, 0, &needed, NULL));
    EXPECT(VCD_ERR_NOT_FOUND, vcd_client_copy_text(client, VCD_CLIENT_ADDRESS_ORG, NULL, 0, &needed, NULL));
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_client_copy_text(client, VCD_CLIENT_ACCESS_TOKEN, NULL, 0, &needed, NULL));
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_get(client, ORGS, &call, NULL));
    CHECK(call == NULL);
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_sign_out(client, NULL));
    CHECK_INT(control_count("requests"), 0);
}

static void facts(vcd_client *client)
{
    char *token;
    int64_t now = (int64_t)time(NULL), expires_at = 0;
    long long left;

    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 1);
    CHECK_INT(client_int(client, VCD_CLIENT_OWNS_SESSION), 1);
    EXPECT(VCD_OK, vcd_client_get_int(client, VCD_CLIENT_EXPIRES_AT, &expires_at, NULL));
    /* The simulator's access tokens live for a day. */
    CHECK(expires_at > now + 86400 - 120 && expires_at < now + 86400 + 120);
    left = client_int(client, VCD_CLIENT_EXPIRES_IN_MS);
    CHECK(left > 86400000LL - 120000 && left <= 86400000LL);
    check_client_text(client, VCD_CLIENT_ORG, setting("VCD_ORG"));
    check_client_text(client, VCD_CLIENT_USER, "roy");
    token = client_text(client, VCD_CLIENT_ACCESS_TOKEN);
    CHECK(strncmp(token, "eyJ", 3) == 0);
    CHECK(strchr(token, '\n') == NULL);
    free(token);
}

static void headers(const vcd_call *call)
{
    const char *name = NULL, *value = NULL, *found = NULL;
    size_t name_length = 0, value_length = 0, found_length = 0, index;
    size_t count = (size_t)call_int(call, VCD_CALL_HEADER_COUNT);
    const char *letter;
    int seen = 0;

    CHECK(count >= 3);
    for (index = 0; index < count; index++) {
        EXPECT(VCD_OK, vcd_call_header_at(call, index, &name, &name_length, &value, &value_length, NULL));
        CHECK_INT(strlen(name), name_length);
        CHECK_INT(strlen(value), value_length);
        for (letter = name; *letter != '\0'; letter++)
            CHECK(!isupper((unsigned char)*letter));
        EXPECT(VCD_OK, vcd_call_find_header(call, name, &found, &found_length, NULL));
        seen += strcmp(name, "x-vmware-vcloud-request-id") == 0;
    }
    CHECK_INT(seen, 1);
    EXPECT(VCD_ERR_NOT_FOUND, vcd_call_header_at(call, count, &name, &name_length, &value, &value_length, NULL));
    CHECK(name == NULL && value == NULL);
    CHECK(name_length == 0 && value_length == 0);
    EXPECT(VCD_OK, vcd_call_find_header(call, "CONTENT-type", &found, NULL, NULL));
    CHECK_CONTAINS(found, "application/json");
    EXPECT(VCD_ERR_NOT_FOUND, vcd_call_find_header(call, "x-not-there", &found, &found_length, NULL));
    CHECK(found == NULL);
    CHECK_INT(found_length, 0);
}

static void answer(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const uint8_t *body = NULL;
    size_t length = 0;
    char url[512];
    int64_t expected = 0;

    must(vcd_get(client, ORGS, &call, &error), &error);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    CHECK_INT(call_int(call, VCD_CALL_DONE), 1);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), 0);
    CHECK_TEXT(call_text(call, VCD_CALL_REASON), "OK");
    CHECK_TEXT(call_text(call, VCD_CALL_METHOD), "GET");
    snprintf(url, sizeof url, "%s%s", setting("VCD_URL"), ORGS);
    CHECK_TEXT(call_text(call, VCD_CALL_URL), url);
    /* The newest version that the simulator offers, apart from an alpha. */
    CHECK_TEXT(call_text(call, VCD_CALL_API_VERSION), "37.2");
    check_client_text(client, VCD_CLIENT_API_VERSION, "37.2");
    CHECK_CONTAINS(call_text(call, VCD_CALL_CONTENT_TYPE), "application/json");
    CHECK(strlen(call_text(call, VCD_CALL_REQUEST_ID)) > 10);
    headers(call);
    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    CHECK_INT(body[length], 0);
    CHECK_INT(strlen((const char *)body), length);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), length);
    if (vcd_call_get_int(call, VCD_CALL_BYTES_EXPECTED, &expected, NULL) == VCD_OK)
        CHECK(expected > 0);
    CHECK(body[0] == '{' && body[length - 1] == '}');
    CHECK_CONTAINS((const char *)body, "\"resultTotal\"");
    CHECK_CONTAINS((const char *)body, "\"name\":\"Tyrell\"");
    vcd_call_free(call);
}

/* A call and what was read from it outlive the client. */
static void call_outlives_client(void)
{
    vcd_client *client = signed_in();
    vcd_call *call = NULL;
    const uint8_t *body = NULL;
    const char *type = NULL;
    size_t length = 0;

    EXPECT(VCD_OK, vcd_get(client, ORGS, &call, NULL));
    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    type = call_text(call, VCD_CALL_CONTENT_TYPE);
    vcd_client_free(client);
    CHECK_CONTAINS((const char *)body, "Tyrell");
    CHECK_CONTAINS(type, "json");
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    vcd_call_free(call);
}

static void sign_out(vcd_client *client)
{
    vcd_error *error = NULL;
    vcd_call *call = NULL;
    size_t needed = 0;

    must(vcd_sign_out(client, &error), &error);
    control_wait_for_requests("/cloudapi/1.0.0/sessions/current", 1);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_client_copy_text(client, VCD_CLIENT_ACCESS_TOKEN, NULL, 0, &needed, NULL));
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_get(client, ORGS, &call, &error));
    CHECK_INT(vcd_error_code(error), VCD_ERR_NOT_SIGNED_IN);
    vcd_error_free(error);
    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_sign_out(client, NULL));
}

int main(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    library();
    before_sign_in(client);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    facts(client);
    answer(client);
    check_session_works(client);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 1);
    CHECK_INT(control_count("exchanges"), 1);
    sign_out(client);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    check_session_works(client);
    vcd_client_free(client);
    call_outlives_client();
    return checks_passed();
}
