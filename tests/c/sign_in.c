/* Every way to sign in, and what a client knows and notes afterwards. */
#include "session.h"

static void sign_in(vcd_client *client, const char *org, const char *token)
{
    vcd_error *error = NULL;

    must(vcd_sign_in(client, org, token, &error), &error);
}

static void check_text_of(const vcd_client *client, int32_t field, const char *expected)
{
    char text[4096];
    size_t needed = 0;

    EXPECT(VCD_OK, vcd_client_copy_text(client, field, text, sizeof text, &needed, NULL));
    CHECK_TEXT(text, expected);
    CHECK_INT(needed, strlen(expected) + 1);
}

/* A client for the simulator's address with something behind it. */
static vcd_client *client_at(const char *suffix)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    char address[512];

    snprintf(address, sizeof address, "%s%s", setting("VCD_URL"), suffix);
    must(vcd_client_new(address, &client, &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_CA_FILE, setting("VCD_CA_FILE"), &error), &error);
    return client;
}

static void no_notice(vcd_client *client)
{
    int32_t code = 7;
    size_t needed = 7;
    char text[16] = "x";

    EXPECT(VCD_OK, vcd_client_take_notice(client, &code, text, sizeof text, &needed, NULL));
    CHECK_INT(code, 0);
    CHECK_INT(needed, 0);
}

static void provider(void)
{
    vcd_client *client = new_client();

    sign_in(client, "system", setting("VCD_PROVIDER_TOKEN"));
    check_text_of(client, VCD_CLIENT_ORG, "System");
    check_text_of(client, VCD_CLIENT_USER, "administrator");
    control_wait_for_requests("/oauth/provider/token", 1);
    check_session_works(client);
    no_notice(client);
    vcd_client_free(client);
}

static void organization_of_the_address(void)
{
    vcd_client *client = client_at("/tenant/Tyrell/vdcs");

    check_text_of(client, VCD_CLIENT_SERVER, setting("VCD_URL"));
    check_text_of(client, VCD_CLIENT_ADDRESS_ORG, "Tyrell");
    sign_in(client, NULL, setting("VCD_API_TOKEN"));
    check_text_of(client, VCD_CLIENT_ORG, "Tyrell");
    check_session_works(client);
    vcd_client_free(client);

    client = client_at("/provider");
    check_text_of(client, VCD_CLIENT_ADDRESS_ORG, "System");
    sign_in(client, NULL, setting("VCD_PROVIDER_TOKEN"));
    check_session_works(client);
    vcd_client_free(client);

    client = new_client();
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(client, NULL, setting("VCD_API_TOKEN"), NULL));
    vcd_client_free(client);
}

/* An access token that one client has fetched serves another, which cannot renew it and does not end it. */
static void access_token(void)
{
    vcd_client *first = signed_in(), *second = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    char token[4096];
    size_t needed = 0;
    long long exchanges = control_count("exchanges");

    EXPECT(VCD_OK, vcd_client_copy_text(first, VCD_CLIENT_ACCESS_TOKEN, token, sizeof token, &needed, NULL));
    must(vcd_sign_in_new(second, VCD_GRANT_ACCESS_TOKEN, NULL, NULL, token, &call, &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    vcd_call_free(call);
    CHECK_INT(client_int(second, VCD_CLIENT_OWNS_SESSION), 0);
    CHECK_INT(client_int(second, VCD_CLIENT_EXCHANGES), 0);
    CHECK_INT(client_int(second, VCD_CLIENT_SIGNED_IN), 1);
    check_text_of(second, VCD_CLIENT_USER, "roy");
    check_session_works(second);
    CHECK_INT(control_count("exchanges"), exchanges);

    control_do("/end-sessions");
    call = NULL;
    EXPECT(VCD_ERR_HTTP, vcd_get(second, ORGS, &call, &error));
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 401);
    vcd_error_free(error);
    vcd_call_free(call);
    CHECK_INT(control_count("exchanges"), exchanges);
    /* The one with an API token gets itself a new one. */
    check_session_works(first);
    CHECK_INT(control_count("exchanges"), exchanges + 1);
    vcd_client_free(first);
    vcd_client_free(second);
}

/* Notices wait until they are taken, come in order, and once. */
static void notices(void)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    char text[1024], padded[512];
    int32_t code = 0;
    size_t needed = 0, again = 0;

    must(vcd_client_new(setting("VCD_URL"), &client, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_SKIP_CERTIFICATE_CHECK, 1, &error), &error);
    CHECK_INT(client_int(client, VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED), 1);
    snprintf(padded, sizeof padded, " \"%s\"\n", setting("VCD_API_TOKEN"));
    sign_in(client, setting("VCD_ORG"), padded);
    EXPECT(VCD_ERR_BUFFER_TOO_SMALL, vcd_client_take_notice(client, &code, NULL, 0, &needed, NULL));
    CHECK_INT(code, 0);
    CHECK(needed > 1);
    EXPECT(VCD_ERR_BUFFER_TOO_SMALL, vcd_client_take_notice(client, &code, text, needed - 1, &again, NULL));
    CHECK_INT(again, needed);
    {
        int skipped = 0, trimmed = 0, count;

        for (count = 0; count < 10; count++) {
            EXPECT(VCD_OK, vcd_client_take_notice(client, &code, text, sizeof text, &needed, NULL));
            if (code == 0)
                break;
            CHECK_INT(strlen(text) + 1, needed);
            CHECK(strstr(text, setting("VCD_API_TOKEN")) == NULL);
            skipped += code == VCD_NOTICE_CERTIFICATE_CHECK_SKIPPED;
            trimmed += code == VCD_NOTICE_TOKEN_TRIMMED;
        }
        CHECK_INT(skipped, 1);
        CHECK_INT(trimmed, 1);
        CHECK_INT(count, 2);
    }
    check_session_works(client);
    no_notice(client);
    vcd_client_free(client);
}

/* http:// needs to be allowed before a token travels over it. */
static void plain_http(void)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    long long before = control_count("requests");

    must(vcd_client_new(setting("VCD_PLAIN_URL"), &client, &error), &error);
    EXPECT(VCD_ERR_ADDRESS, vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error));
    CHECK_CONTAINS(vcd_error_message(error), "http");
    vcd_error_free(error);
    error = NULL;
    CHECK_INT(control_count("requests"), before);
    must(vcd_client_set_int(client, VCD_OPT_ALLOW_HTTP, 1, &error), &error);
    sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"));
    check_session_works(client);
    vcd_client_free(client);
}

/* A token in the place of the organization would stand in the URL. */
static void swapped(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;
    long long before = control_count("requests");

    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(client, setting("VCD_API_TOKEN"), setting("VCD_ORG"), &error));
    CHECK_CONTAINS(vcd_error_message(error), "swapped");
    CHECK(strstr(vcd_error_message(error), setting("VCD_API_TOKEN")) == NULL);
    vcd_error_free(error);
    CHECK_INT(control_count("requests"), before);
    vcd_client_free(client);
}

/* The sign-in that fails leaves the one before as it was. */
static void failed_sign_in_changes_nothing(void)
{
    vcd_client *client = signed_in();

    EXPECT(VCD_ERR_AUTH, vcd_sign_in(client, setting("VCD_ORG"), "wrongwrongwrongwrongwrongwrong12", NULL));
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    check_session_works(client);
    vcd_client_free(client);
}

int main(void)
{
    provider();
    organization_of_the_address();
    access_token();
    notices();
    plain_http();
    failed_sign_in_changes_nothing();
    swapped();
    return checks_passed();
}
