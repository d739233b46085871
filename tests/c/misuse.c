/*
 * Every wrong use that the library can tell: each gives its status, sets the outputs to nothing, explains itself,
 * and leaves everything else as it was.
 */
#include "session.h"

/* A handle that never was one. */
#define MADE_UP(number) ((void *)(uintptr_t)(number))
/* What an output holds before the library sets it to nothing. */
#define GARBAGE MADE_UP(0x5a5a5a5a)

static const uintptr_t made_up[] = {
    1, 2, 3, 4, 7, 8, 9, 15, 16, 0x1001, 0x1002, 0x7ffffff5, 0xfffffff5u, (uintptr_t)-1, (uintptr_t)-8, (uintptr_t)-11,
};
#define MADE_UP_COUNT (sizeof made_up / sizeof made_up[0])

/* Live handles that every test may use, and handles that were freed. */
static vcd_client *client, *freed_client;
static vcd_call *call, *new_call, *freed_call;
static vcd_error *error_object, *freed_error;
static vcd_pages *pages, *freed_pages;

/* ------------------------------------------------------------------ handles */

/* Every function that takes a handle, with everything else in order. */

static vcd_status client_set_int(void *h, vcd_error **e)
{
    return vcd_client_set_int(h, VCD_OPT_MAX_RETRIES, 1, e);
}

static vcd_status client_set_text(void *h, vcd_error **e)
{
    return vcd_client_set_text(h, VCD_OPT_USER_AGENT, "test/1", e);
}

static vcd_status client_get_int(void *h, vcd_error **e)
{
    int64_t value = -1;
    vcd_status status = vcd_client_get_int(h, VCD_CLIENT_SIGNED_IN, &value, e);

    CHECK_INT(value, 0);
    return status;
}

static vcd_status client_copy_text(void *h, vcd_error **e)
{
    char text[64] = "unchanged";
    size_t needed = 99;
    vcd_status status = vcd_client_copy_text(h, VCD_CLIENT_SERVER, text, sizeof text, &needed, e);

    CHECK_INT(needed, 0);
    CHECK_TEXT(text, "unchanged");
    return status;
}

static vcd_status client_take_notice(void *h, vcd_error **e)
{
    int32_t code = 99;
    char text[64] = "unchanged";
    size_t needed = 99;
    vcd_status status = vcd_client_take_notice(h, &code, text, sizeof text, &needed, e);

    CHECK_INT(code, 0);
    CHECK_INT(needed, 0);
    CHECK_TEXT(text, "unchanged");
    return status;
}

static vcd_status client_sign_in(void *h, vcd_error **e)
{
    return vcd_sign_in(h, "Tyrell", "token", e);
}

static vcd_status client_sign_out(void *h, vcd_error **e)
{
    return vcd_sign_out(h, e);
}

