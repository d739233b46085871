/* After fork(): what came from the parent is refused, what is new works, and the parent notices nothing. */
#include "session.h"
#include "thread.h"
#include <sys/wait.h>

enum { ROUNDS = 100, BUSY = 3 };

/* Runs a piece of work in a child and returns its exit code. */
static int in_child(int (*work)(void *), void *argument)
{
    int how = 0;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(work(argument));
    CHECK(waitpid(child, &how, 0) == child);
    if (WIFSIGNALED(how))
        fprintf(stderr, "the child was ended by signal %d\n", WTERMSIG(how));
    CHECK(WIFEXITED(how));
    return WEXITSTATUS(how);
}

struct inherited {
    vcd_client *client;
    vcd_call *finished, *running, *unstarted;
};

static int use_inherited(void *argument)
{
    struct inherited *inherited = argument;
    vcd_client *client = inherited->client;
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    alarm(60);
    EXPECT(VCD_ERR_FORKED, vcd_get(client, ORGS, &call, &error));
    CHECK(call == NULL);
    CHECK_INT(vcd_error_code(error), VCD_ERR_FORKED);
    CHECK_CONTAINS(vcd_error_message(error), "fork");
    vcd_error_free(error);
    EXPECT(VCD_ERR_FORKED, vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), NULL));
    EXPECT(VCD_ERR_FORKED, vcd_sign_out(client, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_call_new(client, "GET", ORGS, &call, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 1, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_call_start(inherited->unstarted, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_call_wait(inherited->unstarted, VCD_WAIT_FOREVER, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_call_wait(inherited->running, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(inherited->running);
    vcd_call_free(inherited->finished);
    vcd_call_free(inherited->unstarted);
    vcd_client_free(client);
    return 17;
}

static int use_own(void *unused)
{
    vcd_client *client;

    (void)unused;
    alarm(60);
    client = signed_in();
    check_session_works(client);
    vcd_client_free(client);
    return 18;
}

/* A child of a child. */
static int fork_again(void *unused)
{
    int code;

    (void)unused;
    code = use_own(NULL);
    CHECK_INT(code, 18);
    CHECK_INT(in_child(use_own, NULL), 18);
    return 19;
}

static void inherited_and_own(void)
{
    vcd_error *error = NULL;
    struct inherited inherited = {NULL, NULL, NULL, NULL};

    inherited.client = signed_in();
    inherited.running = hanging_call(inherited.client);
    must(vcd_get(inherited.client, ORGS, &inherited.finished, &error), &error);
    must(vcd_call_new(inherited.client, "GET", ORGS, &inherited.unstarted, &error), &error);

    CHECK_INT(in_child(use_inherited, &inherited), 17);
    CHECK_INT(in_child(use_own, NULL), 18);
    CHECK_INT(in_child(fork_again, NULL), 19);

    /* The parent goes on: its connections, its running call, its session. */
    EXPECT(VCD_PENDING, vcd_call_wait(inherited.running, 0, NULL));
    check_session_works(inherited.client);
    must(vcd_call_wait(inherited.unstarted, VCD_WAIT_FOREVER, &error), &error);
    EXPECT(VCD_OK, vcd_call_cancel(inherited.running));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(inherited.running, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(inherited.running);
    vcd_call_free(inherited.finished);
    vcd_call_free(inherited.unstarted);
    vcd_client_free(inherited.client);
}

/* Threads that are inside the library at the moment of a fork leave no locked door behind for the child. */
static int stop;

static void *keep_busy(void *client)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        vcd_call *call = NULL;

        EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &call, NULL));
        vcd_call_free(call);
    }
    return NULL;
}

static int make_and_free(void *client)
{
    vcd_client *own = NULL;
    vcd_error *error = NULL;
    vcd_call *call = NULL;

    alarm(20);
    EXPECT(VCD_OK, vcd_client_new("vcd.example.com", &own, NULL));
    EXPECT(VCD_ERR_FORKED, vcd_get(client, ORGS, &call, &error));
    vcd_error_free(error);
    vcd_client_free(own);
    return 20;
}

static void forked_while_busy(void)
{
    vcd_client *client = signed_in();
    thread busy[BUSY];
    size_t i;
    int round;

    for (i = 0; i < BUSY; i++)
        busy[i] = thread_start(keep_busy, client);
    for (round = 0; round < ROUNDS; round++)
        CHECK_INT(in_child(make_and_free, client), 20);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (i = 0; i < BUSY; i++)
        thread_join(busy[i]);
    check_session_works(client);
    vcd_client_free(client);
}

/* Forked before the library has done anything: the child is the first to use it. */
static void forked_before_use(void)
{
    CHECK_INT(in_child(use_own, NULL), 18);
}

int main(void)
{
    forked_before_use();
    inherited_and_own();
    forked_while_busy();
    return checks_passed();
}
