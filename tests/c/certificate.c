/*
 * A server whose certificate is of X.509 version 1, as very old cells have it. The driver of the test has started it, and
 * a second one, which shows the same certificate and does not have its key.
 */
#include "operation.h"

static vcd_client *client_for(const char *url)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    must(vcd_client_new(url, &client, &error), &error);
    return client;
}

static void refused(vcd_client *client, const char *why)
{
    vcd_error *error = NULL;
    vcd_status status = vcd_sign_in(client, "Tyrell", "aaaabbbbccccddddeeeeffffgggghhhh", &error);

    if (status != VCD_ERR_TLS)
        fprintf(stderr, "%s\n", error == NULL ? "it went well" : vcd_error_message(error));
    EXPECT(VCD_ERR_TLS, status);
    CHECK_CONTAINS(vcd_error_message(error), why);
    vcd_error_free(error);
    vcd_client_free(client);
}

static void accepted(vcd_client *client)
{
    vcd_error *error = NULL;

    must(vcd_sign_in(client, "Tyrell", "aaaabbbbccccddddeeeeffffgggghhhh", &error), &error);
    check_session_works(client);
    vcd_client_free(client);
}

int main(void)
{
    vcd_client *client;
    vcd_error *error = NULL;

    refused(client_for(setting("VCD_URL")), "X.509 version 1");

    client = client_for(setting("VCD_URL"));
    EXPECT(VCD_ERR_TLS, vcd_sign_in(client, "Tyrell", "aaaabbbbccccddddeeeeffffgggghhhh", &error));
    CHECK_TEXT(error_text(error, VCD_ERROR_FINGERPRINT), setting("VCD_FINGERPRINT"));
    CHECK_CONTAINS(vcd_error_message(error), setting("VCD_FINGERPRINT"));
    vcd_error_free(error);
    error = NULL;
    vcd_client_free(client);

    /* No authority can vouch for it, itself included. */
    client = client_for(setting("VCD_URL"));
    must(vcd_client_set_text(client, VCD_OPT_CA_FILE, setting("VCD_CA_FILE"), &error), &error);
    refused(client, "only its fingerprint can be trusted");

    client = client_for(setting("VCD_URL"));
    must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, setting("VCD_FINGERPRINT"), &error), &error);
    accepted(client);
    client = client_for(setting("VCD_URL"));
    must(vcd_client_set_int(client, VCD_OPT_SKIP_CERTIFICATE_CHECK, 1, &error), &error);
    accepted(client);

    /* Whoever shows the certificate must have its key; without any check that is no matter either. */
    client = client_for(setting("VCD_IMPOSTOR_URL"));
    must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, setting("VCD_FINGERPRINT"), &error), &error);
    refused(client, "TLS");
    client = client_for(setting("VCD_IMPOSTOR_URL"));
    must(vcd_client_set_int(client, VCD_OPT_SKIP_CERTIFICATE_CHECK, 1, &error), &error);
    accepted(client);
    return checks_passed();
}
