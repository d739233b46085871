/* Calls that are started, waited for with a time-out, watched and cancelled from other threads. */
#include "session.h"
#include "thread.h"

static void *wait_for_ever(void *call)
{
    return (void *)(intptr_t)vcd_call_wait(call, VCD_WAIT_FOREVER, NULL);
}

static int status_of(void *result)
{
    return (int)(intptr_t)result;
}

/* While a call runs it can be looked at, not read and not changed. */
static void pending(vcd_client *client)
{
    vcd_call *call = hanging_call(client);
    const uint8_t *body = NULL;
    const char *text = NULL;
    size_t length = 0;
    vcd_error *error = NULL;

    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, &error));
    CHECK(error == NULL);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 30, NULL));
    CHECK_INT(call_int(call, VCD_CALL_DONE), 0);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 0);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    EXPECT(VCD_ERR_STATE, vcd_call_start(call, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_body(call, &body, &length, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_get_text(call, VCD_CALL_REASON, &text, &length, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_find_header(call, "date", &text, &length, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_header(call, "X-Test", "1", NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_body(call, NULL, 0, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_int(call, VCD_CALL_OPT_MAX_RETRIES, 1, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_text(call, VCD_CALL_OPT_API_VERSION, "36.0", NULL));

    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, &error));
    CHECK_INT(vcd_error_code(error), VCD_ERR_CANCELLED);
    CHECK(strlen(vcd_error_message(error)) > 0);
    vcd_error_free(error);
    control_wait_for_aborts(ORGS, 1);
    CHECK_INT(call_int(call, VCD_CALL_DONE), 1);
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, 0, NULL));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_NOT_FOUND, vcd_call_body(call, &body, &length, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_start(call, NULL));
    vcd_call_free(call);
    check_session_works(client);
}

/* Several threads wait for one call; another cancels it. */
static void cancelled_for_all(vcd_client *client)
{
    vcd_call *call = hanging_call(client);
    thread waiters[4];
    size_t i;

    for (i = 0; i < 4; i++)
        waiters[i] = thread_start(wait_for_ever, call);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 20, NULL));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    for (i = 0; i < 4; i++)
        CHECK_INT(status_of(thread_join(waiters[i])), VCD_ERR_CANCELLED);
    control_wait_for_aborts(ORGS, 1);
    vcd_call_free(call);
}

/* Several threads wait for one call, and it comes. */
static void finished_for_all(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    thread waiters[4];
    size_t i;

    control_do("/reset");
    control_do("/fault?kind=delay&ms=200&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_start(call, &error), &error);
    for (i = 0; i < 4; i++)
        waiters[i] = thread_start(wait_for_ever, call);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    for (i = 0; i < 4; i++)
        CHECK_INT(status_of(thread_join(waiters[i])), VCD_OK);
    EXPECT(VCD_OK, vcd_call_wait(call, 0, NULL));
    EXPECT(VCD_OK, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_OK, vcd_call_wait(call, 0, NULL));
    vcd_call_free(call);
}

/* Waiting starts what has not been started, also with a time-out of 0. */
static void waiting_starts(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=delay&ms=200&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    control_wait_for_requests(ORGS, 1);
    EXPECT(VCD_ERR_STATE, vcd_call_start(call, NULL));
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    vcd_call_free(call);

    /* Cancelling what has not been started leaves it as it is. */
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    CHECK_INT(call_int(call, VCD_CALL_DONE), 0);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    vcd_call_free(call);
}

/* The counters move while the call runs. */
static void progress(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    long long received = 0, looks;

    control_do("/reset");
    /* A short answer, which is not compressed and whose length is announced. */
    control_do("/fault?kind=hang-mid-body&path=/cloudapi/1.0.0/nothing");
    must(vcd_call_new(client, "GET", "/cloudapi/1.0.0/nothing", &call, &error), &error);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 0);
    must(vcd_call_start(call, &error), &error);
    for (looks = 0; received == 0 && looks < 6000; looks++) {
        EXPECT(VCD_PENDING, vcd_call_wait(call, 10, NULL));
        received = call_int(call, VCD_CALL_BYTES_RECEIVED);
    }
    CHECK(received > 0);
    CHECK(call_int(call, VCD_CALL_BYTES_EXPECTED) > received);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    CHECK(call_int(call, VCD_CALL_BYTES_RECEIVED) >= received);
    vcd_call_free(call);
}

