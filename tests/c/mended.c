/* What was wrong once. */
#include "operation.h"
#include "raw_server.h"
#include <time.h>

#define SESSION "/cloudapi/1.0.0/sessions/current"

static void no_notice(vcd_client *client)
{
    int32_t code = 7;
    size_t needed = 7;
    char text[1024] = "";

    EXPECT(VCD_OK, vcd_client_take_notice(client, &code, text, sizeof text, &needed, NULL));
    if (code != 0)
        fprintf(stderr, "%s\n", text);
    CHECK_INT(code, 0);
}

/* ------------------------------------------------------------------ API versions */

/* Calls go on with the documented version, and a notice says so. */
static void works_with_the_default(vcd_client *client)
{
    char text[1024];
    int32_t code = 0;
    size_t needed = 0;

    check_session_works(client);
    check_client_text(client, VCD_CLIENT_API_VERSION, "37.0");
    EXPECT(VCD_OK, vcd_client_take_notice(client, &code, text, sizeof text, &needed, NULL));
    CHECK_INT(code, VCD_NOTICE_API_VERSION_DEFAULT);
    CHECK_CONTAINS(text, "37.0");
}

/* A list that is busy once settles nothing; one that is busy all the time is done without for a while. */
static void busy_versions(void)
{
    vcd_client *client;
    vcd_error *error = NULL;

    control_do("/reset");
    control_do("/fault?kind=status&status=503&path=/api/versions");
    client = signed_in();
    check_session_works(client);
    check_client_text(client, VCD_CLIENT_API_VERSION, "37.2");
    no_notice(client);
    vcd_client_free(client);

    control_do("/fault?kind=status&status=503&times=1000&path=/api/versions");
    client = new_client();
    must(vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 0, &error), &error);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    works_with_the_default(client);
    vcd_client_free(client);
    control_do("/reset");
}

/* A list that never comes makes no sign-in fail, and no call. */
static void hanging_versions(void)
{
    vcd_client *client;
    time_t start = time(NULL);

    control_do("/fault?kind=hang&times=1000&path=/api/versions");
    client = signed_in();
    CHECK(time(NULL) - start < 15);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 1);
    works_with_the_default(client);
    vcd_client_free(client);
    control_do("/reset");
}

/* ------------------------------------------------------------------ sessions */

/* A call whose session is signed out under it does not open another one. */
static void signed_out_meanwhile(void)
{
    vcd_client *client = signed_in();
    vcd_call *call;
    long long exchanges;

    check_session_works(client);
    control_do("/reset");
    exchanges = control_count("exchanges");
    /* The answer is made when the session is over: a 401. */
    control_do("/latency?ms=1500&path=" ORGS);
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    control_wait_for_requests(ORGS, 1);
    EXPECT(VCD_OK, vcd_sign_out(client, NULL));
    fails_saying(call, VCD_ERR_NOT_SIGNED_IN, "signed out");
    CHECK_INT(control_count("exchanges"), exchanges);
    CHECK_INT(client_int(client, VCD_CLIENT_SIGNED_IN), 0);
    control_do("/reset");
    vcd_client_free(client);
}

/* Who is sent elsewhere has not been signed in. */
static void redirected(void)
{
    vcd_client *first = signed_in(), *second = new_client();
    vcd_call *call;
    char token[4096];
    size_t needed = 0;

    EXPECT(VCD_OK, vcd_client_copy_text(first, VCD_CLIENT_ACCESS_TOKEN, token, sizeof token, &needed, NULL));
    control_do("/fault?kind=redirect&location=https://portal.example.com/login&path=" SESSION);
    call = new_sign_in(second, VCD_GRANT_ACCESS_TOKEN, NULL, NULL, token);
    fails_saying(call, VCD_ERR_REDIRECT, "portal.example.com");
    CHECK_INT(client_int(second, VCD_CLIENT_SIGNED_IN), 0);
    control_do("/fault?kind=html-ok&path=" SESSION);
    call = new_sign_in(second, VCD_GRANT_ACCESS_TOKEN, NULL, NULL, token);
    fails_saying(call, VCD_ERR_CONTENT, "web page");
    CHECK_INT(client_int(second, VCD_CLIENT_SIGNED_IN), 0);
    sign_in_by(second, VCD_GRANT_ACCESS_TOKEN, NULL, NULL, token);
    check_session_works(second);
    vcd_client_free(first);
    vcd_client_free(second);
}

