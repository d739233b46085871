/* Tasks, busy things, versions, tenants, request ids, proxies, and waiting for several calls. */
#include "operation.h"
#include "proxy.h"

static int32_t call_notice(vcd_call *call)
{
    int32_t code = 7;
    size_t needed = 7;
    char text[1024];

    EXPECT(VCD_OK, vcd_call_take_notice(call, &code, text, sizeof text, &needed, NULL));
    return code;
}

static vcd_client *signed_in_as_provider(void)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    must(vcd_sign_in(client, "System", setting("VCD_PROVIDER_TOKEN"), &error), &error);
    return client;
}

/* ------------------------------------------------------------------ tasks */

/* Begins a task of the simulator's. Gives its URL and UUID. */
static void start_task(const char *parameters, char *url, const char **id)
{
    char target[256], answer[1024];

    snprintf(target, sizeof target, "/task?%s", parameters);
    CHECK_INT(control("POST", target, NULL, answer, sizeof answer), 200);
    json_text(answer, "href", url, 512);
    *id = strrchr(url, '/') + 1;
}

static vcd_call *wait_task(vcd_client *client, const char *id)
{
    vcd_call *call = new_operation(client, VCD_OP_WAIT_TASK);

    set_text(call, VCD_CALL_OPT_ID, id);
    set_int(call, VCD_CALL_OPT_POLL_INTERVAL_MS, 20);
    return call;
}

static void named(vcd_client *client)
{
    static const char *const shapes[] = {
        "%s", "urn:vcloud:task:%s", "/api/task/%s", "https://vcd.example.com/api/task/%s",
        "http://public.example.com:8080/api/task/%s",
    };
    char url[512], text[512];
    const char *id;
    vcd_call *call;
    size_t s;

    for (s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        start_task("outcome=success&polls=3", url, &id);
        snprintf(text, sizeof text, shapes[s], id);
        call = wait_task(client, text);
        succeeds(call);
        CHECK_CONTAINS(call_body(call), "\"status\":\"success\"");
        CHECK_INT(call_int(call, VCD_CALL_TASK_PROGRESS), 100);
        CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
        vcd_call_free(call);
    }
    start_task("outcome=success&polls=2", url, &id);
    call = wait_task(client, url);
    succeeds(call);
    vcd_call_free(call);

    /* Among several, the error says which. */
    fails_saying(wait_task(client, "00000000-0000-0000-0000-000000000009"), VCD_ERR_HTTP,
                 "GET /api/task/00000000-0000-0000-0000-000000000009:");
    fails_saying(wait_task(client, "/cloudapi/1.0.0/orgs"), VCD_ERR_ARGUMENT, "/api/task/");
    fails_saying(wait_task(client, " "), VCD_ERR_ARGUMENT, "id");
    fails_saying(wait_task(client, TYRELL_ID), VCD_ERR_HTTP, "403");
    call = new_operation(client, VCD_OP_WAIT_TASK);
    fails_saying(call, VCD_ERR_ARGUMENT, "id");
}

static void failed(vcd_client *client)
{
    char url[512];
    const char *id;
    vcd_call *call;
    vcd_error *error;

    start_task("outcome=error&polls=3", url, &id);
    call = wait_task(client, url);
    error = fails_with(call, VCD_ERR_TASK);
    CHECK_CONTAINS(vcd_error_message(error), "storage policy \"Gold\" has no room left");
    CHECK_CONTAINS(vcd_error_message(error), "failed");
    CHECK_CONTAINS(error_text(error, VCD_ERROR_SERVER_MESSAGE), "no room left");
    CHECK(strlen(error_text(error, VCD_ERROR_SERVER_CODE)) > 0);
    CHECK_CONTAINS(call_body(call), "\"status\":\"error\"");
    vcd_error_free(error);
    vcd_call_free(call);
    start_task("outcome=aborted&polls=2", url, &id);
    fails_saying(wait_task(client, url), VCD_ERR_TASK, "aborted");
}

