/*
 * Functions of the host that give and take bodies, and calls that end while one of them runs: whoever ends the call, or
 * learns that it has ended, may throw away at once what the function works on.
 */
#include "operation.h"
#include "thread.h"
#include <errno.h>
#include <time.h>

#define UPLOAD "/transfer/7e5f1fe3-80cc-41e8-bf72-d40caf54418e/callbacks.bin"

/* More than any buffer on the way holds. */
static const long long LENGTH = 256LL << 20;
/* Too short for anything but a function that waits for nothing. */
enum { MOMENT_MS = 300, LONG_MS = 60000 };

/* ------------------------------------------------------------------ what the functions work on */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* How many are in the function now, how often it was entered, and how many threads that ended the call are back. */
static int inside, entered, back;
/* The function waits in there while this is set. */
static int held;
/* What the function works on is gone; it was called all the same. */
static int gone, late;

typedef struct {
    int32_t magic;
    long long bytes;
} work;

static const int32_t MAGIC = 0x5eed;

static void set(int *what, int value)
{
    CHECK(pthread_mutex_lock(&lock) == 0);
    *what = value;
    CHECK(pthread_cond_broadcast(&changed) == 0);
    CHECK(pthread_mutex_unlock(&lock) == 0);
}

static int get(const int *what)
{
    int value;

    CHECK(pthread_mutex_lock(&lock) == 0);
    value = *what;
    CHECK(pthread_mutex_unlock(&lock) == 0);
    return value;
}

/* Whether it has come to this in time. */
static int reaches(const int *what, int value, int milliseconds)
{
    struct timespec end;
    int reached;

    CHECK(clock_gettime(CLOCK_REALTIME, &end) == 0);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += milliseconds % 1000 * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000L;
    }
    CHECK(pthread_mutex_lock(&lock) == 0);
    while (*what < value && pthread_cond_timedwait(&changed, &lock, &end) != ETIMEDOUT)
        continue;
    reached = *what >= value;
    CHECK(pthread_mutex_unlock(&lock) == 0);
    return reached;
}

static void at_work(work *mine, long long bytes)
{
    CHECK(pthread_mutex_lock(&lock) == 0);
    entered++;
    inside++;
    late += gone;
    CHECK(pthread_cond_broadcast(&changed) == 0);
    while (held)
        CHECK(pthread_cond_wait(&changed, &lock) == 0);
    late += gone;
    CHECK(pthread_mutex_unlock(&lock) == 0);
    CHECK_INT(mine->magic, MAGIC);
    mine->bytes += bytes;
    CHECK(pthread_mutex_lock(&lock) == 0);
    inside--;
    CHECK(pthread_mutex_unlock(&lock) == 0);
}

static int32_t take(void *argument, const uint8_t *data, size_t length)
{
    (void)data;
    at_work(argument, (long long)length);
    return 0;
}

static int64_t give(void *argument, uint8_t *buffer, size_t capacity)
{
    at_work(argument, (long long)capacity);
    memset(buffer, 'x', capacity);
    return (int64_t)capacity;
}

/* ------------------------------------------------------------------ calls that end */

typedef enum { TAKES, GIVES, KINDS } kind;

static char download[256];

static const char *place(kind how)
{
    return how == TAKES ? download : UPLOAD;
}

/* Something to download. The path has room for 256 bytes. */
static void offer(long long size, char *path)
{
    char target[64], answer[1024], href[512];

    snprintf(target, sizeof target, "/transfer?size=%lld", size);
    CHECK_INT(control("POST", target, NULL, answer, sizeof answer), 200);
    json_text(answer, "href", href, sizeof href);
    snprintf(path, 256, "%s", strstr(href, "/transfer/"));
}

/* A call whose function works on this; the simulator has forgotten all others. */
static vcd_call *call_with(vcd_client *client, kind how, work *mine)
{
    vcd_call *call;

    control_do("/reset");
    offer(LENGTH, download);
    call = new_call(client, how == TAKES ? "GET" : "PUT", place(how));
    mine->magic = MAGIC;
    mine->bytes = 0;
    inside = entered = back = gone = late = 0;
    if (how == TAKES)
        EXPECT(VCD_OK, vcd_call_set_writer(call, take, mine, NULL));
    else
        EXPECT(VCD_OK, vcd_call_set_reader(call, give, mine, LENGTH, NULL));
    return call;
}

/* The call has ended: what its function works on goes. */
static void throw_away(work *mine)
{
    CHECK_INT(get(&inside), 0);
    set(&gone, 1);
    mine->magic = 0;
}

/* Until here the function could have been called again. */
static void is_over(vcd_client *client, kind how)
{
    /* An upload that ends this early may not have left this machine. */
    if (how == TAKES)
        control_wait_for_aborts(place(how), 1);
    check_session_works(client);
}

typedef struct {
    vcd_call *call;
    void (*end)(vcd_call *call);
    work *mine;
} ender;

static void cancels(vcd_call *call)
{
    EXPECT(VCD_OK, vcd_call_cancel(call));
}

static void frees(vcd_call *call)
{
    vcd_call_free(call);
}

