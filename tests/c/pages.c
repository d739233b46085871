/* Lists, page by page. The simulator has 10,000 organizations for this one, and "System". */
#include "operation.h"
#include "thread.h"
#include <strings.h>

#define RULES "/cloudapi/1.0.0/edgeGateways/urn:vcloud:gateway:1/nat/rules"

static vcd_client *signed_in_as_provider(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    must(vcd_sign_in(client, "System", setting("VCD_PROVIDER_TOKEN"), &error), &error);
    return client;
}

/* The list that a GET gives, with so many pages in flight. */
static vcd_pages *list(vcd_client *client, const char *uri, int in_flight)
{
    vcd_call *call = new_call(client, "GET", uri);
    vcd_pages *pages = NULL;
    vcd_error *error = NULL;

    must(vcd_pages_new(call, &pages, &error), &error);
    CHECK(pages != NULL);
    vcd_call_free(call);
    must(vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, in_flight, &error), &error);
    return pages;
}

static long long pages_int(const vcd_pages *pages, int32_t field)
{
    int64_t value = -1;

    EXPECT(VCD_OK, vcd_pages_get_int(pages, field, &value, NULL));
    return (long long)value;
}

/* The next page, which is there, or NULL at the end. */
static vcd_call *next_page(vcd_pages *pages)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    vcd_status status = vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, &error);

    if (status == VCD_END) {
        CHECK(call == NULL && error == NULL);
        return NULL;
    }
    must(status, &error);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    return call;
}

/* How often something stands in a page. */
static int occurrences(const vcd_call *call, const char *part)
{
    const char *body = call_body(call);
    int count = 0;

    for (; (body = strstr(body, part)) != NULL; body += strlen(part))
        count++;
    return count;
}

/* How often something stands in all pages. */
static int occurrences_in_all(vcd_pages *pages, const char *part)
{
    vcd_call *call;
    int count = 0;

    while ((call = next_page(pages)) != NULL) {
        count += occurrences(call, part);
        vcd_call_free(call);
    }
    CHECK(next_page(pages) == NULL);
    vcd_pages_free(pages);
    return count;
}

/* The code of a call's next notice. */
static int32_t next_notice(vcd_call *call)
{
    int32_t code = 7;
    size_t needed = 7;
    char text[1024];

    EXPECT(VCD_OK, vcd_call_take_notice(call, &code, text, sizeof text, &needed, NULL));
    return code;
}

/* ------------------------------------------------------------------ ten thousand */

/* All of them in order, once each, and in memory that does not grow with them. */
static void ten_thousand(vcd_client *client)
{
    vcd_pages *pages = list(client, ORGS "?sortAsc=name&pageSize=64", 4);
    char before[160] = "", name[160];
    int count = 0, number = 0;
    long at_twenty = 0, most = 0;
    vcd_call *call;

    while ((call = next_page(pages)) != NULL) {
        const char *found = call_body(call);

        number++;
        while ((found = strstr(found, "\"name\":\"")) != NULL) {
            json_text(found, "name", name, sizeof name);
            if (strcasecmp(before, name) >= 0)
                fprintf(stderr, "%s comes before %s\n", before, name);
            CHECK(strcasecmp(before, name) < 0);
            snprintf(before, sizeof before, "%s", name);
            count++;
            found++;
        }
        CHECK_INT(pages_int(pages, VCD_PAGES_DONE), number);
        CHECK_INT(pages_int(pages, VCD_PAGES_TOTAL), 10001);
        CHECK_INT(pages_int(pages, VCD_PAGES_COUNT), 157);
        CHECK_INT(next_notice(call), 0);
        vcd_call_free(call);
        if (number == 20)
            at_twenty = resident();
        most = most < resident() ? resident() : most;
    }
    CHECK_INT(count, 10001);
    CHECK_INT(number, 157);
    CHECK(most - at_twenty < 4096);
    vcd_pages_free(pages);
}

/* ------------------------------------------------------------------ no more than needed */

