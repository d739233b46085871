/* vcdrest: one client for all threads, signed in with an API token, and vcd_get as users call it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vcdrest.h>

#include "client.h"

static void check(const char *what, vcd_status status, vcd_error *error)
{
    if (status != VCD_OK)
        fail(what, error != NULL ? vcd_error_message(error) : vcd_status_name(status));
}

void *side_open(const struct target *target)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    check("client", vcd_client_new(target->url, &client, &error), error);
    check("CA", vcd_client_set_text(client, VCD_OPT_CA_FILE, target->ca_file, &error), error);
    check("CA only", vcd_client_set_int(client, VCD_OPT_CA_ONLY, !target->system_roots, &error), error);
    if (target->anonymous)
        check("version", vcd_client_set_text(client, VCD_OPT_API_VERSION, "38.1", &error), error);
    else
        check("sign-in", vcd_sign_in(client, "Tyrell", "abcdefghabcdefghabcdefghabcdefgh", &error), error);
    return client;
}

void side_close(void *shared)
{
    vcd_client_free(shared);
}

void *side_thread(void *shared, const struct target *target)
{
    (void)target;
    return shared;
}

void side_thread_end(void *own)
{
    (void)own;
}

size_t side_get(void *shared, void *own, const struct target *target)
{
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    const uint8_t *body;
    size_t length;

    (void)own;
    if (target->anonymous) {
        check("call", vcd_call_new(shared, "GET", target->path, &call, &error), error);
        check("option", vcd_call_set_int(call, VCD_CALL_OPT_ANONYMOUS, 1, &error), error);
        check("GET", vcd_call_wait(call, VCD_WAIT_FOREVER, &error), error);
    } else {
        check("GET", vcd_get(shared, target->path, &call, &error), error);
    }
    check("body", vcd_call_body(call, &body, &length, &error), error);
    vcd_call_free(call);
    return length;
}

size_t side_batch(void *shared, const struct target *target, int count)
{
    vcd_call *call = NULL, *page;
    vcd_pages *pages = NULL;
    vcd_error *error = NULL;
    const uint8_t *body;
    char place[200];
    size_t length, all = 0;
    vcd_status status;

    snprintf(place, sizeof place, "%s&sortAsc=name&pages=%d", target->path, count);
    check("call", vcd_call_new(shared, "GET", place, &call, &error), error);
    check("pages", vcd_pages_new(call, &pages, &error), error);
    check("in flight", vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 8, &error), error);
    while ((status = vcd_pages_next(pages, VCD_WAIT_FOREVER, &page, &error)) != VCD_END) {
        check("page", status, error);
        check("body", vcd_call_body(page, &body, &length, &error), error);
        all += length;
        vcd_call_free(page);
    }
    vcd_pages_free(pages);
    vcd_call_free(call);
    return all;
}