static void is_out_of_time(vcd_call *call)
{
    vcd_error_free(fails_with(call, VCD_ERR_TIMEOUT));
}

/* Out of time or cancelled, whichever comes first. */
static void ends_somehow(vcd_call *call)
{
    vcd_status status = vcd_call_wait(call, VCD_WAIT_FOREVER, NULL);

    CHECK(status == VCD_ERR_TIMEOUT || status == VCD_ERR_CANCELLED);
}

/* How often a call was said to have ended. No function may run then. */
static int ends;

static void learns(void *argument)
{
    CHECK(argument == &ends);
    CHECK_INT(get(&inside), 0);
    set(&ends, get(&ends) + 1);
}

static void *end_it(void *argument)
{
    ender *mine = argument;

    mine->end(mine->call);
    throw_away(mine->mine);
    CHECK(pthread_mutex_lock(&lock) == 0);
    back++;
    CHECK(pthread_cond_broadcast(&changed) == 0);
    CHECK(pthread_mutex_unlock(&lock) == 0);
    return NULL;
}

/* The function is held in the middle of its work while others end the call, of which there are one or two. */
static void held_in_the_middle(vcd_client *client, kind how, void (*first)(vcd_call *), void (*second)(vcd_call *),
                               int timeout_ms)
{
    static work mine;
    ender enders[2] = {{0}};
    thread running[2];
    vcd_call *call = call_with(client, how, &mine);
    int count = second == NULL ? 1 : 2, e;

    held = 1;
    ends = 0;
    EXPECT(VCD_OK, vcd_call_on_done(call, learns, &ends, NULL));
    if (timeout_ms > 0)
        set_int(call, VCD_CALL_OPT_TIMEOUT_MS, timeout_ms);
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    CHECK(reaches(&entered, 1, LONG_MS));
    for (e = 0; e < count; e++) {
        enders[e].call = call;
        enders[e].end = e == 0 ? first : second;
        enders[e].mine = &mine;
        running[e] = thread_start(end_it, &enders[e]);
    }
    CHECK(!reaches(&back, 1, timeout_ms + MOMENT_MS));
    CHECK_INT(get(&inside), 1);
    set(&held, 0);
    for (e = 0; e < count; e++)
        thread_join(running[e]);
    CHECK_INT(back, count);
    CHECK(reaches(&ends, 1, LONG_MS));

    is_over(client, how);
    if (first != frees) {
        ends_somehow(call);
        vcd_call_free(call);
    }
    CHECK_INT(get(&ends), 1);
    CHECK_INT(get(&late), 0);
    CHECK_INT(entered, 1);
}

/* The function is called again and again; the call ends wherever it is then. */
static void anywhere(vcd_client *client, kind how, void (*end)(vcd_call *), int rounds)
{
    static work mine;
    int round;

    for (round = 1; round <= rounds; round++) {
        vcd_call *call = call_with(client, how, &mine);

        EXPECT(VCD_OK, vcd_call_start(call, NULL));
        CHECK(reaches(&entered, how == GIVES ? round : round % 3 + 1, LONG_MS));
        end(call);
        throw_away(&mine);
        is_over(client, how);
        if (end != frees) {
            EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, 0, NULL));
            vcd_call_free(call);
        }
        CHECK_INT(get(&late), 0);
    }
}

/* ------------------------------------------------------------------ calls that come to their end */

/* Whoever waits is told of the end when the function has come back for the last time. */
static void to_the_end(vcd_client *client)
{
    static work mine;
    char short_one[256];
    int round;

    offer(100000, short_one);
    for (round = 0; round < 5; round++) {
        vcd_call *call = new_call(client, "GET", short_one);

        inside = entered = gone = late = 0;
        mine.magic = MAGIC;
        mine.bytes = 0;
        EXPECT(VCD_OK, vcd_call_set_writer(call, take, &mine, NULL));
        succeeds(call);
        CHECK_INT(mine.bytes, 100000);
        throw_away(&mine);
        EXPECT(VCD_OK, vcd_call_cancel(call));
        EXPECT(VCD_OK, vcd_call_wait(call, 0, NULL));
        vcd_call_free(call);
        CHECK_INT(get(&late), 0);
    }
}

/* A call that was never started calls nothing. */
static void never_started(vcd_client *client)
{
    static work mine;
    int how;

    for (how = 0; how < KINDS; how++) {
        vcd_call_free(call_with(client, (kind)how, &mine));
        throw_away(&mine);
        CHECK_INT(get(&entered), 0);
    }
}

int main(void)
{
    vcd_client *client = signed_in();
    int how;

    for (how = 0; how < KINDS; how++) {
        held_in_the_middle(client, (kind)how, cancels, NULL, 0);
        held_in_the_middle(client, (kind)how, cancels, cancels, 0);
        held_in_the_middle(client, (kind)how, frees, NULL, 0);
        held_in_the_middle(client, (kind)how, is_out_of_time, NULL, 1500);
        held_in_the_middle(client, (kind)how, ends_somehow, cancels, 1500);
        anywhere(client, (kind)how, cancels, 20);
        anywhere(client, (kind)how, frees, 20);
    }
    to_the_end(client);
    never_started(client);
    vcd_client_free(client);
    return checks_passed();
}