static void stopped_after_the_first(vcd_client *client)
{
    vcd_pages *pages;
    int asked;

    control_do("/reset");
    pages = list(client, ORGS "?sortAsc=name", 1);
    CHECK_INT(control_requests(ORGS), 0);
    vcd_call_free(next_page(pages));
    vcd_pages_free(pages);
    CHECK_INT(control_requests(ORGS), 1);

    /* With several in flight, no more than those. */
    control_do("/reset");
    pages = list(client, ORGS "?sortAsc=name", 4);
    vcd_call_free(next_page(pages));
    vcd_pages_free(pages);
    asked = control_requests(ORGS);
    CHECK(asked >= 1 && asked <= 5);

    /* Where the order is not fixed, they come one after the other all the same. */
    control_do("/reset");
    pages = list(client, ORGS, 4);
    vcd_call_free(next_page(pages));
    vcd_call_free(next_page(pages));
    vcd_pages_free(pages);
    CHECK_INT(control_requests(ORGS), 2);
}

/* ------------------------------------------------------------------ lists of every kind */

static void kinds(vcd_client *client)
{
    static const char few[] = ORGS "?sortAsc=name&filter=name==org-00*&pageSize=100";
    vcd_pages *pages;
    vcd_call *call;
    int in_flight;

    for (in_flight = 1; in_flight <= 4; in_flight += 3) {
        /* org-00008 to org-00999 */
        CHECK_INT(occurrences_in_all(list(client, few, in_flight), "\"displayName\":"), 992);
        control_do("/settings?sparsePages=true");
        CHECK_INT(occurrences_in_all(list(client, few, in_flight), "\"displayName\":"), 992);
        control_do("/settings?sparsePages=false");
        CHECK_INT(occurrences_in_all(list(client, RULES "?pageSize=64", in_flight), "\"priority\":"), 300);
        CHECK_INT(occurrences_in_all(list(client, RULES "?pageSize=64&sortAsc=name", in_flight), "\"priority\":"), 300);
        CHECK_INT(occurrences_in_all(list(client, "/api/query?type=vm&sortAsc=name&pageSize=64", in_flight), "\"_type\":"),
                  300);
        /* From another page than the first. */
        CHECK_INT(occurrences_in_all(list(client, ORGS "?sortAsc=name&filter=name==org-00*&pageSize=100&page=9", in_flight),
                                     "\"displayName\":"),
                  192);
        /* Nothing at all. */
        CHECK_INT(occurrences_in_all(list(client, ORGS "?sortAsc=name&filter=name==nobody", in_flight), "\"displayName\":"),
                  0);

        call = new_call(client, "GET", "/api/query?type=vm&pageSize=64&sortAsc=name");
        EXPECT(VCD_OK, vcd_call_set_header(call, "Accept", "application/*+xml;version=37.2", NULL));
        pages = NULL;
        EXPECT(VCD_OK, vcd_pages_new(call, &pages, NULL));
        vcd_call_free(call);
        EXPECT(VCD_OK, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, in_flight, NULL));
        CHECK_INT(occurrences_in_all(pages, "<VMRecord "), 300);
    }

    pages = list(client, RULES "?pageSize=128", 1);
    vcd_call_free(next_page(pages));
    CHECK_INT(pages_int(pages, VCD_PAGES_TOTAL), 300);
    vcd_pages_free(pages);
}

/* Something that is no list has one page. */
static void no_list(vcd_client *client)
{
    vcd_pages *pages = list(client, "/cloudapi/1.0.0/sessions/current", 4);
    int64_t value = 7;

    EXPECT(VCD_ERR_NOT_FOUND, vcd_pages_get_int(pages, VCD_PAGES_TOTAL, &value, NULL));
    EXPECT(VCD_ERR_NOT_FOUND, vcd_pages_get_int(pages, VCD_PAGES_COUNT, &value, NULL));
    CHECK_INT(pages_int(pages, VCD_PAGES_DONE), 0);
    vcd_call_free(next_page(pages));
    EXPECT(VCD_ERR_NOT_FOUND, vcd_pages_get_int(pages, VCD_PAGES_TOTAL, &value, NULL));
    CHECK(next_page(pages) == NULL);
    vcd_pages_free(pages);
}

/* ------------------------------------------------------------------ what goes wrong */