/* A sign-in that is refused has its answer to read. */
static void refused_sign_in(void)
{
    vcd_client *client = new_client();
    vcd_call *call = new_sign_in(client, VCD_GRANT_API_TOKEN, "Tyrell", NULL, "wrongwrongwrongwrongwrongwrong12");
    vcd_error *error = fails_with(call, VCD_ERR_AUTH);

    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 400);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 400);
    CHECK_CONTAINS(error_text(error, VCD_ERROR_BODY), "invalid_grant");
    CHECK_TEXT(error_text(error, VCD_ERROR_REQUEST_ID), call_text(call, VCD_CALL_REQUEST_ID));
    vcd_error_free(error);
    vcd_call_free(call);
    vcd_client_free(client);
}

/* An access token that has ended says so: {"sub":"roy","exp":1000}. */
static void ended_token(void)
{
    vcd_client *client = new_client();

    /* A server that does not say who it belongs to, so that it is taken as it is. */
    control_do("/fault?kind=status&status=403&path=" SESSION);
    sign_in_by(client, VCD_GRANT_ACCESS_TOKEN, "Tyrell", NULL, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb3kiLCJleHAiOjEwMDB9.x");
    check_client_text(client, VCD_CLIENT_USER, "roy");
    CHECK_INT(client_int(client, VCD_CLIENT_EXPIRES_AT), 1000);
    CHECK_INT(client_int(client, VCD_CLIENT_EXPIRES_IN_MS), 0);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ trust */

/* The fingerprint is the stricter one, and wins over a check that is skipped. */
static void fingerprint_and_skip(void)
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const char *const pins[] = {zeros, setting("VCD_FINGERPRINT")};
    size_t p;

    for (p = 0; p < 2; p++) {
        vcd_client *client = NULL;
        vcd_error *error = NULL;

        must(vcd_client_new(setting("VCD_URL"), &client, &error), &error);
        must(vcd_client_set_int(client, VCD_OPT_SKIP_CERTIFICATE_CHECK, 1, &error), &error);
        must(vcd_client_set_text(client, VCD_OPT_SERVER_FINGERPRINT, pins[p], &error), &error);
        CHECK_INT(client_int(client, VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED), 0);
        EXPECT(p == 0 ? VCD_ERR_TLS : VCD_OK,
               vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), NULL));
        no_notice(client);
        vcd_client_free(client);
    }
}

/* ------------------------------------------------------------------ what servers say */

/* Nothing that a terminal would obey. */
static void check_tame(const char *text)
{
    const unsigned char *letter;

    for (letter = (const unsigned char *)text; *letter != '\0'; letter++)
        CHECK(*letter >= 0x20 && *letter != 0x7f);
    /* Nor the second set of control characters, U+0080 to U+009F. */
    CHECK(strstr(text, "\xc2\x9b") == NULL);
}

static void control_characters(void)
{
    vcd_client *client = signed_in();
    vcd_call *call;
    vcd_error *error;
    static const char *const bodies[] = {
        "{\\\"minorErrorCode\\\":\\\"BAD\\\\u001b]0;x\\\\u0007\\\",\\\"message\\\":\\\"a\\\\u001b[2Jb\\\\r\\\\nc\\\\u009bd\\\"}",
        "<Error message='a&#x1b;[2Jb&#10;c&#x9b;d' minorErrorCode='BAD'/>",
    };
    char json[1024];
    size_t b;

    for (b = 0; b < 2; b++) {
        snprintf(json, sizeof json, "{\"kind\":\"status\",\"status\":400,\"path\":\"" ORGS "\",\"body\":\"%s\"}", bodies[b]);
        control_do_json("/fault", json);
        call = new_call(client, "GET", ORGS);
        error = fails_with(call, VCD_ERR_HTTP);
        CHECK_CONTAINS(vcd_error_message(error), "[2Jb c");
        check_tame(vcd_error_message(error));
        check_tame(error_text(error, VCD_ERROR_SERVER_MESSAGE));
        check_tame(error_text(error, VCD_ERROR_SERVER_CODE));
        vcd_error_free(error);
        vcd_call_free(call);
    }

    /* A task that failed says it as well. */
    control_do_json("/fault",
                    "{\"kind\":\"status\",\"status\":200,\"path\":\"/api/task\",\"body\":\"{\\\"status\\\":\\\"error\\\","
                    "\\\"operation\\\":\\\"x\\\\u001b[2Jy\\\",\\\"error\\\":{\\\"minorErrorCode\\\":\\\"B\\\\u0007\\\","
                    "\\\"message\\\":\\\"a\\\\u001b[2Jb\\\\u009b\\\"}}\"}");
    call = new_operation(client, VCD_OP_WAIT_TASK);
    set_text(call, VCD_CALL_OPT_ID, TYRELL_ID);
    error = fails_with(call, VCD_ERR_TASK);
    check_tame(vcd_error_message(error));
    check_tame(error_text(error, VCD_ERROR_SERVER_MESSAGE));
    check_tame(error_text(error, VCD_ERROR_SERVER_CODE));
    vcd_error_free(error);
    vcd_call_free(call);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ HTTP */

static vcd_client *plain_client(const raw_server *server)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", server->port);
    must(vcd_client_new(url, &client, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_ALLOW_HTTP, 1, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 0, &error), &error);
    return client;
}