static vcd_status client_get(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_get(h, ORGS, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status client_request(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_request(h, "POST", ORGS, NULL, (const uint8_t *)"{}", 2, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status client_call_new(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_call_new(h, "GET", ORGS, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status client_sign_in_new(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_sign_in_new(h, VCD_GRANT_API_TOKEN, "Tyrell", NULL, "token", &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status client_sign_out_new(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_sign_out_new(h, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status call_set_header(void *h, vcd_error **e)
{
    return vcd_call_set_header(h, "X-Test", "1", e);
}

static vcd_status call_set_body(void *h, vcd_error **e)
{
    return vcd_call_set_body(h, (const uint8_t *)"{}", 2, e);
}

static vcd_status call_set_int(void *h, vcd_error **e)
{
    return vcd_call_set_int(h, VCD_CALL_OPT_MAX_RETRIES, 1, e);
}

static vcd_status call_set_text(void *h, vcd_error **e)
{
    return vcd_call_set_text(h, VCD_CALL_OPT_API_VERSION, "37.0", e);
}

static vcd_status call_start(void *h, vcd_error **e)
{
    return vcd_call_start(h, e);
}

static vcd_status call_wait(void *h, vcd_error **e)
{
    return vcd_call_wait(h, 0, e);
}

static vcd_status call_get_int(void *h, vcd_error **e)
{
    int64_t value = -1;
    vcd_status status = vcd_call_get_int(h, VCD_CALL_DONE, &value, e);

    CHECK_INT(value, 0);
    return status;
}

static vcd_status call_get_text(void *h, vcd_error **e)
{
    const char *text = GARBAGE;
    size_t length = 99;
    vcd_status status = vcd_call_get_text(h, VCD_CALL_METHOD, &text, &length, e);

    CHECK(text == NULL);
    CHECK_INT(length, 0);
    return status;
}

static vcd_status call_find_header(void *h, vcd_error **e)
{
    const char *text = GARBAGE;
    size_t length = 99;
    vcd_status status = vcd_call_find_header(h, "date", &text, &length, e);

    CHECK(text == NULL);
    CHECK_INT(length, 0);
    return status;
}

static vcd_status call_header_at(void *h, vcd_error **e)
{
    const char *name = GARBAGE, *value = GARBAGE;
    size_t name_length = 99, value_length = 99;
    vcd_status status = vcd_call_header_at(h, 0, &name, &name_length, &value, &value_length, e);

    CHECK(name == NULL && value == NULL);
    CHECK(name_length == 0 && value_length == 0);
    return status;
}

static vcd_status call_body(void *h, vcd_error **e)
{
    const uint8_t *data = GARBAGE;
    size_t length = 99;
    vcd_status status = vcd_call_body(h, &data, &length, e);

    CHECK(data == NULL);
    CHECK_INT(length, 0);
    return status;
}

static vcd_status call_take_notice(void *h, vcd_error **e)
{
    int32_t code = 99;
    size_t needed = 99;
    vcd_status status = vcd_call_take_notice(h, &code, NULL, 0, &needed, e);

    CHECK_INT(code, 0);
    CHECK_INT(needed, 0);
    return status;
}

/* Those without an error object. */

static vcd_status call_cancel(void *h, vcd_error **e)
{
    (void)e;
    return vcd_call_cancel(h);
}

static vcd_status error_get_int(void *h, vcd_error **e)
{
    int64_t value = -1;
    vcd_status status = vcd_error_get_int(h, VCD_ERROR_CODE, &value);

    (void)e;
    CHECK_INT(value, 0);
    return status;
}

static vcd_status error_get_text(void *h, vcd_error **e)
{
    const char *text = GARBAGE;
    size_t length = 99;
    vcd_status status = vcd_error_get_text(h, VCD_ERROR_MESSAGE, &text, &length);

    (void)e;
    CHECK(text == NULL);
    CHECK_INT(length, 0);
    return status;
}

/* Functions of the host that are never called. */
static int64_t read_nothing(void *userdata, uint8_t *buffer, size_t capacity)
{
    (void)userdata;
    (void)buffer;
    (void)capacity;
    CHECK(0);
    return -1;
}

static int32_t write_nothing(void *userdata, const uint8_t *data, size_t length)
{
    (void)userdata;
    (void)data;
    (void)length;
    CHECK(0);
    return 1;
}

static void never_done(void *userdata)
{
    (void)userdata;
    CHECK(0);
}

static vcd_status operation_new(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_operation_new(h, VCD_OP_WAIT_TASK, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status call_set_reader(void *h, vcd_error **e)
{
    return vcd_call_set_reader(h, read_nothing, NULL, 1, e);
}

static vcd_status call_set_writer(void *h, vcd_error **e)
{
    return vcd_call_set_writer(h, write_nothing, NULL, e);
}

static vcd_status call_on_done(void *h, vcd_error **e)
{
    return vcd_call_on_done(h, never_done, NULL, e);
}

static vcd_status wait_any(void *h, vcd_error **e)
{
    const vcd_call *calls[1];
    size_t index = 99;
    vcd_status status;

    calls[0] = h;
    status = vcd_wait_any(calls, 1, 0, &index, e);
    CHECK_INT(index, 0);
    return status;
}

static vcd_status pages_new(void *h, vcd_error **e)
{
    vcd_pages *out = GARBAGE;
    vcd_status status = vcd_pages_new(h, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status pages_set_int(void *h, vcd_error **e)
{
    return vcd_pages_set_int(h, VCD_PAGES_OPT_IN_FLIGHT, 1, e);
}

static vcd_status pages_next(void *h, vcd_error **e)
{
    vcd_call *out = GARBAGE;
    vcd_status status = vcd_pages_next(h, 0, &out, e);

    CHECK(out == NULL);
    return status;
}

static vcd_status pages_get_int(void *h, vcd_error **e)
{
    int64_t value = -1;
    vcd_status status = vcd_pages_get_int(h, VCD_PAGES_DONE, &value, e);

    CHECK_INT(value, 0);
    return status;
}

enum kind { CLIENT, CALL, ERROR, PAGES };

static const struct taker {
    const char *name;
    enum kind kind;
    int has_error_object;
    vcd_status (*function)(void *handle, vcd_error **error);
} takers[] = {
    {"vcd_client_set_int", CLIENT, 1, client_set_int},
    {"vcd_client_set_text", CLIENT, 1, client_set_text},
    {"vcd_client_get_int", CLIENT, 1, client_get_int},
    {"vcd_client_copy_text", CLIENT, 1, client_copy_text},
    {"vcd_client_take_notice", CLIENT, 1, client_take_notice},
    {"vcd_sign_in", CLIENT, 1, client_sign_in},
    {"vcd_sign_out", CLIENT, 1, client_sign_out},
    {"vcd_get", CLIENT, 1, client_get},
    {"vcd_request", CLIENT, 1, client_request},
    {"vcd_call_new", CLIENT, 1, client_call_new},
    {"vcd_sign_in_new", CLIENT, 1, client_sign_in_new},
    {"vcd_sign_out_new", CLIENT, 1, client_sign_out_new},
    {"vcd_call_set_header", CALL, 1, call_set_header},
    {"vcd_call_set_body", CALL, 1, call_set_body},
    {"vcd_call_set_int", CALL, 1, call_set_int},
    {"vcd_call_set_text", CALL, 1, call_set_text},
    {"vcd_call_start", CALL, 1, call_start},
    {"vcd_call_wait", CALL, 1, call_wait},
    {"vcd_call_cancel", CALL, 0, call_cancel},
    {"vcd_call_get_int", CALL, 1, call_get_int},
    {"vcd_call_get_text", CALL, 1, call_get_text},
    {"vcd_call_find_header", CALL, 1, call_find_header},
    {"vcd_call_header_at", CALL, 1, call_header_at},
    {"vcd_call_body", CALL, 1, call_body},
    {"vcd_call_take_notice", CALL, 1, call_take_notice},
    {"vcd_operation_new", CLIENT, 1, operation_new},
    {"vcd_call_set_reader", CALL, 1, call_set_reader},
    {"vcd_call_set_writer", CALL, 1, call_set_writer},
    {"vcd_call_on_done", CALL, 1, call_on_done},
    {"vcd_wait_any", CALL, 1, wait_any},
    {"vcd_pages_new", CALL, 1, pages_new},
    {"vcd_pages_set_int", PAGES, 1, pages_set_int},
    {"vcd_pages_next", PAGES, 1, pages_next},
    {"vcd_pages_get_int", PAGES, 1, pages_get_int},
    {"vcd_error_get_int", ERROR, 0, error_get_int},
    {"vcd_error_get_text", ERROR, 0, error_get_text},
};
#define TAKER_COUNT (sizeof takers / sizeof takers[0])

static const char *const kind_names[] = {"vcd_client", "vcd_call", "vcd_error", "vcd_pages"};

/* The function refuses the handle, with an error object and without. */
static void refuses(const struct taker *taker, void *handle, vcd_status expected)
{
    vcd_error *error = GARBAGE;
    vcd_status status = taker->function(handle, &error);

    if (status != expected)
        fprintf(stderr, "%s with the handle %p\n", taker->name, handle);
    EXPECT(expected, status);
    EXPECT(expected, taker->function(handle, NULL));
    if (taker->has_error_object) {
        CHECK_INT(vcd_error_code(error), expected);
        CHECK_CONTAINS(vcd_error_message(error), kind_names[taker->kind]);
        vcd_error_free(error);
    }
}

static void wrong_handles(void)
{
    size_t t, m;

    for (t = 0; t < TAKER_COUNT; t++) {
        const struct taker *taker = &takers[t];

        refuses(taker, NULL, VCD_ERR_NULL);
        for (m = 0; m < MADE_UP_COUNT; m++)
            refuses(taker, MADE_UP(made_up[m]), VCD_ERR_HANDLE);
        refuses(taker, &t, VCD_ERR_HANDLE);
        refuses(taker, freed_client, VCD_ERR_HANDLE);
        refuses(taker, freed_call, VCD_ERR_HANDLE);
        refuses(taker, freed_error, VCD_ERR_HANDLE);
        refuses(taker, freed_pages, VCD_ERR_HANDLE);
        if (taker->kind != CLIENT)
            refuses(taker, client, VCD_ERR_HANDLE);
        if (taker->kind != CALL)
            refuses(taker, call, VCD_ERR_HANDLE);
        if (taker->kind != ERROR)
            refuses(taker, error_object, VCD_ERR_HANDLE);
        if (taker->kind != PAGES)
            refuses(taker, pages, VCD_ERR_HANDLE);
    }
}

/* vcd_error_code and vcd_error_message have answers of their own. */
static void wrong_errors(void)
{
    size_t m;

    CHECK_INT(vcd_error_code(NULL), VCD_OK);
    CHECK_TEXT(vcd_error_message(NULL), "");
    for (m = 0; m < MADE_UP_COUNT; m++) {
        CHECK_INT(vcd_error_code(MADE_UP(made_up[m])), VCD_ERR_HANDLE);
        CHECK(strlen(vcd_error_message(MADE_UP(made_up[m]))) > 0);
    }
    CHECK_INT(vcd_error_code(freed_error), VCD_ERR_HANDLE);
    CHECK_INT(vcd_error_code((vcd_error *)(void *)client), VCD_ERR_HANDLE);
    CHECK(strlen(vcd_error_message((vcd_error *)(void *)call)) > 0);
}

/* Freeing what is not there, twice, or by the function of another kind changes nothing. */
static void wrong_frees(void)
{
    size_t m;

    vcd_client_free(NULL);
    vcd_call_free(NULL);
    vcd_error_free(NULL);
    vcd_pages_free(NULL);
    for (m = 0; m < MADE_UP_COUNT; m++) {
        vcd_client_free(MADE_UP(made_up[m]));
        vcd_call_free(MADE_UP(made_up[m]));
        vcd_error_free(MADE_UP(made_up[m]));
        vcd_pages_free(MADE_UP(made_up[m]));
    }
    vcd_pages_free(freed_pages);
    vcd_pages_free((vcd_pages *)(void *)client);
    vcd_pages_free((vcd_pages *)(void *)call);
    vcd_client_free((vcd_client *)(void *)pages);
    vcd_call_free((vcd_call *)(void *)pages);
    vcd_error_free((vcd_error *)(void *)pages);
    vcd_client_free(freed_client);
    vcd_call_free(freed_call);
    vcd_error_free(freed_error);
    vcd_client_free((vcd_client *)(void *)call);
    vcd_client_free((vcd_client *)(void *)error_object);
    vcd_call_free((vcd_call *)(void *)client);
    vcd_call_free((vcd_call *)(void *)error_object);
    vcd_error_free((vcd_error *)(void *)client);
    vcd_error_free((vcd_error *)(void *)call);
    CHECK_INT(vcd_error_code(error_object), VCD_ERR_ADDRESS);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    check_session_works(client);
}

/* A handle that was freed does not fit what comes into its place. */
static void old_handles_never_fit_again(void)
{
    enum { ROUNDS = 1000 };
    static vcd_call *old[ROUNDS];
    vcd_call *now = NULL;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &now, NULL));
        old[round] = now;
        CHECK(round == 0 || now != old[round - 1]);
        vcd_call_free(now);
    }
    EXPECT(VCD_OK, vcd_call_new(client, "GET", ORGS, &now, NULL));
    for (round = 0; round < ROUNDS; round++) {
        EXPECT(VCD_ERR_HANDLE, vcd_call_cancel(old[round]));
        vcd_call_free(old[round]);
    }
    EXPECT(VCD_OK, vcd_call_cancel(now));
    vcd_call_free(now);
    EXPECT(VCD_ERR_HANDLE, vcd_call_cancel(now));
}

/* ------------------------------------------------------------------ NULL */

/* The call fails with VCD_ERR_NULL, and its message names the parameter. */
#define NULL_FOR(parameter, function_call)                                                                             \
    do {                                                                                                               \
        vcd_error *error = GARBAGE;                                                                                    \
        EXPECT(VCD_ERR_NULL, function_call);                                                                           \
        CHECK_INT(vcd_error_code(error), VCD_ERR_NULL);                                                                \
        CHECK_CONTAINS(vcd_error_message(error), "`" parameter "`");                                                   \
        vcd_error_free(error);                                                                                         \
    } while (0)

static void null_for_inputs(void)
{
    vcd_client *out_client = GARBAGE;
    vcd_call *out = GARBAGE;
    const char *text = GARBAGE;
    size_t length = 99;
    const uint8_t bytes[] = "{}";

    NULL_FOR("server", vcd_client_new(NULL, &out_client, &error));
    CHECK(out_client == NULL);
    NULL_FOR("value", vcd_client_set_text(client, VCD_OPT_USER_AGENT, NULL, &error));
    NULL_FOR("api_token", vcd_sign_in(client, "Tyrell", NULL, &error));
    NULL_FOR("uri", vcd_get(client, NULL, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("method", vcd_request(client, NULL, ORGS, NULL, bytes, 2, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("uri", vcd_request(client, "GET", NULL, NULL, bytes, 2, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("body", vcd_request(client, "POST", ORGS, NULL, NULL, 2, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("method", vcd_call_new(client, NULL, ORGS, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("uri", vcd_call_new(client, "GET", NULL, &out, &error));
    CHECK(out == NULL);
    out = GARBAGE;
    NULL_FOR("secret", vcd_sign_in_new(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, NULL, &out, &error));
    CHECK(out == NULL);
    NULL_FOR("name", vcd_call_set_header(new_call, NULL, "1", &error));
    NULL_FOR("value", vcd_call_set_header(new_call, "X-Test", NULL, &error));
    NULL_FOR("data", vcd_call_set_body(new_call, NULL, 2, &error));
    NULL_FOR("value", vcd_call_set_text(new_call, VCD_CALL_OPT_API_VERSION, NULL, &error));
    NULL_FOR("name", vcd_call_find_header(call, NULL, &text, &length, &error));
    CHECK(text == NULL);
    CHECK_INT(length, 0);
    NULL_FOR("reader", vcd_call_set_reader(new_call, NULL, NULL, 1, &error));
    NULL_FOR("writer", vcd_call_set_writer(new_call, NULL, NULL, &error));
    NULL_FOR("done", vcd_call_on_done(new_call, NULL, NULL, &error));
    NULL_FOR("calls", vcd_wait_any(NULL, 1, 0, &length, &error));
    CHECK_INT(length, 0);
    /* Nothing at nowhere is nothing, and allowed. */
    EXPECT(VCD_OK, vcd_call_set_body(new_call, NULL, 0, NULL));
}

/* An output that is missing: the others are set to nothing all the same. */
static void null_for_outputs(void)
{
    const char *text = GARBAGE, *other = GARBAGE;
    const uint8_t *data = GARBAGE;
    size_t length = 99, other_length = 99;
    int32_t code = 99;
    char buffer[64];

    NULL_FOR("out_client", vcd_client_new(setting("VCD_URL"), NULL, &error));
    NULL_FOR("out_value", vcd_client_get_int(client, VCD_CLIENT_SIGNED_IN, NULL, &error));
    NULL_FOR("out_needed", vcd_client_copy_text(client, VCD_CLIENT_SERVER, buffer, sizeof buffer, NULL, &error));
    NULL_FOR("buffer", vcd_client_copy_text(client, VCD_CLIENT_SERVER, NULL, 10, &length, &error));
    NULL_FOR("out_code", vcd_client_take_notice(client, NULL, buffer, sizeof buffer, &length, &error));
    CHECK_INT(length, 0);
    NULL_FOR("out_needed", vcd_client_take_notice(client, &code, buffer, sizeof buffer, NULL, &error));
    CHECK_INT(code, 0);
    NULL_FOR("out_call", vcd_get(client, ORGS, NULL, &error));
    NULL_FOR("out_call", vcd_request(client, "GET", ORGS, NULL, NULL, 0, NULL, &error));
    NULL_FOR("out_call", vcd_call_new(client, "GET", ORGS, NULL, &error));
    NULL_FOR("out_call", vcd_sign_in_new(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, "token", NULL, &error));
    NULL_FOR("out_call", vcd_sign_out_new(client, NULL, &error));
    NULL_FOR("out_value", vcd_call_get_int(call, VCD_CALL_DONE, NULL, &error));
    length = 99;
    NULL_FOR("out_text", vcd_call_get_text(call, VCD_CALL_METHOD, NULL, &length, &error));
    CHECK_INT(length, 0);
    length = 99;
    EXPECT(VCD_ERR_NULL, vcd_call_find_header(call, "date", NULL, &length, NULL));
    CHECK_INT(length, 0);
    length = 99;
    EXPECT(VCD_ERR_NULL, vcd_call_header_at(call, 0, NULL, &length, &text, &other_length, NULL));
    CHECK(text == NULL);
    CHECK(length == 0 && other_length == 0);
    length = other_length = 99;
    EXPECT(VCD_ERR_NULL, vcd_call_header_at(call, 0, &other, &length, NULL, &other_length, NULL));
    CHECK(other == NULL);
    CHECK(length == 0 && other_length == 0);
    length = 99;
    NULL_FOR("out_data", vcd_call_body(call, NULL, &length, &error));
    CHECK_INT(length, 0);
    NULL_FOR("out_length", vcd_call_body(call, &data, NULL, &error));
    CHECK(data == NULL);
    length = 99;
    NULL_FOR("out_code", vcd_call_take_notice(call, NULL, buffer, sizeof buffer, &length, &error));
    CHECK_INT(length, 0);
    code = 99;
    NULL_FOR("out_needed", vcd_call_take_notice(call, &code, buffer, sizeof buffer, NULL, &error));
    CHECK_INT(code, 0);
    EXPECT(VCD_ERR_NULL, vcd_error_get_int(error_object, VCD_ERROR_CODE, NULL));
    length = 99;
    EXPECT(VCD_ERR_NULL, vcd_error_get_text(error_object, VCD_ERROR_MESSAGE, NULL, &length));
    CHECK_INT(length, 0);

    /* Lengths that nobody wants may be left out. */
    EXPECT(VCD_OK, vcd_call_get_text(call, VCD_CALL_METHOD, &text, NULL, NULL));
    EXPECT(VCD_OK, vcd_call_find_header(call, "content-type", &text, NULL, NULL));
    EXPECT(VCD_OK, vcd_call_header_at(call, 0, &text, NULL, &other, NULL, NULL));
    EXPECT(VCD_OK, vcd_error_get_text(error_object, VCD_ERROR_MESSAGE, &text, NULL));
}

/* A place for an output that does not lie where its type may lie. */
static void misaligned_outputs(void)
{
    union {
        int64_t aligned;
        char bytes[64];
    } room;
    void *odd = room.bytes + 1;
    size_t length = 99;
    const char *text = NULL;
    vcd_error *error = NULL;

    memset(&room, 0x5a, sizeof room);
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_new(setting("VCD_URL"), odd, &error));
    CHECK_CONTAINS(vcd_error_message(error), "`out_client`");
    vcd_error_free(error);
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_get_int(client, VCD_CLIENT_SIGNED_IN, odd, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_get_int(call, VCD_CALL_DONE, odd, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_get_text(call, VCD_CALL_METHOD, odd, &length, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_get_text(call, VCD_CALL_METHOD, &text, odd, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_body(call, odd, &length, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_error_get_int(error_object, VCD_ERROR_CODE, odd));
    /* An error object has nowhere to go then; the status comes all the same. */
    EXPECT(VCD_ERR_ADDRESS, vcd_client_new("", (vcd_client **)&text, odd));
    for (length = 0; length < sizeof room; length++)
        CHECK_INT(room.bytes[length], 0x5a);
}

/* ------------------------------------------------------------------ values */

static void unknown_numbers(void)
{
    static const int32_t numbers[] = {0, -1, 77, 199, 1000, INT32_MAX, INT32_MIN};
    size_t n;

    for (n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        int64_t value = -1;
        const char *text = GARBAGE;
        size_t length = 99;
        vcd_client *fresh = new_client();
        vcd_error *error = NULL;

        EXPECT(VCD_ERR_OPTION, vcd_client_set_int(fresh, numbers[n], 1, &error));
        CHECK_INT(vcd_error_code(error), VCD_ERR_OPTION);
        vcd_error_free(error);
        EXPECT(VCD_ERR_OPTION, vcd_client_set_text(fresh, numbers[n], "1", NULL));
        EXPECT(VCD_ERR_OPTION, vcd_call_set_int(new_call, numbers[n], 1, NULL));
        EXPECT(VCD_ERR_OPTION, vcd_call_set_text(new_call, numbers[n], "1", NULL));
        EXPECT(VCD_ERR_OPTION, vcd_pages_set_int(pages, numbers[n], 1, NULL));
        EXPECT(VCD_ERR_OPTION, vcd_pages_get_int(pages, numbers[n], &value, NULL));
        CHECK_INT(value, 0);
        value = -1;
        {
            vcd_call *out = GARBAGE;

            EXPECT(VCD_ERR_OPTION, vcd_operation_new(client, numbers[n], &out, NULL));
            CHECK(out == NULL);
        }
        EXPECT(VCD_ERR_OPTION, vcd_client_get_int(client, numbers[n], &value, NULL));
        CHECK_INT(value, 0);
        EXPECT(VCD_ERR_OPTION, vcd_client_copy_text(client, numbers[n], NULL, 0, &length, NULL));
        CHECK_INT(length, 0);
        value = -1;
        EXPECT(VCD_ERR_OPTION, vcd_call_get_int(call, numbers[n], &value, NULL));
        CHECK_INT(value, 0);
        EXPECT(VCD_ERR_OPTION, vcd_call_get_text(call, numbers[n], &text, &length, NULL));
        CHECK(text == NULL);
        value = -1;
        EXPECT(VCD_ERR_OPTION, vcd_error_get_int(error_object, numbers[n], &value));
        CHECK_INT(value, 0);
        text = GARBAGE;
        EXPECT(VCD_ERR_OPTION, vcd_error_get_text(error_object, numbers[n], &text, &length));
        CHECK(text == NULL);
        vcd_client_free(fresh);
    }
}

/* Numbers of the new functions that are not in their range, and what depends on something else. */
static void more_ranges(void)
{
    static const struct {
        int32_t option;
        int64_t value;
    } wrong[] = {
        {VCD_CALL_OPT_READ_TIMEOUT_MS, 0},
        {VCD_CALL_OPT_READ_TIMEOUT_MS, 3600001},
        {VCD_CALL_OPT_WAIT_BUSY, 2},
        {VCD_CALL_OPT_WAIT_BUSY, -1},
        {VCD_CALL_OPT_BODY_OFFSET, -1},
        {VCD_CALL_OPT_POLL_INTERVAL_MS, 0},
        {VCD_CALL_OPT_POLL_INTERVAL_MS, 600001},
        {VCD_CALL_OPT_CANCEL_TASK, 2},
    };
    vcd_call *operation = NULL;
    size_t index = 7, w;

    for (w = 0; w < sizeof wrong / sizeof wrong[0]; w++)
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(new_call, wrong[w].option, wrong[w].value, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_int(new_call, VCD_CALL_OPT_RESUME, 1, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_wait_any((const vcd_call *const *)&call, 0, 0, &index, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_wait_any((const vcd_call *const *)&call, 4097, 0, &index, NULL));
    CHECK_INT(index, 0);
    /* An operation and a sign-in have no headers and bodies of the caller's. */
    EXPECT(VCD_OK, vcd_operation_new(client, VCD_OP_WAIT_TASK, &operation, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_header(operation, "X-Test", "1", NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_body(operation, (const uint8_t *)"{}", 2, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_reader(operation, read_nothing, NULL, 1, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_writer(operation, write_nothing, NULL, NULL));
    vcd_call_free(operation);
    /* Nor has a call that has ended. */
    EXPECT(VCD_ERR_STATE, vcd_call_set_reader(call, read_nothing, NULL, 1, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_writer(call, write_nothing, NULL, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_on_done(call, never_done, NULL, NULL));
}

/* A number for a text, a text for a number. */
static void wrong_type(void)
{
    vcd_client *fresh = new_client();
    int64_t value = -1;
    const char *text = NULL;
    size_t length = 0;

    EXPECT(VCD_ERR_OPTION, vcd_client_set_int(fresh, VCD_OPT_API_VERSION, 37, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_client_set_text(fresh, VCD_OPT_TIMEOUT_MS, "1000", NULL));
    EXPECT(VCD_ERR_OPTION, vcd_call_set_int(new_call, VCD_CALL_OPT_CONTENT_TYPE, 1, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_call_set_text(new_call, VCD_CALL_OPT_TIMEOUT_MS, "1000", NULL));
    EXPECT(VCD_ERR_OPTION, vcd_client_get_int(client, VCD_CLIENT_SERVER, &value, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_client_copy_text(client, VCD_CLIENT_EXCHANGES, NULL, 0, &length, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_call_get_int(call, VCD_CALL_REASON, &value, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_call_get_text(call, VCD_CALL_HTTP_STATUS, &text, &length, NULL));
    EXPECT(VCD_ERR_OPTION, vcd_error_get_int(error_object, VCD_ERROR_MESSAGE, &value));
    EXPECT(VCD_ERR_OPTION, vcd_error_get_text(error_object, VCD_ERROR_CODE, &text, &length));
    vcd_client_free(fresh);
}

static void ranges(void)
{
    static const struct {
        int32_t option;
        int64_t least, most;
    } of_client[] = {
        {VCD_OPT_CONNECT_TIMEOUT_MS, 1, 3600000},
        {VCD_OPT_READ_TIMEOUT_MS, 1, 3600000},
        {VCD_OPT_TIMEOUT_MS, 1, 86400000},
        {VCD_OPT_MAX_RETRIES, 0, 20},
        {VCD_OPT_RETRY_INTERVAL_MS, 1, 600000},
        {VCD_OPT_SKIP_CERTIFICATE_CHECK, 0, 1},
        {VCD_OPT_ALLOW_HTTP, 0, 1},
        {VCD_OPT_MAX_BODY_BYTES, 1024, 2147483647},
        {VCD_OPT_CA_ONLY, 0, 1},
        {VCD_OPT_RETRY_PUT_DELETE, 0, 1},
    }, of_call[] = {
        {VCD_CALL_OPT_TIMEOUT_MS, 1, 86400000},
        {VCD_CALL_OPT_MAX_RETRIES, 0, 20},
        {VCD_CALL_OPT_RETRY_INTERVAL_MS, 1, 600000},
        {VCD_CALL_OPT_ACCEPT_ANY_STATUS, 0, 1},
        {VCD_CALL_OPT_ANONYMOUS, 0, 1},
        {VCD_CALL_OPT_RETRY_PUT_DELETE, 0, 1},
    };
    size_t o;

    for (o = 0; o < sizeof of_client / sizeof of_client[0]; o++) {
        vcd_client *fresh = new_client();
        vcd_error *error = NULL;

        must(vcd_client_set_int(fresh, of_client[o].option, of_client[o].least, &error), &error);
        must(vcd_client_set_int(fresh, of_client[o].option, of_client[o].most, &error), &error);
        EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_int(fresh, of_client[o].option, of_client[o].least - 1, &error));
        CHECK_INT(vcd_error_code(error), VCD_ERR_ARGUMENT);
        vcd_error_free(error);
        EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_int(fresh, of_client[o].option, of_client[o].most + 1, NULL));
        EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_int(fresh, of_client[o].option, INT64_MIN, NULL));
        EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_int(fresh, of_client[o].option, INT64_MAX, NULL));
        vcd_client_free(fresh);
    }
    for (o = 0; o < sizeof of_call / sizeof of_call[0]; o++) {
        vcd_call *fresh = NULL;
        vcd_error *error = NULL;

        must(vcd_call_new(client, "GET", ORGS, &fresh, &error), &error);
        must(vcd_call_set_int(fresh, of_call[o].option, of_call[o].least, &error), &error);
        must(vcd_call_set_int(fresh, of_call[o].option, of_call[o].most, &error), &error);
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(fresh, of_call[o].option, of_call[o].least - 1, NULL));
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(fresh, of_call[o].option, of_call[o].most + 1, NULL));
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(fresh, of_call[o].option, INT64_MIN, NULL));
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(fresh, of_call[o].option, INT64_MAX, NULL));
        vcd_call_free(fresh);
    }
}

/* Bytes that are no UTF-8, in every text that goes in. */
static void not_utf8(void)
{
    static const char *const wrong[] = {"\xff", "abc\xc3", "\xc0\xaf", "\xed\xa0\x80", "caf\xe9"};
    size_t w;

    for (w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        const char *bad = wrong[w];
        vcd_client *out_client = GARBAGE, *fresh = new_client();
        vcd_call *out = NULL;
        vcd_error *error = NULL;
        const char *text = NULL;

        EXPECT(VCD_ERR_UTF8, vcd_client_new(bad, &out_client, &error));
        CHECK(out_client == NULL);
        CHECK_CONTAINS(vcd_error_message(error), "UTF-8");
        vcd_error_free(error);
        EXPECT(VCD_ERR_UTF8, vcd_client_set_text(fresh, VCD_OPT_USER_AGENT, bad, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in(fresh, bad, "token", NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in(fresh, "Tyrell", bad, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in_new(fresh, VCD_GRANT_API_TOKEN, bad, NULL, "token", &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in_new(fresh, VCD_GRANT_API_TOKEN, "Tyrell", bad, "token", &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in_new(fresh, VCD_GRANT_API_TOKEN, "Tyrell", NULL, bad, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_get(client, bad, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_request(client, bad, ORGS, NULL, NULL, 0, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_request(client, "GET", bad, NULL, NULL, 0, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_request(client, "GET", ORGS, bad, NULL, 0, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_call_new(client, bad, ORGS, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_call_new(client, "GET", bad, &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_call_set_header(new_call, bad, "1", NULL));
        EXPECT(VCD_ERR_UTF8, vcd_call_set_header(new_call, "X-Test", bad, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_call_set_text(new_call, VCD_CALL_OPT_CONTENT_TYPE, bad, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in_new(fresh, VCD_GRANT_PASSWORD, "Tyrell", bad, "x", &out, NULL));
        EXPECT(VCD_ERR_UTF8, vcd_sign_in_new(fresh, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, bad, &out, NULL));
        {
            static const int32_t texts[] = {
                VCD_CALL_OPT_REQUEST_ID, VCD_CALL_OPT_TENANT_CONTEXT, VCD_CALL_OPT_MIN_API_VERSION,
                VCD_CALL_OPT_OUTPUT_FILE, VCD_CALL_OPT_BODY_FILE, VCD_CALL_OPT_NAME, VCD_CALL_OPT_ID,
                VCD_CALL_OPT_TOKEN_FILE, VCD_CALL_OPT_ROLE, VCD_CALL_OPT_DEVICE_CODE, VCD_CALL_OPT_AUTH_CONTEXT,
            };
            size_t t;

            for (t = 0; t < sizeof texts / sizeof texts[0]; t++)
                EXPECT(VCD_ERR_UTF8, vcd_call_set_text(new_call, texts[t], bad, NULL));
        }
        EXPECT(VCD_ERR_UTF8, vcd_call_find_header(call, bad, &text, NULL, NULL));
        CHECK(out == NULL && text == NULL);
        vcd_client_free(fresh);
    }
}

/* Far more than anybody would mean. */
static void oversize(void)
{
    enum { LENGTH = 4 * 1024 * 1024 };
    char *text = malloc(LENGTH + 1);
    vcd_client *out_client = GARBAGE, *fresh = new_client();
    vcd_call *out = GARBAGE;
    vcd_error *error = NULL;
    static const uint8_t byte = 0;

    CHECK(text != NULL);
    memset(text, 'a', LENGTH);
    text[LENGTH] = '\0';
    EXPECT(VCD_ERR_ADDRESS, vcd_client_new(text, &out_client, &error));
    CHECK(out_client == NULL);
    CHECK(strlen(vcd_error_message(error)) < 2000);
    vcd_error_free(error);
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_text(fresh, VCD_OPT_USER_AGENT, text, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_text(fresh, VCD_OPT_API_VERSION, text, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(fresh, text, "token", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(fresh, "Tyrell", text, &error));
    CHECK(strlen(vcd_error_message(error)) < 2000);
    vcd_error_free(error);
    EXPECT(VCD_ERR_ADDRESS, vcd_get(client, text, &out, NULL));
    CHECK(out == NULL);
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_new(client, text, ORGS, &out, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_header(new_call, text, "1", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(new_call, VCD_CALL_OPT_API_VERSION, text, NULL));
    /* A length that was a negative number. */
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_body(new_call, &byte, (size_t)-1, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_request(client, "POST", ORGS, NULL, &byte, (size_t)-1, &out, NULL));
    CHECK(out == NULL);
    vcd_client_free(fresh);
    free(text);
}

static void wrong_values(void)
{
    static const char *const addresses[] = {
        "", " ", "https://", "https://user:secret@vcd.example.com", "vcd.example.com/../x", "ftp://vcd.example.com",
        "https://vcd.example.com\r\nX: y", "not a url", "https://vcd.example.com:99999",
    };
    static const char *const paths[] = {
        "", "/a/../b", "/a/%2e%2e/b", "/a#b", "/a\\b", "/a\nb", "/a\x7f",
    };
    static const char *const methods[] = {"", "G ET", "G\r\nT", "G\xc3\x84T", "GET/1"};
    static const char *const headers[] = {
        "Authorization", "authorization", "Host", "Content-Length", "Transfer-Encoding", "", "a b", "a:b", "a\nb",
    };
    static const char *const values[] = {"a\r\nb", "a\nb", "a\x01z"};
    static const char *const tokens[] = {"", " ", "two words", "line\nbreak", "tab\tbed", "caf\xc3\xa9"};
    static const char *const organizations[] = {"", " ", "..", "a/b", "a b", "joe@acme", "a%2e"};
    vcd_client *out_client = GARBAGE, *fresh = new_client();
    vcd_call *out = GARBAGE;
    vcd_error *error = NULL;
    size_t i;

#define EACH(array) for (i = 0; i < sizeof(array) / sizeof *(array); i++)
    EACH(addresses) {
        EXPECT(VCD_ERR_ADDRESS, vcd_client_new(addresses[i], &out_client, &error));
        CHECK(out_client == NULL);
        CHECK(strstr(vcd_error_message(error), "secret") == NULL);
        vcd_error_free(error);
    }
    EACH(paths) {
        EXPECT(VCD_ERR_ADDRESS, vcd_call_new(client, "GET", paths[i], &out, NULL));
        CHECK(out == NULL);
    }
    EACH(methods) {
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_new(client, methods[i], ORGS, &out, NULL));
        CHECK(out == NULL);
    }
    EACH(headers)
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_header(new_call, headers[i], "value", NULL));
    EACH(values)
        EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_header(new_call, "X-Test", values[i], NULL));
    EACH(tokens) {
        EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(fresh, "Tyrell", tokens[i], &error));
        CHECK(strlen(tokens[i]) < 3 || strstr(vcd_error_message(error), tokens[i]) == NULL);
        vcd_error_free(error);
    }
    EACH(organizations)
        EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in(fresh, organizations[i], "token", NULL));
#undef EACH
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(fresh, 99, "Tyrell", NULL, "token", &out, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_sign_in_new(fresh, VCD_GRANT_API_TOKEN, "Tyrell", "roy", "token", &out, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_text(fresh, VCD_OPT_API_VERSION, "newest", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_text(fresh, VCD_OPT_SERVER_FINGERPRINT, "12:34", NULL));
    EXPECT(VCD_ERR_TRUST, vcd_client_set_text(fresh, VCD_OPT_CA_FILE, "/nowhere/ca.pem", &error));
    CHECK_CONTAINS(vcd_error_message(error), "/nowhere/ca.pem");
    vcd_error_free(error);
    EXPECT(VCD_ERR_TRUST, vcd_client_set_text(fresh, VCD_OPT_CA_PEM, "no certificate", NULL));
    vcd_client_free(fresh);
}

/* ------------------------------------------------------------------ order */

static void wrong_order(void)
{
    vcd_call *fresh = NULL;
    vcd_error *error = NULL;
    const uint8_t *data = GARBAGE;
    const char *text = GARBAGE, *other = GARBAGE;
    size_t length = 99, other_length = 99;

    /* The client has had its first call. */
    EXPECT(VCD_ERR_STATE, vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 1, &error));
    CHECK_INT(vcd_error_code(error), VCD_ERR_STATE);
    vcd_error_free(error);
    EXPECT(VCD_ERR_STATE, vcd_client_set_text(client, VCD_OPT_USER_AGENT, "late/1", NULL));

    /* The call has finished. */
    EXPECT(VCD_ERR_STATE, vcd_call_set_header(call, "X-Test", "1", NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_body(call, NULL, 0, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_int(call, VCD_CALL_OPT_MAX_RETRIES, 1, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_text(call, VCD_CALL_OPT_API_VERSION, "36.0", NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_start(call, NULL));
    EXPECT(VCD_OK, vcd_call_wait(call, 0, NULL));

    /* The call has not been started. */
    error = NULL;
    must(vcd_call_new(client, "GET", ORGS, &fresh, &error), &error);
    CHECK_INT(call_int(fresh, VCD_CALL_DONE), 0);
    CHECK_INT(call_int(fresh, VCD_CALL_HTTP_STATUS), 0);
    EXPECT(VCD_ERR_STATE, vcd_call_body(fresh, &data, &length, NULL));
    CHECK(data == NULL);
    CHECK_INT(length, 0);
    EXPECT(VCD_ERR_STATE, vcd_call_get_text(fresh, VCD_CALL_REASON, &text, &length, NULL));
    CHECK(text == NULL);
    EXPECT(VCD_ERR_STATE, vcd_call_find_header(fresh, "date", &text, &length, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_header_at(fresh, 0, &text, &length, &other, &other_length, NULL));
    CHECK(text == NULL && other == NULL);
    EXPECT(VCD_OK, vcd_call_cancel(fresh));
    must(vcd_call_wait(fresh, VCD_WAIT_FOREVER, &error), &error);
    vcd_call_free(fresh);

    /* An index past the end. */
    EXPECT(VCD_ERR_NOT_FOUND, vcd_call_header_at(call, (size_t)-1, &text, &length, &other, &other_length, NULL));
}

int main(void)
{
    vcd_error *error = NULL;

    client = signed_in();
    must(vcd_get(client, ORGS, &call, &error), &error);
    must(vcd_call_new(client, "GET", ORGS, &new_call, &error), &error);
    EXPECT(VCD_ERR_ADDRESS, vcd_client_new("", &freed_client, &error_object));
    freed_client = new_client();
    must(vcd_call_new(freed_client, "GET", ORGS, &freed_call, &error), &error);
    EXPECT(VCD_ERR_ADDRESS, vcd_call_new(freed_client, "GET", "", &(vcd_call *){NULL}, &freed_error));
    must(vcd_pages_new(new_call, &pages, &error), &error);
    must(vcd_pages_new(new_call, &freed_pages, &error), &error);
    vcd_pages_free(freed_pages);
    vcd_client_free(freed_client);
    vcd_call_free(freed_call);
    vcd_error_free(freed_error);

    wrong_handles();
    wrong_errors();
    wrong_frees();
    old_handles_never_fit_again();
    null_for_inputs();
    null_for_outputs();
    misaligned_outputs();
    unknown_numbers();
    wrong_type();
    ranges();
    more_ranges();
    not_utf8();
    oversize();
    wrong_values();
    wrong_order();

    check_session_works(client);
    vcd_pages_free(pages);
    vcd_call_free(new_call);
    vcd_call_free(call);
    vcd_error_free(error_object);
    vcd_client_free(client);
    return checks_passed();
}