/* A page that fails is handed out as it is, and asked for again by whoever goes on. */
static void failing_page(vcd_client *client)
{
    static const char few[] = ORGS "?sortAsc=name&filter=name==org-00*&pageSize=100";
    int in_flight;

    for (in_flight = 1; in_flight <= 4; in_flight += 3) {
        vcd_pages *pages = list(client, few, in_flight);
        vcd_call *call = NULL;
        vcd_error *error = NULL;
        int count, tries;

        call = next_page(pages);
        count = occurrences(call, "\"displayName\":");
        vcd_call_free(call);
        if (in_flight == 1) {
            control_do("/fault?kind=status&status=500&times=2&path=" ORGS "?page=2");
        } else {
            /* Pages 2 to 5 are here or on their way already. */
            for (tries = 0; tries < 4; tries++) {
                call = next_page(pages);
                count += occurrences(call, "\"displayName\":");
                vcd_call_free(call);
            }
            control_do("/fault?kind=status&status=500&times=2&path=" ORGS);
        }
        for (tries = 0; tries < 16; tries++) {
            vcd_status status;

            call = NULL;
            status = vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, &error);
            if (status == VCD_END)
                break;
            if (status != VCD_OK) {
                EXPECT(VCD_ERR_HTTP, status);
                CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 500);
                CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 500);
                vcd_error_free(error);
                error = NULL;
            } else {
                count += occurrences(call, "\"displayName\":");
            }
            vcd_call_free(call);
        }
        CHECK(tries < 16);
        CHECK_INT(count, 992);
        CHECK_INT(pages_int(pages, VCD_PAGES_DONE), 10);
        vcd_pages_free(pages);
        CHECK_INT(control_count("pendingFaults"), 0);
    }
}

/* The answer to the next request of a path: one organization, and a link to go on with. */
static void stage_page(const char *path, const char *name, const char *link)
{
    char json[2048];

    snprintf(json, sizeof json,
             "{\"kind\":\"status\",\"status\":200,\"path\":\"%s\",\"headers\":{\"Link\":\"<%s>;rel=\\\"nextPage\\\"\"},"
             "\"body\":\"{\\\"resultTotal\\\":9,\\\"pageCount\\\":9,\\\"page\\\":1,\\\"pageSize\\\":1,"
             "\\\"values\\\":[{\\\"name\\\":\\\"%s\\\"}]}\"}",
             path, link, name);
    control_do_json("/fault", json);
}

/* Links in a circle: what came is handed out, and what follows is no good end. */
static void circles(vcd_client *client)
{
    vcd_pages *pages;
    vcd_call *call;
    vcd_error *error = NULL;
    int again;

    control_do("/reset");
    stage_page(ORGS, "one", "/cloudapi/1.0.0/orgs?page=two");
    stage_page(ORGS, "two", "/cloudapi/1.0.0/orgs?page=three");
    stage_page(ORGS, "three", "/cloudapi/1.0.0/orgs?page=two");
    pages = list(client, ORGS, 1);
    for (again = 0; again < 3; again++) {
        call = next_page(pages);
        CHECK_CONTAINS(call_body(call), again == 0 ? "one" : again == 1 ? "two" : "three");
        vcd_call_free(call);
    }
    for (again = 0; again < 2; again++) {
        call = NULL;
        EXPECT(VCD_ERR_PROTOCOL, vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, &error));
        CHECK(call == NULL);
        CHECK_CONTAINS(vcd_error_message(error), "lead back");
        vcd_error_free(error);
        error = NULL;
    }
    CHECK_INT(control_requests(ORGS), 3);
    vcd_pages_free(pages);

    /* To itself, and to nowhere. */
    stage_page(ORGS, "one", "/cloudapi/1.0.0/orgs");
    pages = list(client, ORGS, 1);
    vcd_call_free(next_page(pages));
    EXPECT(VCD_ERR_PROTOCOL, vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, NULL));
    vcd_pages_free(pages);
    stage_page(ORGS, "one", "ftp://elsewhere.example.com/orgs?page=2");
    pages = list(client, ORGS, 1);
    vcd_call_free(next_page(pages));
    EXPECT(VCD_ERR_PROTOCOL, vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, NULL));
    vcd_pages_free(pages);
}

/* A server that believes to have another address: the token stays here, and so does the request. */
static void foreign_links(vcd_client *client)
{
    vcd_pages *pages;
    vcd_call *call;

    control_do("/reset");
    stage_page(ORGS, "one", "https://vcd.example.com:8443/cloudapi/1.0.0/orgs?page=400&pageSize=25&sortAsc=name");
    pages = list(client, ORGS, 1);
    call = next_page(pages);
    CHECK_INT(next_notice(call), VCD_NOTICE_FOREIGN_LINK);
    CHECK_INT(next_notice(call), 0);
    vcd_call_free(call);
    call = next_page(pages);
    CHECK_INT(occurrences(call, "\"displayName\":"), 25);
    CHECK_CONTAINS(call_text(call, VCD_CALL_URL), setting("VCD_URL"));
    vcd_call_free(call);
    vcd_pages_free(pages);
    CHECK_INT(control_requests(ORGS), 2);
}