static vcd_call *anonymous(vcd_client *client, const char *method)
{
    vcd_call *call = new_call(client, method, "/cloudapi/x");

    set_int(call, VCD_CALL_OPT_ANONYMOUS, 1);
    return call;
}

/* Chunks that are none. */
static void bad_chunks(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
    };
    size_t a;

    for (a = 0; a < sizeof answers / sizeof answers[0]; a++) {
        raw_server server;
        vcd_client *client;

        raw_start(&server, answers[a]);
        client = plain_client(&server);
        fails_saying(anonymous(client, "GET"), VCD_ERR_PROTOCOL, "HTTP");
        vcd_client_free(client);
        raw_stop(&server);
    }
}

static int count_of(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* A request that could have a body and has none says so; WAFs and some servers ask for it. RFC 9110 section 8.6. */
static void empty_bodies(void)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "GET", "DELETE"};
    size_t m;

    for (m = 0; m < sizeof methods / sizeof methods[0]; m++) {
        raw_server server;
        vcd_client *client;
        vcd_call *call;

        raw_start(&server, "HTTP/1.1 204 No Content\r\n\r\n");
        client = plain_client(&server);
        call = anonymous(client, methods[m]);
        succeeds(call);
        vcd_call_free(call);
        vcd_client_free(client);
        raw_stop(&server);
        CHECK_INT(count_of(server.head, "ontent-length: 0\r\n"), m < 3);
        CHECK_INT(count_of(server.head, "ontent-type:"), 0);
        CHECK_INT(server.connections, 1);

        /* A body of no bytes is one: its kind is told. */
        raw_start(&server, "HTTP/1.1 204 No Content\r\n\r\n");
        client = plain_client(&server);
        call = anonymous(client, methods[m]);
        EXPECT(VCD_OK, vcd_call_set_body(call, NULL, 0, NULL));
        succeeds(call);
        vcd_call_free(call);
        vcd_client_free(client);
        raw_stop(&server);
        CHECK_INT(count_of(server.head, "ontent-length: 0\r\n"), m < 3);
        CHECK_INT(count_of(server.head, "ontent-type:"), 1);
    }
}

/* A byte order mark in front is no part of JSON, and no reason to refuse it. */
static void byte_order_mark(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n\xef\xbb\xbf{\"a\":[1]}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n\xef\xbb\xbf{}",
    };
    size_t a;

    for (a = 0; a < sizeof answers / sizeof answers[0]; a++) {
        raw_server server;
        vcd_client *client;
        vcd_call *call;

        raw_start(&server, answers[a]);
        client = plain_client(&server);
        call = anonymous(client, "GET");
        succeeds(call);
        /* The body is what came. */
        CHECK(strncmp(call_body(call), "\xef\xbb\xbf{", 4) == 0);
        vcd_call_free(call);
        vcd_client_free(client);
        raw_stop(&server);
    }
}