/* How far a task is can be seen while it is waited for; then the time is over, and it goes on or is told to end. */
static void given_up(vcd_client *client)
{
    char url[512], path[128];
    const char *id;
    vcd_call *call;
    int64_t percent = 7;

    start_task("outcome=hang", url, &id);
    call = wait_task(client, url);
    EXPECT(VCD_ERR_NOT_FOUND, vcd_call_get_int(call, VCD_CALL_TASK_PROGRESS, &percent, NULL));
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    snprintf(path, sizeof path, "/api/task/%s", id);
    control_wait_for_requests(path, 8);
    percent = call_int(call, VCD_CALL_TASK_PROGRESS);
    CHECK(percent >= 0 && percent < 100);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    snprintf(path, sizeof path, "/api/task/%s/action", id);
    /* The next look would come when the time is over: this is known after the first one. */
    call = wait_task(client, url);
    set_int(call, VCD_CALL_OPT_POLL_INTERVAL_MS, 60000);
    set_int(call, VCD_CALL_OPT_TIMEOUT_MS, 50000);
    fails_saying(call, VCD_ERR_TIMEOUT, "it goes on");
    CHECK_INT(control_requests(path), 0);

    call = wait_task(client, url);
    set_int(call, VCD_CALL_OPT_POLL_INTERVAL_MS, 60000);
    set_int(call, VCD_CALL_OPT_TIMEOUT_MS, 50000);
    set_int(call, VCD_CALL_OPT_CANCEL_TASK, 1);
    fails_saying(call, VCD_ERR_TIMEOUT, "told to end");
    control_wait_for_requests(path, 1);
    fails_saying(wait_task(client, url), VCD_ERR_TASK, "cancelled");

    start_task("outcome=hang", url, &id);
    call = wait_task(client, url);
    set_int(call, VCD_CALL_OPT_CANCEL_TASK, 1);
    EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
    snprintf(path, sizeof path, "/api/task/%s", id);
    control_wait_for_requests(path, 2);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    snprintf(path, sizeof path, "/api/task/%s/action", id);
    control_wait_for_requests(path, 1);
    fails_saying(wait_task(client, url), VCD_ERR_TASK, "cancelled");

    /* One that succeeds is not cancelled. */
    start_task("outcome=success&polls=2", url, &id);
    call = wait_task(client, url);
    set_int(call, VCD_CALL_OPT_CANCEL_TASK, 1);
    succeeds(call);
    vcd_call_free(call);
    snprintf(path, sizeof path, "/api/task/%s/action", id);
    CHECK_INT(control_requests(path), 0);
}

/* A look that fails says nothing about the task: it goes on, also where it would be told to end with the call. */
static void look_fails(vcd_client *client)
{
    static const char *const faults[] = {
        "/fault?kind=status&status=500&times=100&method=GET&path=%s",
        "/fault?kind=status&status=200&times=100&method=GET&path=%s&body=nothing",
        "/fault?kind=not-http&times=100&method=GET&path=%s",
    };
    static const vcd_status expected[] = {VCD_ERR_HTTP, VCD_ERR_JSON, VCD_ERR_PROTOCOL};
    char url[512], path[128], action[160], fault[512];
    const char *id;
    vcd_call *call;
    size_t f;

    for (f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        start_task("outcome=hang", url, &id);
        snprintf(path, sizeof path, "/api/task/%s", id);
        snprintf(action, sizeof action, "%s/action", path);
        snprintf(fault, sizeof fault, faults[f], path);
        call = wait_task(client, url);
        set_int(call, VCD_CALL_OPT_CANCEL_TASK, 1);
        set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
        EXPECT(VCD_PENDING, vcd_call_wait(call, 0, NULL));
        control_wait_for_requests(path, 2);
        control_do(fault);
        vcd_error_free(fails_with(call, expected[f]));
        vcd_call_free(call);
        check_session_works(client);
        CHECK_INT(control_requests(action), 0);
    }
    control_do("/reset");
}

