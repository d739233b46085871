/* One client, many threads; many calls at once; all of them with an access token that has expired. */
#include "session.h"
#include "thread.h"

/* Wine's server takes a time for connections that grows with their square. */
#ifdef _WIN32
enum { CALLS = 150 };
#else
enum { CALLS = 1000 };
#endif
enum { THREADS = 8, REQUESTS = 50 };

static void *many_requests(void *client)
{
    int round;

    for (round = 0; round < REQUESTS; round++) {
        char name[64];
        size_t needed = 0;
        vcd_error *error = NULL;
        vcd_call *call = NULL;

        check_session_works(client);
        EXPECT(VCD_OK, vcd_client_copy_text(client, VCD_CLIENT_USER, name, sizeof name, &needed, NULL));
        CHECK_TEXT(name, "roy");
        EXPECT(VCD_ERR_HTTP, vcd_get(client, "/cloudapi/1.0.0/nothing", &call, &error));
        CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 404);
        CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 404);
        vcd_error_free(error);
        vcd_call_free(call);
    }
    return NULL;
}

static void one_client_for_all(vcd_client *client)
{
    thread threads[THREADS];
    long long before;
    size_t i;

    control_do("/reset");
    before = control_count("exchanges");
    for (i = 0; i < THREADS; i++)
        threads[i] = thread_start(many_requests, client);
    for (i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    control_wait_for_requests("/cloudapi/1.0.0/nothing", THREADS * REQUESTS);
    CHECK_INT(control_count("exchanges"), before);
}

/* Each thread has a client of its own, from the sign-in to the sign-out. */
static void *own_client(void *unused)
{
    vcd_client *client = signed_in();
    vcd_error *error = NULL;

    (void)unused;
    check_session_works(client);
    must(vcd_sign_out(client, &error), &error);
    vcd_client_free(client);
    return NULL;
}

static void a_client_for_each(void)
{
    thread threads[THREADS];
    size_t i;

    for (i = 0; i < THREADS; i++)
        threads[i] = thread_start(own_client, NULL);
    for (i = 0; i < THREADS; i++)
        thread_join(threads[i]);
}

/* All of them meet a token that has expired: one exchange serves them all. */
static void expired_under_many(vcd_client *client)
{
    static vcd_call *calls[CALLS];
    vcd_error *error = NULL;
    long long before;
    int i;

    control_do("/reset");
    before = control_count("exchanges");
    control_do("/expire");
    for (i = 0; i < CALLS; i++)
        must(vcd_call_new(client, "GET", ORGS, &calls[i], &error), &error);
    for (i = 0; i < CALLS; i++)
        must(vcd_call_start(calls[i], &error), &error);
    for (i = 0; i < CALLS; i++) {
        must(vcd_call_wait(calls[i], VCD_WAIT_FOREVER, &error), &error);
        CHECK_INT(call_int(calls[i], VCD_CALL_HTTP_STATUS), 200);
        vcd_call_free(calls[i]);
    }
    CHECK_INT(control_count("exchanges"), before + 1);
    CHECK_INT(client_int(client, VCD_CLIENT_EXCHANGES), 2);
}

/* Threads that sign in and out of one client while others use it: each sees a session or none, never a broken one. */
static void *sign_in_and_out(void *client)
{
    int round;

    for (round = 0; round < 10; round++) {
        EXPECT(VCD_OK, vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), NULL));
        vcd_sign_out(client, NULL);
    }
    return NULL;
}

static void *use_meanwhile(void *client)
{
    int round;

    for (round = 0; round < 30; round++) {
        vcd_call *call = NULL;
        vcd_status status = vcd_get(client, ORGS, &call, NULL);

        CHECK(status == VCD_OK || status == VCD_ERR_NOT_SIGNED_IN || status == VCD_ERR_AUTH);
        vcd_call_free(call);
    }
    return NULL;
}

static void sessions_come_and_go(void)
{
    vcd_client *client = new_client();
    thread changer = thread_start(sign_in_and_out, client);
    thread users[3];
    size_t i;

    for (i = 0; i < 3; i++)
        users[i] = thread_start(use_meanwhile, client);
    thread_join(changer);
    for (i = 0; i < 3; i++)
        thread_join(users[i]);
    EXPECT(VCD_OK, vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), NULL));
    check_session_works(client);
    vcd_client_free(client);
}

int main(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    /* So many connections at once take their time on a slow machine. */
    must(vcd_client_set_int(client, VCD_OPT_CONNECT_TIMEOUT_MS, 120000, &error), &error);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);

    one_client_for_all(client);
    a_client_for_each();
    expired_under_many(client);
    sessions_come_and_go();
    vcd_client_free(client);
    return checks_passed();
}