/* A call ends by itself when its time is up. */
static void timeouts(vcd_client *client)
{
    vcd_client *impatient = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    /* Long enough for the request to arrive, over the connection that is there from the call before. */
    check_session_works(client);
    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_set_int(call, VCD_CALL_OPT_TIMEOUT_MS, 1000, &error), &error);
    EXPECT(VCD_ERR_TIMEOUT, vcd_call_wait(call, VCD_WAIT_FOREVER, &error));
    CHECK_INT(vcd_error_code(error), VCD_ERR_TIMEOUT);
    CHECK_CONTAINS(vcd_error_message(error), "1000");
    vcd_error_free(error);
    error = NULL;
    EXPECT(VCD_ERR_TIMEOUT, vcd_call_wait(call, 0, NULL));
    vcd_call_free(call);
    control_wait_for_aborts(ORGS, 1);

    must(vcd_client_set_int(impatient, VCD_OPT_READ_TIMEOUT_MS, 3000, &error), &error);
    must(vcd_sign_in(impatient, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    control_do("/fault?kind=hang-mid-body&path=" ORGS);
    call = NULL;
    EXPECT(VCD_ERR_TIMEOUT, vcd_get(impatient, ORGS, &call, NULL));
    vcd_call_free(call);
    check_session_works(impatient);
    vcd_client_free(impatient);
    check_session_works(client);
}

/* A call that waits to be sent again is cancelled at once too. */
static void cancelled_between_attempts(vcd_client *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=retry-after&seconds=60&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
    must(vcd_call_start(call, &error), &error);
    control_wait_for_requests(ORGS, 1);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 50, NULL));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    check_session_works(client);
}

/* Sign-in and sign-out are calls as well. */
static void sign_in_and_out(void)
{
    vcd_client *client = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=hang&path=/oauth");
    must(vcd_sign_in_new(client, VCD_GRANT_API_TOKEN, setting("VCD_ORG"), NULL, setting("VCD_API_TOKEN"), &call, &error),
         &error);
    must(vcd_call_start(call, &error), &error);
    control_wait_for_requests("/oauth", 1);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    vcd_call_free(call);

    control_do("/reset");
    must(vcd_sign_in_new(client, VCD_GRANT_API_TOKEN, setting("VCD_ORG"), NULL, setting("VCD_API_TOKEN"), &call, &error),
         &error);
    must(vcd_call_start(call, &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    vcd_call_free(call);

    must(vcd_sign_out_new(client, &call, &error), &error);
    must(vcd_call_start(call, &error), &error);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    vcd_call_free(call);
    vcd_client_free(client);
}

/* Notices of a call come from the call. */
static void no_notice(vcd_client *client)
{
    vcd_call *call = NULL;
    int32_t code = 9;
    size_t needed = 9;

    EXPECT(VCD_OK, vcd_get(client, ORGS, &call, NULL));
    EXPECT(VCD_OK, vcd_call_take_notice(call, &code, NULL, 0, &needed, NULL));
    CHECK_INT(code, 0);
    CHECK_INT(needed, 0);
    vcd_call_free(call);
}

int main(void)
{
    vcd_client *client = signed_in();

    pending(client);
    cancelled_for_all(client);
    finished_for_all(client);
    waiting_starts(client);
    progress(client);
    timeouts(client);
    cancelled_between_attempts(client);
    sign_in_and_out();
    control_do("/reset");
    no_notice(client);
    vcd_client_free(client);
    return checks_passed();
}