/* ------------------------------------------------------------------ busy */

static vcd_call *new_org(vcd_client *client, const char *name)
{
    vcd_call *call = new_call(client, "POST", ORGS);
    char body[128];

    snprintf(body, sizeof body, "{\"name\":\"%s\",\"displayName\":\"x\",\"isEnabled\":true}", name);
    EXPECT(VCD_OK, vcd_call_set_body(call, (const uint8_t *)body, strlen(body), NULL));
    set_int(call, VCD_CALL_OPT_RETRY_INTERVAL_MS, 20);
    return call;
}

static void busy(vcd_client *client)
{
    vcd_call *call;

    control_do("/fault?kind=busy&path=" ORGS);
    fails_saying(new_org(client, "busy-1"), VCD_ERR_HTTP, "VCD_CALL_OPT_WAIT_BUSY");
    control_do("/fault?kind=busy&times=3&path=" ORGS);
    call = new_org(client, "busy-2");
    set_int(call, VCD_CALL_OPT_WAIT_BUSY, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 201);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 4);
    CHECK_INT(call_notice(call), VCD_NOTICE_WAITED);
    CHECK_INT(call_notice(call), 0);
    vcd_call_free(call);

    /* For as long as there is time: the next attempt would come too late. */
    control_do("/fault?kind=busy&times=1000&path=" ORGS);
    call = new_org(client, "busy-3");
    set_int(call, VCD_CALL_OPT_WAIT_BUSY, 1);
    set_int(call, VCD_CALL_OPT_RETRY_INTERVAL_MS, 600000);
    set_int(call, VCD_CALL_OPT_TIMEOUT_MS, 4000);
    fails_saying(call, VCD_ERR_HTTP, "still works on it");
    control_do("/reset");
}

/* ------------------------------------------------------------------ API versions */

static void versions(void)
{
    vcd_client *client = signed_in();
    vcd_call *call;
    vcd_error *error = NULL;

    check_session_works(client);
    check_client_text(client, VCD_CLIENT_API_VERSION, "37.2");
    /* The server is not what it was. */
    control_do("/settings?versions=36.3,37.0");
    call = new_call(client, "GET", ORGS);
    succeeds(call);
    CHECK_TEXT(call_text(call, VCD_CALL_API_VERSION), "37.0");
    CHECK_INT(call_notice(call), VCD_NOTICE_API_VERSION_CHANGED);
    CHECK_INT(call_notice(call), 0);
    vcd_call_free(call);
    check_client_text(client, VCD_CLIENT_API_VERSION, "37.0");
    call = new_call(client, "GET", ORGS);
    succeeds(call);
    CHECK_INT(call_notice(call), 0);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    vcd_call_free(call);
    control_do("/reset");

    /* What was asked for by name is not changed, and a server that takes none of its own is asked twice at most. */
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_API_VERSION, "12.0");
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 406);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 1);
    vcd_error_free(error);
    vcd_call_free(call);
    control_do("/fault?kind=status&status=406&times=9&path=" ORGS);
    call = new_call(client, "GET", ORGS);
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 406);
    CHECK(call_int(call, VCD_CALL_ATTEMPTS) <= 2);
    vcd_error_free(error);
    vcd_call_free(call);
    control_do("/reset");
    check_session_works(client);
    vcd_client_free(client);

    client = new_client();
    error = NULL;
    must(vcd_client_set_text(client, VCD_OPT_API_VERSION, "36.1", &error), &error);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_MIN_API_VERSION, "36.0");
    succeeds(call);
    CHECK_TEXT(call_text(call, VCD_CALL_API_VERSION), "36.1");
    vcd_call_free(call);
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_MIN_API_VERSION, "37.1");
    succeeds(call);
    CHECK(strcmp(call_text(call, VCD_CALL_API_VERSION), "37.1") == 0
          || strcmp(call_text(call, VCD_CALL_API_VERSION), "37.2") == 0);
    vcd_call_free(call);
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_MIN_API_VERSION, "37.1");
    set_text(call, VCD_CALL_OPT_API_VERSION, "36.3");
    fails_saying(call, VCD_ERR_ARGUMENT, "36.3 and for 37.1 at least");
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_MIN_API_VERSION, "99.0");
    fails_saying(call, VCD_ERR_API_VERSION, "99.0");
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_MIN_API_VERSION, "new", NULL));
    vcd_call_free(call);
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ tenants */