/* A message without end is cut, not thrown away. */
static void long_messages(void)
{
    enum { LETTERS = 100000 };
    static const char begin[] = "{\"minorErrorCode\":\"LONG\",\"message\":\"", end[] = "\"}";
    static char answer[LETTERS + 512];
    static const char *const pieces[] = {"x", "a word ", "\xc3\xa9"};
    size_t p;

    for (p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        size_t length = strlen(pieces[p]), count = LETTERS / length, n, place;
        raw_server server;
        vcd_client *client;
        vcd_call *call;
        vcd_error *error;
        const char *said;

        place = (size_t)snprintf(answer, sizeof answer,
                                 "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                                 "Content-Length: %lu\r\n\r\n%s",
                                 (unsigned long)(strlen(begin) + count * length + strlen(end)), begin);
        for (n = 0; n < count; n++, place += length)
            memcpy(answer + place, pieces[p], length);
        memcpy(answer + place, end, sizeof end);
        raw_start(&server, answer);
        client = plain_client(&server);
        call = anonymous(client, "GET");
        error = fails_with(call, VCD_ERR_HTTP);
        CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "LONG");
        said = error_text(error, VCD_ERROR_SERVER_MESSAGE);
        CHECK(strlen(said) >= 1000 && strlen(said) <= 10000);
        CHECK(strncmp(said, pieces[p], length) == 0);
        CHECK_CONTAINS(vcd_error_message(error), pieces[p]);
        CHECK(strlen(vcd_error_message(error)) < 20000);
        vcd_error_free(error);
        vcd_call_free(call);
        vcd_client_free(client);
        raw_stop(&server);
    }
}

/* What operations send is as secret as what sign-ins send: not over http:// unless that is allowed. */
static void unencrypted_operations(void)
{
    static const int32_t operations[] = {
        VCD_OP_ACTIVATE_SERVICE_ACCOUNT, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT, VCD_OP_CREATE_SERVICE_ACCOUNT,
        VCD_OP_CREATE_API_TOKEN,         VCD_OP_WAIT_TASK,
    };
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    long long requests, connections;
    size_t o;

    control_do("/reset");
    must(vcd_client_new(setting("VCD_PLAIN_URL"), &client, &error), &error);
    requests = control_count("requests");
    connections = control_count("connections");
    for (o = 0; o < sizeof operations / sizeof operations[0]; o++) {
        vcd_call *call = NULL;

        EXPECT(VCD_ERR_ADDRESS, vcd_operation_new(client, operations[o], &call, &error));
        CHECK(call == NULL);
        CHECK_CONTAINS(vcd_error_message(error), "http://");
        CHECK_CONTAINS(vcd_error_message(error), "VCD_OPT_ALLOW_HTTP");
        vcd_error_free(error);
        error = NULL;
    }
    CHECK_INT(control_count("requests"), requests);
    CHECK_INT(control_count("connections"), connections);

    /* Where it is allowed it is sent. */
    must(vcd_client_set_int(client, VCD_OPT_ALLOW_HTTP, 1, &error), &error);
    {
        vcd_call *call = new_operation(client, VCD_OP_AUTHORIZE_SERVICE_ACCOUNT);

        set_text(call, VCD_CALL_OPT_ID, TYRELL_ID);
        set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, setting("VCD_ORG"));
        CHECK(vcd_call_wait(call, VCD_WAIT_FOREVER, NULL) != VCD_OK);
        vcd_call_free(call);
    }
    CHECK(control_count("requests") > requests);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ lists */

/* The page that a request asks for. */
static int asked_page(const char *head)
{
    const char *end = strstr(head, "\r\n"), *found = strstr(head, "page=");
    int page = 1;

    /* pageSize is something else. */
    if (found != NULL && end != NULL && found < end)
        CHECK(sscanf(found, "page=%d", &page) == 1);
    return page;
}

static const char *json_answer(const char *headers, const char *body)
{
    static char answer[16384];
    int written = snprintf(answer, sizeof answer,
                           "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                           "%sContent-Length: %lu\r\n\r\n%s",
                           headers, (unsigned long)strlen(body), body);

    CHECK(written > 0 && (size_t)written < sizeof answer);
    return answer;
}

