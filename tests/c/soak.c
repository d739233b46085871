/*
 * Rounds of everything for as long as VCD_SOAK_SECONDS says: clients that come and go, tokens that expire and are refused,
 * answers that break off, calls that are cancelled and freed while they run. What the process holds after the first third
 * is what it holds at the end: memory, files, threads. The figures are printed.
 */
#include "session.h"
#include <dirent.h>
#include <time.h>

/* What a process may hold more at the end: what the allocator has not given back, a connection that is closing, a thread that waits
 * for more of what blocks. */
enum { KILOBYTES = 6 * 1024, FILES = 4, THREADS = 4 };

typedef struct {
    long kilobytes, files, threads;
} figures;

static long files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    long count = 0;

    CHECK(folder != NULL);
    while (readdir(folder) != NULL)
        count++;
    CHECK(closedir(folder) == 0);
    return count - 3; /* itself, and the two that lead up */
}

static long threads(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long count = 0;

    CHECK(file != NULL);
    while (count == 0 && fgets(line, sizeof line, file) != NULL)
        (void)sscanf(line, "Threads: %ld", &count);
    CHECK(fclose(file) == 0);
    CHECK(count > 0);
    return count;
}

static figures look(const char *when, long rounds)
{
    figures now;

    now.kilobytes = resident();
    now.files = files();
    now.threads = threads();
    printf("%s: %ld rounds, %ld KiB, %ld files, %ld threads\n", when, rounds, now.kilobytes, now.files, now.threads);
    fflush(stdout);
    return now;
}

/* A request that the server spoils: it ends with some status, and the next one works. */
static void spoilt(vcd_client *client, const char *fault)
{
    char target[128];
    vcd_call *call = NULL;
    vcd_error *error = NULL;

    snprintf(target, sizeof target, "/fault?path=" ORGS "&kind=%s", fault);
    control_do(target);
    if (vcd_get(client, ORGS, &call, &error) != VCD_OK)
        CHECK(error != NULL && vcd_error_message(error)[0] != '\0');
    vcd_error_free(error);
    vcd_call_free(call);
}

static void lists(vcd_client *client)
{
    vcd_call *call = NULL, *page = NULL;
    vcd_pages *pages = NULL;

    EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS "?pageSize=25&sortAsc=name", &call, NULL));
    EXPECT(VCD_OK, vcd_pages_new(call, &pages, NULL));
    vcd_call_free(call);
    EXPECT(VCD_OK, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 4, NULL));
    EXPECT(VCD_OK, vcd_pages_next(pages, UINT32_MAX, &page, NULL));
    vcd_call_free(page);
    vcd_pages_free(pages); /* with pages that are under way */
}

static void given_up(vcd_client *client)
{
    vcd_call *cancelled = NULL, *freed = NULL;

    control_do("/fault?kind=hang&times=2&path=/cloudapi/1.0.0/roles");
    EXPECT(VCD_OK, vcd_call_new(client, "GET", "/cloudapi/1.0.0/roles", &cancelled, NULL));
    EXPECT(VCD_OK, vcd_call_new(client, "GET", "/cloudapi/1.0.0/roles", &freed, NULL));
    EXPECT(VCD_OK, vcd_call_start(cancelled, NULL));
    EXPECT(VCD_OK, vcd_call_start(freed, NULL));
    control_wait_for_requests("/cloudapi/1.0.0/roles", 2);
    EXPECT(VCD_OK, vcd_call_cancel(cancelled));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(cancelled, UINT32_MAX, NULL));
    vcd_call_free(cancelled);
    vcd_call_free(freed);
}

static void round_of_everything(void)
{
    static const char *const faults[] = { "close-before-response", "reset", "close-mid-body", "close-after-response",
                                          "truncated-json", "html-ok", "empty-ok", "not-http", "invalid-utf8",
                                          "status&status=503", "busy" };
    vcd_client *client = new_client(), *refused = new_client();
    vcd_error *error = NULL;
    size_t i;

    control_do("/reset");
    EXPECT(VCD_OK, vcd_client_set_int(client, VCD_OPT_RETRY_INTERVAL_MS, 1, NULL));
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    check_session_works(client);
    for (i = 0; i < sizeof faults / sizeof *faults; i++)
        spoilt(client, faults[i]);
    check_session_works(client);
    control_do("/expire");
    check_session_works(client);
    lists(client);
    given_up(client);
    check_session_works(client);
    EXPECT(VCD_ERR_AUTH, vcd_sign_in(refused, setting("VCD_ORG"), "wrongwrongwrongwrongwrongwrong12", &error));
    vcd_error_free(error);
    vcd_client_free(refused);
    EXPECT(VCD_OK, vcd_sign_out(client, NULL));
    vcd_client_free(client);
}

int main(void)
{
    const double wanted = strtod(setting("VCD_SOAK_SECONDS"), NULL);
    const time_t began = time(NULL);
    figures before, after;
    long rounds = 0;

    do {
        round_of_everything();
        rounds++;
    } while (difftime(time(NULL), began) < wanted / 3);
    before = look("after a third", rounds);
    do {
        round_of_everything();
        rounds++;
    } while (difftime(time(NULL), began) < wanted);
    after = look("at the end", rounds);
    CHECK(after.kilobytes - before.kilobytes <= KILOBYTES);
    CHECK(after.files - before.files <= FILES);
    CHECK(after.threads - before.threads <= THREADS);
    return checks_passed();
}