/* The last request of a path carried this. */
static void check_carried(const char *path, const char *header, const char *value)
{
    static char answer[1 << 20];
    char target[256], wanted[512];

    snprintf(target, sizeof target, "/requests?path=%s", path);
    CHECK_INT(control("GET", target, NULL, answer, sizeof answer), 200);
    snprintf(wanted, sizeof wanted, "{\"name\":\"%s\",\"value\":\"%s\"}", header, value);
    CHECK_CONTAINS(answer, wanted);
}

static void tenants(vcd_client *client)
{
    static const char *const names[] = {
        TYRELL_ID, "urn:vcloud:org:" TYRELL_ID, "Tyrell", "tYRELL", "Tyrell",
    };
    vcd_call *call;
    size_t n;

    control_do("/reset");
    for (n = 0; n < sizeof names / sizeof names[0]; n++) {
        char uri[64];

        snprintf(uri, sizeof uri, "/cloudapi/1.0.0/users?page=%d", (int)n + 1);
        call = new_call(client, "GET", uri);
        set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, names[n]);
        succeeds(call);
        vcd_call_free(call);
        check_carried(uri, "x-vmware-vcloud-tenant-context", TYRELL_ID);
    }
    /* Looked up once. */
    CHECK_INT(control_requests(ORGS), 1);
    call = new_call(client, "GET", "/cloudapi/1.0.0/users?page=7");
    set_text(call, VCD_CALL_OPT_AUTH_CONTEXT, "Tyrell");
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_AUTH_CONTEXT, "a b", NULL));
    succeeds(call);
    vcd_call_free(call);
    check_carried("/cloudapi/1.0.0/users?page=7", "x-vmware-vcloud-auth-context", "Tyrell");
    call = new_call(client, "GET", "/cloudapi/1.0.0/users");
    set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "Shimago!Dominguez,$1");
    succeeds(call);
    vcd_call_free(call);
    call = new_call(client, "GET", "/cloudapi/1.0.0/users");
    set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "Nexus-6");
    fails_saying(call, VCD_ERR_NOT_FOUND, "Nexus-6");
    call = new_call(client, "GET", "/cloudapi/1.0.0/users");
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "System", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "a b", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_TENANT_CONTEXT, "", NULL));
    vcd_call_free(call);
}

/* ------------------------------------------------------------------ request ids, time */

static void request_ids(vcd_client *client)
{
    vcd_call *call = new_call(client, "GET", ORGS);
    vcd_error *error;
    char longest[131];

    control_do("/reset");
    set_text(call, VCD_CALL_OPT_REQUEST_ID, "nightly-7");
    succeeds(call);
    CHECK_TEXT(call_text(call, VCD_CALL_CLIENT_REQUEST_ID), "nightly-7");
    CHECK(strncmp(call_text(call, VCD_CALL_REQUEST_ID), "nightly-7-", 10) == 0);
    vcd_call_free(call);
    check_carried(ORGS, "x-vmware-vcloud-client-request-id", "nightly-7");

    /* Where there is no answer, it is all there is to look for in the server's logs. */
    control_do("/fault?kind=hang&path=" ORGS);
    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_REQUEST_ID, "nightly-8");
    set_int(call, VCD_CALL_OPT_READ_TIMEOUT_MS, 300);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    error = fails_with(call, VCD_ERR_TIMEOUT);
    CHECK_TEXT(error_text(error, VCD_ERROR_REQUEST_ID), "nightly-8");
    CHECK_CONTAINS(vcd_error_message(error), "300 ms");
    vcd_error_free(error);
    vcd_call_free(call);
    call = new_call(client, "GET", ORGS);
    succeeds(call);
    CHECK_INT(strlen(call_text(call, VCD_CALL_CLIENT_REQUEST_ID)), 36);
    vcd_call_free(call);

    call = new_call(client, "GET", ORGS);
    memset(longest, 'a', sizeof longest);
    longest[129] = '\0';
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_REQUEST_ID, longest, NULL));
    longest[128] = '\0';
    EXPECT(VCD_OK, vcd_call_set_text(call, VCD_CALL_OPT_REQUEST_ID, longest, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_REQUEST_ID, "a b", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_REQUEST_ID, "", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(call, VCD_CALL_OPT_READ_TIMEOUT_MS, 0, NULL));
    vcd_call_free(call);
}

