/* The library and the host's signals: it raises none that kills the host, changes none, and bears those that come. */
#include "session.h"
#include "thread.h"
#include <signal.h>
#include <sys/time.h>

enum { ROUNDS = 20 };

static pthread_t main_thread;
static volatile sig_atomic_t alarms, on_other_threads;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
    if (!pthread_equal(pthread_self(), main_thread))
        on_other_threads++;
}

/* Servers that go away while something is written to them: SIGPIPE would end a program that does not ignore it. */
static void broken_connections(vcd_client *client)
{
    static const char *const faults[] = {
        "/fault?kind=not-http&path=" ORGS,
        "/fault?kind=reset&times=4&path=" ORGS,
        "/fault?kind=close-before-response&times=4&path=" ORGS,
        "/fault?kind=close-mid-body&times=4&path=" ORGS,
        "/fault?kind=close-after-response&path=" ORGS,
    };
    struct sigaction now;
    size_t f;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        for (f = 0; f < sizeof faults / sizeof faults[0]; f++) {
            vcd_call *call = NULL;
            vcd_status status;

            control_do("/reset");
            control_do(faults[f]);
            status = vcd_get(client, ORGS, &call, NULL);
            CHECK(status == VCD_OK || status == VCD_ERR_PROTOCOL || status == VCD_ERR_CONNECTION_LOST);
            vcd_call_free(call);
        }
    }
    control_do("/reset");
    CHECK(sigaction(SIGPIPE, NULL, &now) == 0);
    CHECK(now.sa_handler == SIG_DFL);
    check_session_works(client);
}

/* A timer that goes off all the time, while calls are waited for. The library's own threads are left in peace. */
static void interrupted(vcd_client *client)
{
    struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    int round;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    CHECK(sigemptyset(&action.sa_mask) == 0);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    main_thread = pthread_self();
    control_do("/latency?ms=10&path=" ORGS);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (round = 0; round < ROUNDS; round++) {
        vcd_call *call = NULL;
        vcd_error *error = NULL;

        must(vcd_get(client, ORGS, &call, &error), &error);
        CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
        vcd_call_free(call);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(alarms > ROUNDS);
    CHECK_INT(on_other_threads, 0);
}

int main(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    /* Hundreds of repetitions, whose pauses are of no interest here. */
    must(vcd_client_set_int(client, VCD_OPT_RETRY_INTERVAL_MS, 1, &error), &error);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    broken_connections(client);
    interrupted(client);
    vcd_client_free(client);
    return checks_passed();
}
