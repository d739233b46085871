/* Handles that are freed while other threads use them. */
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

/* Waits until a call is under way in its waiters: the simulator has its request. */
static void call_freed_under_its_waiters(vcd_client *client)
{
    vcd_call *call = hanging_call(client);
    thread waiters[4];
    size_t i;

    for (i = 0; i < 4; i++)
        waiters[i] = thread_start(wait_for_ever, call);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 20, NULL));
    vcd_call_free(call);
    for (i = 0; i < 4; i++) {
        int status = status_of(thread_join(waiters[i]));

        /* A waiter that came too late found no call. */
        CHECK(status == VCD_ERR_CANCELLED || status == VCD_ERR_HANDLE);
    }
    control_wait_for_aborts(ORGS, 1);
    EXPECT(VCD_ERR_HANDLE, vcd_call_wait(call, 0, NULL));
    EXPECT(VCD_ERR_HANDLE, vcd_call_cancel(call));
    vcd_call_free(call);
    check_session_works(client);
}

/* The waiter certainly waits: it says so by having looked once and found the call pending. */
struct observed {
    vcd_call *call;
    int looked;
};

static void *look_then_wait(void *argument)
{
    struct observed *observed = argument;

    EXPECT(VCD_PENDING, vcd_call_wait(observed->call, 0, NULL));
    __atomic_store_n(&observed->looked, 1, __ATOMIC_RELEASE);
    return wait_for_ever(observed->call);
}

static void waiter_is_told(vcd_client *client)
{
    int round;

    for (round = 0; round < 20; round++) {
        struct observed observed = {NULL, 0};
        thread waiter;
        int status;

        observed.call = hanging_call(client);
        waiter = thread_start(look_then_wait, &observed);
        while (!__atomic_load_n(&observed.looked, __ATOMIC_ACQUIRE))
            EXPECT(VCD_PENDING, vcd_call_wait(observed.call, 1, NULL));
        EXPECT(VCD_PENDING, vcd_call_wait(observed.call, 1, NULL));
        vcd_call_free(observed.call);
        status = status_of(thread_join(waiter));
        CHECK(status == VCD_ERR_CANCELLED || status == VCD_ERR_HANDLE);
        control_wait_for_aborts(ORGS, 1);
    }
}

static void *blocking_get(void *client)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const uint8_t *body = NULL;
    size_t length = 0;

    must(vcd_get(client, ORGS, &call, &error), &error);
    must(vcd_call_body(call, &body, &length, &error), &error);
    CHECK_CONTAINS((const char *)body, "Tyrell");
    vcd_call_free(call);
    return NULL;
}

/* Calls go on when their client is freed. */
static void client_freed_under_its_calls(void)
{
    vcd_client *client = signed_in();
    vcd_call *started = NULL;
    vcd_error *error = NULL;
    thread getter;
    int64_t value = 0;

    control_do("/reset");
    control_do("/fault?kind=delay&ms=300&times=2&path=" ORGS);
    must(vcd_call_new(client, "GET", ORGS, &started, &error), &error);
    must(vcd_call_start(started, &error), &error);
    getter = thread_start(blocking_get, client);
    control_wait_for_requests(ORGS, 2);
    vcd_client_free(client);
    EXPECT(VCD_ERR_HANDLE, vcd_client_get_int(client, VCD_CLIENT_SIGNED_IN, &value, NULL));
    must(vcd_call_wait(started, VCD_WAIT_FOREVER, &error), &error);
    CHECK_INT(call_int(started, VCD_CALL_HTTP_STATUS), 200);
    vcd_call_free(started);
    thread_join(getter);
}

/* A sign-in goes on when its client is freed. */
static void client_freed_during_sign_in(void)
{
    vcd_client *client = new_client();
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=delay&ms=300&path=/oauth");
    must(vcd_sign_in_new(client, VCD_GRANT_API_TOKEN, setting("VCD_ORG"), NULL, setting("VCD_API_TOKEN"), &call, &error),
         &error);
    must(vcd_call_start(call, &error), &error);
    control_wait_for_requests("/oauth", 1);
    vcd_client_free(client);
    must(vcd_call_wait(call, VCD_WAIT_FOREVER, &error), &error);
    vcd_call_free(call);
}

/* Calls that were never started are just gone. */
static void never_started(vcd_client *client)
{
    vcd_call *call = NULL;
    long long before = control_count("requests");

    EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &call, NULL));
    vcd_call_free(call);
    CHECK_INT(control_count("requests"), before);
}

/* Many threads free the same handle, wait for it and cancel it, all at once. */
enum { CROWD = 6 };

static void *crowd(void *call)
{
    vcd_status status = vcd_call_wait(call, 2, NULL);

    CHECK(status == VCD_OK || status == VCD_PENDING || status == VCD_ERR_CANCELLED || status == VCD_ERR_HANDLE);
    status = vcd_call_cancel(call);
    CHECK(status == VCD_OK || status == VCD_ERR_HANDLE);
    vcd_call_free(call);
    return NULL;
}

static void freed_by_a_crowd(vcd_client *client)
{
    int round;
    size_t i;

    control_do("/reset");
    for (round = 0; round < 50; round++) {
        vcd_call *call = NULL;
        vcd_error *error = NULL;
        thread threads[CROWD];

        must(vcd_call_new(client, "GET", ORGS, &call, &error), &error);
        must(vcd_call_start(call, &error), &error);
        for (i = 0; i < CROWD; i++)
            threads[i] = thread_start(crowd, call);
        for (i = 0; i < CROWD; i++)
            thread_join(threads[i]);
        EXPECT(VCD_ERR_HANDLE, vcd_call_cancel(call));
    }
    check_session_works(client);
}

int main(void)
{
    vcd_client *client = signed_in();

    call_freed_under_its_waiters(client);
    waiter_is_told(client);
    client_freed_under_its_calls();
    client_freed_during_sign_in();
    never_started(client);
    freed_by_a_crowd(client);
    vcd_client_free(client);
    return checks_passed();
}