/* ------------------------------------------------------------------ proxies */

static vcd_client *client_by_proxy(const char *address)
{
    vcd_client *client = new_client();
    vcd_error *error = NULL;

    must(vcd_client_set_text(client, VCD_OPT_PROXY, address, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 0, &error), &error);
    return client;
}

/* A sign-in that ends like this; the client is freed. */
static void signs_in(vcd_client *client, vcd_status expected, const char *part)
{
    vcd_error *error = NULL;
    vcd_status status = vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error);

    if (status != expected || expected != VCD_OK)
        CHECK_CONTAINS(vcd_error_message(error), part);
    EXPECT(expected, status);
    if (status == VCD_OK)
        check_session_works(client);
    CHECK(error == NULL || strstr(vcd_error_message(error), "hunter2") == NULL);
    vcd_error_free(error);
    vcd_client_free(client);
}

static void proxies(void)
{
    static proxy open, guarded, closed;
    char address[128], guarded_address[128], closed_address[128], with_credential[160];
    vcd_client *client;
    vcd_error *error = NULL;

    proxy_start(&open, PROXY_OPEN);
    proxy_start(&guarded, PROXY_WITH_CREDENTIAL);
    proxy_start(&closed, PROXY_REFUSES);
    snprintf(address, sizeof address, "http://127.0.0.1:%d", open.port);
    snprintf(guarded_address, sizeof guarded_address, "127.0.0.1:%d", guarded.port);
    snprintf(closed_address, sizeof closed_address, "http://127.0.0.1:%d/", closed.port);
    snprintf(with_credential, sizeof with_credential, "http://user:pass@127.0.0.1:%d", guarded.port);

    signs_in(client_by_proxy(address), VCD_OK, "");
    CHECK(__atomic_load_n(&open.opened, __ATOMIC_SEQ_CST) > 0);
    signs_in(client_by_proxy(guarded_address), VCD_ERR_PROXY, "VCD_OPT_PROXY_USER");
    CHECK(__atomic_load_n(&guarded.asked, __ATOMIC_SEQ_CST) > 0);
    CHECK_INT(__atomic_load_n(&guarded.opened, __ATOMIC_SEQ_CST), 0);
    client = client_by_proxy(guarded_address);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_USER, "user", &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_PASSWORD, "hunter2", &error), &error);
    signs_in(client, VCD_ERR_PROXY, "proxy");
    client = client_by_proxy(guarded_address);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_USER, "user", &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_PASSWORD, "pass", &error), &error);
    signs_in(client, VCD_OK, "");
    signs_in(client_by_proxy(with_credential), VCD_OK, "");
    CHECK(__atomic_load_n(&guarded.opened, __ATOMIC_SEQ_CST) > 0);
    signs_in(client_by_proxy(closed_address), VCD_ERR_PROXY, "proxy");

    /* The environment's, which an explicit one and none at all take the place of. */
    CHECK(setenv("HTTPS_PROXY", closed_address, 1) == 0);
    client = new_client();
    must(vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 0, &error), &error);
    signs_in(client, VCD_ERR_PROXY, "HTTPS_PROXY");
    client = new_client();
    must(vcd_client_set_int(client, VCD_OPT_NO_PROXY, 1, &error), &error);
    signs_in(client, VCD_OK, "");
    signs_in(client_by_proxy(address), VCD_OK, "");
    CHECK(unsetenv("HTTPS_PROXY") == 0);

    /* Hosts that are reached without it. */
    client = client_by_proxy(closed_address);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_EXCEPT, "example.com, localhost,10.0.0.0/8", &error), &error);
    signs_in(client, VCD_OK, "");
    client = client_by_proxy(closed_address);
    must(vcd_client_set_text(client, VCD_OPT_PROXY_EXCEPT, "example.com", &error), &error);
    signs_in(client, VCD_ERR_PROXY, "proxy");

    client = client_by_proxy(address);
    must(vcd_client_set_int(client, VCD_OPT_NO_PROXY, 1, &error), &error);
    signs_in(client, VCD_ERR_ARGUMENT, "no proxy");
    client = new_client();
    must(vcd_client_set_text(client, VCD_OPT_PROXY_USER, "user", &error), &error);
    /* It has nothing to do with versions. */
    signs_in(client, VCD_ERR_ARGUMENT, "without the proxy's address");
    client = new_client();
    EXPECT(VCD_ERR_ADDRESS, vcd_client_set_text(client, VCD_OPT_PROXY, "socks5://x", NULL));
    EXPECT(VCD_ERR_ADDRESS, vcd_client_set_text(client, VCD_OPT_PROXY, "", NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_client_set_text(client, VCD_OPT_PROXY_USER, "a:b", NULL));
    vcd_client_free(client);
}

