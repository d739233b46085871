/*
 * Prints all organizations that a session may see, a page of JSON on each line. However many there are, no more than
 * a few pages are in memory.
 *
 *   cc -std=c99 pages.c -o pages -lvcdrest
 *   VCD_API_TOKEN=... ./pages vcd.example.com System [ca.pem]
 */
#include <stdio.h>
#include <stdlib.h>
#include <vcdrest.h>

static int fail(const char *what, vcd_error *error)
{
    fprintf(stderr, "%s: %s\n", what, vcd_error_message(error));
    vcd_error_free(error);
    return 0;
}

/* A page, and on standard error how far that is. */
static int print_page(const vcd_pages *pages, const vcd_call *page)
{
    const uint8_t *body;
    size_t length;
    int64_t done = 0, count = 0, total = 0;

    if (vcd_call_body(page, &body, &length, NULL) != VCD_OK || fwrite(body, 1, length, stdout) != length
        || puts("") == EOF)
        return 0;
    vcd_pages_get_int(pages, VCD_PAGES_DONE, &done, NULL);
    /* Not every list says how long it is. */
    if (vcd_pages_get_int(pages, VCD_PAGES_COUNT, &count, NULL) == VCD_OK
        && vcd_pages_get_int(pages, VCD_PAGES_TOTAL, &total, NULL) == VCD_OK)
        fprintf(stderr, "page %lld of %lld, %lld in all\n", (long long)done, (long long)count, (long long)total);
    return 1;
}

static int print_all(vcd_client *client)
{
    vcd_error *error = NULL;
    vcd_call *first = NULL, *page = NULL;
    vcd_pages *pages = NULL;
    vcd_status status;
    int well;

    /* A fixed order allows several pages on their way at once. */
    if (vcd_call_new(client, "GET", "/cloudapi/1.0.0/orgs?sortAsc=name&pageSize=128", &first, &error) != VCD_OK
        || vcd_pages_new(first, &pages, &error) != VCD_OK
        || vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 4, &error) != VCD_OK)
        well = fail("cannot make the list", error);
    else {
        well = 1;
        while (well && (status = vcd_pages_next(pages, VCD_WAIT_FOREVER, &page, &error)) != VCD_END) {
            well = status == VCD_OK ? print_page(pages, page) : fail("cannot read a page", error);
            vcd_call_free(page);
        }
    }
    vcd_pages_free(pages);
    vcd_call_free(first);
    return well;
}

int main(int argc, char **argv)
{
    const char *token = getenv("VCD_API_TOKEN");
    vcd_error *error = NULL;
    vcd_client *client = NULL;
    int well;

    if (argc < 3 || argc > 4 || token == NULL) {
        fprintf(stderr, "usage: VCD_API_TOKEN=... %s SERVER ORG [CA-FILE]\n", argv[0]);
        return 2;
    }
    if (vcd_client_new(argv[1], &client, &error) != VCD_OK
        || (argc == 4 && vcd_client_set_text(client, VCD_OPT_CA_FILE, argv[3], &error) != VCD_OK)
        || vcd_sign_in(client, argv[2], token, &error) != VCD_OK)
        well = fail("cannot sign in", error);
    else {
        well = print_all(client);
        vcd_sign_out(client, NULL);
    }
    vcd_client_free(client);
    return well ? 0 : 1;
}
