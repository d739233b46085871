/*
 * Clients of the simulator that the driver of the tests has started.
 */
#ifndef SESSION_H
#define SESSION_H

#include "control.h"

/* Where the organizations are. */
#define ORGS "/cloudapi/1.0.0/orgs"

/*
 * Ends the program unless it went well, and says why. The error is read through a pointer, because arguments are
 * evaluated in any order: `error` itself could be read before the call has set it.
 */
static inline void must(vcd_status status, vcd_error *const *error)
{
    if (status != VCD_OK)
        fprintf(stderr, "%s: %s\n", vcd_status_name(status), error == NULL ? "" : vcd_error_message(*error));
    CHECK_INT(status, VCD_OK);
    CHECK(error == NULL || *error == NULL);
}

/* A client that trusts the simulator. */
static inline vcd_client *new_client(void)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    must(vcd_client_new(setting("VCD_URL"), &client, &error), &error);
    CHECK(client != NULL);
    must(vcd_client_set_text(client, VCD_OPT_CA_FILE, setting("VCD_CA_FILE"), &error), &error);
    return client;
}

/* A client that is signed in as a tenant. */
static inline vcd_client *signed_in(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    return client;
}

/* A call that has been started and whose request the server has received and never answers. */
static inline vcd_call *hanging_call(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_start(call, &error), &error);
    control_wait_for_requests(ORGS, 1);
    return call;
}

/* The session works: the organizations come. */
static inline void check_session_works(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const uint8_t *body = NULL;
    size_t length = 0;

    /* By its name, because a provider sees more organizations than fit on the first page. */
    must(vcd_get(client, ORGS "?filter=name==Tyrell", &call, &error), &error);
    must(vcd_call_body(call, &body, &length, &error), &error);
    CHECK_CONTAINS((const char *)body, "\"name\":\"Tyrell\"");
    vcd_call_free(call);
}

/* A number of a call. */
static inline long long call_int(const vcd_call *call, int32_t field)
{
    int64_t value = -1;

    EXPECT(VCD_OK, vcd_call_get_int(call, field, &value, NULL));
    return (long long)value;
}

/* A text of a call. */
static inline const char *call_text(const vcd_call *call, int32_t field)
{
    const char *text = NULL;
    size_t length = 0;

    EXPECT(VCD_OK, vcd_call_get_text(call, field, &text, &length, NULL));
    CHECK_INT(strlen(text), length);
    return text;
}

/* A number of a client. */
static inline long long client_int(const vcd_client *client, int32_t field)
{
    int64_t value = -1;

    EXPECT(VCD_OK, vcd_client_get_int(client, field, &value, NULL));
    return (long long)value;
}

/* A text of an error. */
static inline const char *error_text(const vcd_error *error, int32_t field)
{
    const char *text = NULL;
    size_t length = 0;

    EXPECT(VCD_OK, vcd_error_get_text(error, field, &text, &length));
    CHECK_INT(strlen(text), length);
    return text;
}

/* A number of an error. */
static inline long long error_int(const vcd_error *error, int32_t field)
{
    int64_t value = -1;

    EXPECT(VCD_OK, vcd_error_get_int(error, field, &value));
    return (long long)value;
}

#endif