/* What is made or removed meanwhile is noticed. */
static void changed(vcd_client *client)
{
    static const char made[] = "{\"name\":\"org-00000\",\"displayName\":\"Voight\",\"isEnabled\":true}";
    vcd_pages *pages = list(client, ORGS "?sortAsc=name&filter=name==org-00*&pageSize=100", 1);
    vcd_call *call, *post;
    vcd_error *error = NULL;

    call = next_page(pages);
    CHECK_INT(next_notice(call), 0);
    vcd_call_free(call);
    must(vcd_request(client, "POST", ORGS, NULL, (const uint8_t *)made, sizeof made - 1, &post, &error), &error);
    vcd_call_free(post);
    call = next_page(pages);
    CHECK_INT(next_notice(call), VCD_NOTICE_LIST_CHANGED);
    vcd_call_free(call);
    CHECK_INT(pages_int(pages, VCD_PAGES_TOTAL), 993);
    call = next_page(pages);
    CHECK_INT(next_notice(call), 0);
    vcd_call_free(call);
    vcd_pages_free(pages);
    control_do("/reset");
}

/* ------------------------------------------------------------------ time */

typedef struct {
    vcd_pages *pages;
    vcd_call *call;
    vcd_status status;
} waiter;

static void *wait_for_page(void *argument)
{
    waiter *mine = argument;

    mine->status = vcd_pages_next(mine->pages, VCD_WAIT_FOREVER, &mine->call, NULL);
    return NULL;
}

static void freed_while_waiting(vcd_client *client)
{
    waiter waiters[3];
    thread threads[3];
    vcd_pages *pages;
    vcd_call *call = NULL;
    int w;

    control_do("/reset");
    control_do("/fault?kind=hang&times=9&path=" ORGS);
    pages = list(client, ORGS, 1);
    EXPECT(VCD_PENDING, vcd_pages_next(pages, 0, &call, NULL));
    EXPECT(VCD_PENDING, vcd_pages_next(pages, 20, &call, NULL));
    CHECK(call == NULL);
    for (w = 0; w < 3; w++) {
        memset(&waiters[w], 0, sizeof waiters[w]);
        waiters[w].pages = pages;
        threads[w] = thread_start(wait_for_page, &waiters[w]);
    }
    control_wait_for_requests(ORGS, 1);
    EXPECT(VCD_PENDING, vcd_pages_next(pages, 50, &call, NULL));
    vcd_pages_free(pages);
    for (w = 0; w < 3; w++) {
        thread_join(threads[w]);
        /* One that had not yet begun to wait finds no list any more. */
        CHECK(waiters[w].status == VCD_ERR_CANCELLED || waiters[w].status == VCD_ERR_HANDLE);
        CHECK(waiters[w].call == NULL);
    }
    control_wait_for_aborts(ORGS, 1);
    EXPECT(VCD_ERR_HANDLE, vcd_pages_next(pages, 0, &call, NULL));
    vcd_pages_free(pages);
    control_do("/reset");
}

/* Several threads take the pages of one list: each page comes once. */
static void *take_pages(void *argument)
{
    vcd_pages *pages = argument;
    vcd_call *call;
    intptr_t count = 0;

    while ((call = next_page(pages)) != NULL) {
        count += occurrences(call, "\"displayName\":");
        vcd_call_free(call);
    }
    return (void *)count;
}

static void shared(vcd_client *client)
{
    vcd_pages *pages = list(client, ORGS "?sortAsc=name&filter=name==org-00*&pageSize=10", 4);
    thread threads[4];
    intptr_t count = 0;
    int t;

    for (t = 0; t < 4; t++)
        threads[t] = thread_start(take_pages, pages);
    for (t = 0; t < 4; t++)
        count += (intptr_t)thread_join(threads[t]);
    CHECK_INT(count, 992);
    CHECK_INT(pages_int(pages, VCD_PAGES_DONE), 100);
    vcd_pages_free(pages);
}