/* There are two, it says, and sends hundreds each time, and a link to yet another page. */
static const char *without_end(const char *head)
{
    static char body[8192];
    char link[128];
    size_t length;
    int page = asked_page(head), n;

    length = (size_t)snprintf(body, sizeof body, "{\"resultTotal\":2,\"values\":[%d", page);
    for (n = 1; n < 400; n++)
        length += (size_t)snprintf(body + length, sizeof body - length, ",%d", n);
    snprintf(body + length, sizeof body - length, "]}");
    snprintf(link, sizeof link, "Link: </cloudapi/x?page=%d>;rel=\"nextPage\"\r\n", page + 1);
    return json_answer(link, body);
}

/* Five, two at a time; which page it is and how many there are it does not say. */
static const char *only_total(const char *head)
{
    static const char *const pages[] = {"1,2", "3,4", "5", ""};
    int page = asked_page(head);
    char body[128];

    CHECK(page >= 1 && page <= 4);
    snprintf(body, sizeof body, "{\"resultTotal\":5,\"values\":[%s]}", pages[page - 1]);
    return json_answer("", body);
}

/* The same, whichever is asked for. */
static const char *always_the_first(const char *head)
{
    (void)head;
    return json_answer("", "{\"resultTotal\":5,\"values\":[1,2]}");
}

/* Reads a list to its end, and says how many pages came. */
static int read_list(const char *(*answer_to)(const char *head), vcd_status expected, const char *part)
{
    raw_server server;
    vcd_client *client;
    vcd_call *call;
    vcd_pages *pages = NULL;
    vcd_error *error = NULL;
    vcd_status status;
    int count = 0;

    raw_start_with(&server, answer_to);
    client = plain_client(&server);
    call = anonymous(client, "GET");
    must(vcd_pages_new(call, &pages, &error), &error);
    vcd_call_free(call);
    must(vcd_pages_set_int(pages, VCD_PAGES_OPT_IN_FLIGHT, 1, &error), &error);
    while (call = NULL, (status = vcd_pages_next(pages, VCD_WAIT_FOREVER, &call, &error)) == VCD_OK) {
        CHECK_CONTAINS(call_body(call), "\"values\"");
        vcd_call_free(call);
        CHECK(++count < 100);
    }
    if (part != NULL)
        CHECK_CONTAINS(vcd_error_message(error), part);
    EXPECT(expected, status);
    vcd_error_free(error);
    vcd_pages_free(pages);
    vcd_client_free(client);
    raw_stop(&server);
    CHECK(server.connections >= count);
    return count;
}

static void odd_lists(void)
{
    int count;

    count = read_list(without_end, VCD_ERR_PROTOCOL, "does not come to an end");
    CHECK(count >= 1 && count <= 4);
    CHECK_INT(read_list(only_total, VCD_END, NULL), 3);
    count = read_list(always_the_first, VCD_ERR_PROTOCOL, "the same page again");
    CHECK(count >= 1 && count <= 2);
}

/* ------------------------------------------------------------------ log */

static int lines;

static void count_lines(void *given, int32_t level, const char *message, size_t length)
{
    (void)given;
    (void)level;
    CHECK_INT(strlen(message), length);
    __atomic_fetch_add(&lines, 1, __ATOMIC_SEQ_CST);
}

/* Whoever ends logging need not name a level. */
static void log_ends(void)
{
    vcd_client *client;
    int before;

    EXPECT(VCD_ERR_ARGUMENT, vcd_log_set(count_lines, NULL, 0));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_set(count_lines, NULL, 5));
    EXPECT(VCD_OK, vcd_log_set(count_lines, NULL, VCD_LOG_DEBUG));
    client = signed_in();
    CHECK(__atomic_load_n(&lines, __ATOMIC_SEQ_CST) > 0);
    EXPECT(VCD_OK, vcd_log_set(NULL, NULL, 0));
    before = __atomic_load_n(&lines, __ATOMIC_SEQ_CST);
    check_session_works(client);
    CHECK_INT(__atomic_load_n(&lines, __ATOMIC_SEQ_CST), before);
    EXPECT(VCD_OK, vcd_log_set(NULL, NULL, 0));
    vcd_client_free(client);
}

int main(void)
{
    busy_versions();
    hanging_versions();
    signed_out_meanwhile();
    redirected();
    refused_sign_in();
    ended_token();
    fingerprint_and_skip();
    control_characters();
    bad_chunks();
    empty_bodies();
    byte_order_mark();
    long_messages();
    unencrypted_operations();
    odd_lists();
    log_ends();
    return checks_passed();
}