/* ------------------------------------------------------------------ several calls */

static void wait_any(vcd_client *client)
{
    vcd_call *calls[3];
    vcd_call *unstarted = new_call(client, "GET", ORGS);
    const vcd_call *mixed[2];
    size_t index = 7, c;

    check_session_works(client);
    control_do("/reset");
    control_do("/fault?kind=hang&times=3&path=" ORGS);
    for (c = 0; c < 3; c++) {
        calls[c] = new_call(client, "GET", ORGS);
        EXPECT(VCD_OK, vcd_call_start(calls[c], NULL));
    }
    control_wait_for_requests(ORGS, 3);
    EXPECT(VCD_PENDING, vcd_wait_any((const vcd_call *const *)calls, 3, 0, &index, NULL));
    CHECK_INT(index, 0);
    EXPECT(VCD_PENDING, vcd_wait_any((const vcd_call *const *)calls, 3, 30, &index, NULL));
    EXPECT(VCD_OK, vcd_call_cancel(calls[1]));
    EXPECT(VCD_OK, vcd_wait_any((const vcd_call *const *)calls, 3, VCD_WAIT_FOREVER, &index, NULL));
    CHECK_INT(index, 1);
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(calls[index], 0, NULL));

    /* One that ends by itself, while others hang. */
    vcd_call_free(calls[1]);
    calls[1] = new_call(client, "GET", "/cloudapi/1.0.0/sessions/current");
    EXPECT(VCD_OK, vcd_call_start(calls[1], NULL));
    EXPECT(VCD_OK, vcd_wait_any((const vcd_call *const *)calls, 3, VCD_WAIT_FOREVER, &index, NULL));
    CHECK_INT(index, 1);
    EXPECT(VCD_OK, vcd_call_wait(calls[1], 0, NULL));

    mixed[0] = calls[0];
    mixed[1] = unstarted;
    EXPECT(VCD_ERR_STATE, vcd_wait_any(mixed, 2, 0, &index, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_wait_any(mixed, 0, 0, &index, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_wait_any(mixed, 4097, 0, &index, NULL));
    EXPECT(VCD_ERR_NULL, vcd_wait_any(NULL, 1, 0, &index, NULL));
    EXPECT(VCD_ERR_NULL, vcd_wait_any(mixed, 1, 0, NULL, NULL));
    mixed[1] = NULL;
    EXPECT(VCD_ERR_NULL, vcd_wait_any(mixed, 2, 0, &index, NULL));
    mixed[1] = (const vcd_call *)client;
    EXPECT(VCD_ERR_HANDLE, vcd_wait_any(mixed, 2, 0, &index, NULL));
    for (c = 0; c < 3; c++)
        vcd_call_free(calls[c]);
    vcd_call_free(unstarted);
    control_do("/reset");
}

/* What a callback notes. */
typedef struct {
    vcd_client *client;
    vcd_call *call;
    pthread_t from;
    vcd_status status, made;
    int count;
    int pipe[2];
} noted;

static void note(void *argument)
{
    noted *mine = argument;
    vcd_call *call = NULL;
    char woken = 'x';

    mine->from = pthread_self();
    mine->status = mine->call == NULL ? VCD_OK : vcd_call_wait(mine->call, 0, NULL);
    mine->made = vcd_call_new(mine->client, "GET", ORGS, &call, NULL);
    CHECK(call == NULL);
    mine->count++;
    CHECK(write(mine->pipe[1], &woken, 1) == 1);
}

static void wait_for_note(noted *mine)
{
    char woken;

    CHECK(read(mine->pipe[0], &woken, 1) == 1);
}

static void on_done(vcd_client *client)
{
    noted mine;
    vcd_call *call = new_call(client, "GET", ORGS);

    memset(&mine, 0, sizeof mine);
    mine.client = client;
    mine.call = call;
    CHECK(pipe(mine.pipe) == 0);
    EXPECT(VCD_ERR_NULL, vcd_call_on_done(call, NULL, &mine, NULL));
    EXPECT(VCD_ERR_NULL, vcd_call_on_done(NULL, note, &mine, NULL));
    EXPECT(VCD_OK, vcd_call_on_done(call, note, &mine, NULL));
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_on_done(call, note, &mine, NULL));
    wait_for_note(&mine);
    CHECK_INT(mine.status, VCD_ERR_REENTRANT);
    CHECK_INT(mine.made, VCD_ERR_REENTRANT);
    CHECK(!pthread_equal(mine.from, pthread_self()));
    EXPECT(VCD_OK, vcd_call_wait(call, 0, NULL));
    vcd_call_free(call);

    /* However it ends: cancelled, or freed. */
    call = hanging_call(client);
    vcd_call_free(call);
    control_do("/reset");
    control_do("/fault?kind=hang&times=2&path=" ORGS);
    call = new_call(client, "GET", ORGS);
    mine.call = NULL;
    EXPECT(VCD_OK, vcd_call_on_done(call, note, &mine, NULL));
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    control_wait_for_requests(ORGS, 1);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    wait_for_note(&mine);
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, 0, NULL));
    vcd_call_free(call);
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_OK, vcd_call_on_done(call, note, &mine, NULL));
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    control_wait_for_requests(ORGS, 2);
    vcd_call_free(call);
    wait_for_note(&mine);
    CHECK_INT(mine.count, 3);

    /* One that never began has no end. */
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_OK, vcd_call_on_done(call, note, &mine, NULL));
    vcd_call_free(call);
    CHECK_INT(mine.count, 3);
    CHECK(close(mine.pipe[0]) == 0 && close(mine.pipe[1]) == 0);
    control_do("/reset");
}

int main(void)
{
    vcd_client *client = signed_in(), *provider = signed_in_as_provider();

    named(client);
    failed(client);
    given_up(client);
    look_fails(client);
    busy(provider);
    versions();
    tenants(provider);
    request_ids(client);
    wait_any(client);
    on_done(client);
    proxies();
    vcd_client_free(provider);
    vcd_client_free(client);
    return checks_passed();
}