/* The list does not need its client, nor the call that it was made from; its pages do not need the list. */
static void outlives(void)
{
    vcd_client *client = signed_in_as_provider();
    vcd_pages *pages = list(client, ORGS "?sortAsc=name&pageSize=128", 2);
    vcd_call *first, *second;

    vcd_client_free(client);
    first = next_page(pages);
    second = next_page(pages);
    vcd_pages_free(pages);
    CHECK_INT(occurrences(first, "\"displayName\":"), 128);
    CHECK_INT(occurrences(second, "\"displayName\":"), 128);
    vcd_call_free(first);
    vcd_call_free(second);
}

/* ------------------------------------------------------------------ misuse */

static void refused(vcd_call *call, vcd_status expected)
{
    vcd_pages *pages = (vcd_pages *)(uintptr_t)0x5a5a5a5a;
    vcd_error *error = NULL;

    EXPECT(expected, vcd_pages_new(call, &pages, &error));
    CHECK(pages == NULL);
    CHECK_INT(vcd_error_code(error), expected);
    vcd_error_free(error);
    vcd_call_free(call);
}

static void misuse(vcd_client *client)
{
    vcd_call *call = new_call(client, "GET", ORGS);
    vcd_pages *pages = NULL;
    int64_t value = 7;
    char path[512];

    EXPECT(VCD_ERR_NULL, vcd_pages_new(NULL, &pages, NULL));
    EXPECT(VCD_ERR_NULL, vcd_pages_new(call, NULL, NULL));
    EXPECT(VCD_OK, vcd_pages_new(call, &pages, NULL));
    EXPECT(VCD_ERR_NULL, vcd_pages_next(NULL, 0, &call, NULL));
    EXPECT(VCD_ERR_NULL, vcd_pages_next(pages, 0, NULL, NULL));
    EXPECT(VCD_ERR_NULL, vcd_pages_get_int(NULL, VCD_PAGES_DONE, &value, NULL));
    CHECK_INT(value, 0);
    EXPECT(VCD_ERR_NULL, vcd_pages_get_int(pages, VCD_PAGES_DONE, NULL, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_pages_get_int(pages, 99, &value, NULL));
    EXPECT(VCD_ERR_NULL, vcd_pages_set_int(NULL, VCD_PAGES_OPT_IN_FLIGHT, 1, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_pages_set_int(pages, 99, 1, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 0, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 17, NULL));
    EXPECT(VCD_OK, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 16, NULL));
    vcd_pages_free(NULL);
    vcd_pages_free((vcd_pages *)client);
    vcd_pages_free(pages);
    EXPECT(VCD_ERR_HANDLE, vcd_pages_get_int(pages, VCD_PAGES_DONE, &value, NULL));
    EXPECT(VCD_ERR_HANDLE, vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 1, NULL));

    refused(new_call(client, "POST", ORGS), VCD_ERR_ARGUMENT);
    refused(new_operation(client, VCD_OP_WAIT_TASK), VCD_ERR_ARGUMENT);
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_OK, vcd_call_set_body(call, (const uint8_t *)"{}", 2, NULL));
    refused(call, VCD_ERR_ARGUMENT);
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_OUTPUT_FILE, in_folder("page.json", path));
    refused(call, VCD_ERR_ARGUMENT);
    call = new_call(client, "GET", ORGS "?pageSize=1");
    succeeds(call);
    refused(call, VCD_ERR_STATE);
    check_session_works(client);
}

/* A list of a client that is not signed in is refused when its first page is asked for. */
static void not_signed_in(void)
{
    vcd_client *client = new_client();
    vcd_pages *pages = list(client, ORGS, 1);
    vcd_call *call = NULL;

    EXPECT(VCD_ERR_NOT_SIGNED_IN, vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, NULL));
    CHECK(call == NULL);
    /* And goes on when that is mended. */
    sign_in_by(client, VCD_GRANT_API_TOKEN, "System", NULL, setting("VCD_PROVIDER_TOKEN"));
    vcd_call_free(next_page(pages));
    vcd_pages_free(pages);
    vcd_client_free(client);
}

int main(void)
{
    vcd_client *client = signed_in_as_provider();

    ten_thousand(client);
    stopped_after_the_first(client);
    kinds(client);
    no_list(client);
    failing_page(client);
    circles(client);
    foreign_links(client);
    changed(client);
    freed_while_waiting(client);
    shared(client);
    outlives();
    misuse(client);
    not_signed_in();
    vcd_client_free(client);
    return checks_passed();
}
