/* The log callback and the log file: lines come, secrets do not, and the library refuses to be called from it. */
#include "session.h"
#include "thread.h"

enum { CAPACITY = 1 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char lines[CAPACITY];
static size_t used;
static int count[5];
static int userdata;

static void take_line(void *given, int32_t level, const char *message, size_t length)
{
    CHECK(given == &userdata);
    CHECK(level >= VCD_LOG_ERROR && level <= VCD_LOG_DEBUG);
    CHECK_INT(strlen(message), length);
    CHECK(length > 0);
    CHECK(pthread_mutex_lock(&lock) == 0);
    if (used + length + 2 < CAPACITY) {
        memcpy(lines + used, message, length);
        used += length;
        lines[used++] = '\n';
        lines[used] = '\0';
    }
    count[level]++;
    CHECK(pthread_mutex_unlock(&lock) == 0);
}

static void forget(void)
{
    CHECK(pthread_mutex_lock(&lock) == 0);
    used = 0;
    lines[0] = '\0';
    memset(count, 0, sizeof count);
    CHECK(pthread_mutex_unlock(&lock) == 0);
}

static void no_secret(const char *text, const char *access_token)
{
    char part[33];

    CHECK(strstr(text, setting("VCD_API_TOKEN")) == NULL);
    CHECK(strstr(text, access_token) == NULL);
    /* Not a piece of it either: the signature is the last part of a JWT. */
    snprintf(part, sizeof part, "%s", access_token + strlen(access_token) - 32);
    CHECK(strstr(text, part) == NULL);
    CHECK(strstr(text, "Bearer ey") == NULL);
}

static void levels(void)
{
    vcd_client *client;
    vcd_call *call = NULL;
    vcd_error *error = NULL;
    char token[4096];
    size_t needed = 0;

    EXPECT(VCD_OK, vcd_log_set(take_line, &userdata, VCD_LOG_DEBUG));
    client = signed_in();
    check_session_works(client);
    EXPECT(VCD_OK, vcd_client_copy_text(client, VCD_CLIENT_ACCESS_TOKEN, token, sizeof token, &needed, NULL));
    control_do("/expire");
    check_session_works(client);
    no_secret(lines, token);
    EXPECT(VCD_OK, vcd_client_copy_text(client, VCD_CLIENT_ACCESS_TOKEN, token, sizeof token, &needed, NULL));
    EXPECT(VCD_ERR_AUTH, vcd_sign_in(client, setting("VCD_ORG"), "wrongwrongwrongwrongwrongwrong12", &error));
    vcd_error_free(error);
    EXPECT(VCD_ERR_HTTP, vcd_get(client, "/cloudapi/1.0.0/nothing", &call, NULL));
    vcd_call_free(call);
    no_secret(lines, token);
    CHECK(strstr(lines, "wrongwrong") == NULL);
    CHECK_CONTAINS(lines, ORGS);
    CHECK_CONTAINS(lines, "GET");
    CHECK_CONTAINS(lines, "404");
    CHECK(count[VCD_LOG_INFO] >= 4);

    /* Only what was asked for. */
    forget();
    EXPECT(VCD_OK, vcd_log_set(take_line, &userdata, VCD_LOG_ERROR));
    check_session_works(client);
    CHECK_INT(used, 0);

    /* Nothing any more. */
    EXPECT(VCD_OK, vcd_log_set(take_line, &userdata, VCD_LOG_DEBUG));
    EXPECT(VCD_OK, vcd_log_set(NULL, NULL, VCD_LOG_DEBUG));
    check_session_works(client);
    CHECK_INT(used, 0);
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_set(take_line, &userdata, 0));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_set(take_line, &userdata, 5));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_set(take_line, &userdata, -1));
    check_session_works(client);
    CHECK_INT(used, 0);
    vcd_client_free(client);
}

/* From within the callback every function says so, and sets its outputs to nothing. */
static vcd_client *reentered_client;
static vcd_call *reentered_call;
static vcd_error *reentered_error;
static vcd_error *refusal;
static int reentered;

#define GARBAGE ((void *)(uintptr_t)0x5a5a5a5a)

static void call_the_library(void *given, int32_t level, const char *message, size_t length)
{
    vcd_client *client = GARBAGE;
    vcd_call *call = GARBAGE;
    const char *text = GARBAGE, *other = GARBAGE;
    const uint8_t *data = GARBAGE;
    size_t size = 99, needed = 99;
    int64_t value = 99;
    int32_t code = 99;

    (void)given;
    (void)level;
    (void)message;
    (void)length;
    if (__atomic_fetch_add(&reentered, 1, __ATOMIC_RELAXED) > 0)
        return;
    EXPECT(VCD_ERR_REENTRANT, vcd_client_new("vcd.example.com", &client, &refusal));
    CHECK(client == NULL);
    EXPECT(VCD_ERR_REENTRANT, vcd_client_set_int(reentered_client, VCD_OPT_MAX_RETRIES, 1, NULL));
    EXPECT(VCD_ERR_REENTRANT, vcd_client_get_int(reentered_client, VCD_CLIENT_SIGNED_IN, &value, NULL));
    CHECK_INT(value, 0);
    EXPECT(VCD_ERR_REENTRANT, vcd_client_copy_text(reentered_client, VCD_CLIENT_USER, NULL, 0, &needed, NULL));
    CHECK_INT(needed, 0);
    EXPECT(VCD_ERR_REENTRANT, vcd_client_take_notice(reentered_client, &code, NULL, 0, &size, NULL));
    CHECK_INT(code, 0);
    CHECK_INT(size, 0);
    EXPECT(VCD_ERR_REENTRANT, vcd_get(reentered_client, ORGS, &call, NULL));
    CHECK(call == NULL);
    EXPECT(VCD_ERR_REENTRANT, vcd_sign_in(reentered_client, "Tyrell", "token", NULL));
    EXPECT(VCD_ERR_REENTRANT, vcd_sign_out(reentered_client, NULL));
    EXPECT(VCD_ERR_REENTRANT, vcd_call_wait(reentered_call, 0, NULL));
    EXPECT(VCD_ERR_REENTRANT, vcd_call_cancel(reentered_call));
    size = 99;
    EXPECT(VCD_ERR_REENTRANT, vcd_call_body(reentered_call, &data, &size, NULL));
    CHECK(data == NULL);
    CHECK_INT(size, 0);
    EXPECT(VCD_ERR_REENTRANT, vcd_call_header_at(reentered_call, 0, &text, &size, &other, &needed, NULL));
    CHECK(text == NULL && other == NULL);
    value = 99;
    EXPECT(VCD_ERR_REENTRANT, vcd_error_get_int(reentered_error, VCD_ERROR_CODE, &value));
    CHECK_INT(value, 0);
    EXPECT(VCD_ERR_REENTRANT, vcd_log_set(NULL, NULL, VCD_LOG_DEBUG));
}

static void reentry(void)
{
    vcd_error *error = NULL;

    reentered_client = signed_in();
    must(vcd_get(reentered_client, ORGS, &reentered_call, &error), &error);
    EXPECT(VCD_ERR_ADDRESS, vcd_get(reentered_client, "", &(vcd_call *){NULL}, &reentered_error));
    EXPECT(VCD_OK, vcd_log_set(call_the_library, NULL, VCD_LOG_DEBUG));
    check_session_works(reentered_client);
    EXPECT(VCD_OK, vcd_log_set(NULL, NULL, VCD_LOG_DEBUG));
    CHECK(reentered > 0);
    CHECK_INT(vcd_error_code(refusal), VCD_ERR_REENTRANT);
    CHECK_CONTAINS(vcd_error_message(refusal), "callback");
    vcd_error_free(refusal);
    /* Nothing was changed by it. */
    check_session_works(reentered_client);
    CHECK_INT(call_int(reentered_call, VCD_CALL_HTTP_STATUS), 200);
    CHECK_INT(vcd_error_code(reentered_error), VCD_ERR_ADDRESS);
    vcd_error_free(reentered_error);
    vcd_call_free(reentered_call);
    vcd_client_free(reentered_client);
}

/* When vcd_log_set returns, nobody is in the earlier callback any more. */
static int in_use;

static void must_be_in_use(void *given, int32_t level, const char *message, size_t length)
{
    (void)given;
    (void)level;
    (void)message;
    (void)length;
    CHECK(__atomic_load_n(&in_use, __ATOMIC_SEQ_CST));
}

static void *make_lines(void *client)
{
    int round;

    for (round = 0; round < 40; round++)
        check_session_works(client);
    return NULL;
}

static void changed_while_lines_come(void)
{
    vcd_client *client = signed_in();
    thread busy[2];
    int round;

    busy[0] = thread_start(make_lines, client);
    busy[1] = thread_start(make_lines, client);
    for (round = 0; round < 200; round++) {
        __atomic_store_n(&in_use, 1, __ATOMIC_SEQ_CST);
        EXPECT(VCD_OK, vcd_log_set(must_be_in_use, NULL, VCD_LOG_DEBUG));
        EXPECT(VCD_OK, vcd_log_set(NULL, NULL, VCD_LOG_DEBUG));
        __atomic_store_n(&in_use, 0, __ATOMIC_SEQ_CST);
    }
    thread_join(busy[0]);
    thread_join(busy[1]);
    vcd_client_free(client);
}

/* The file that the environment names has had the lines all the time. */
static void file(void)
{
    FILE *log = fopen(setting("VCDREST_LOG_FILE"), "r");
    size_t length;

    CHECK(log != NULL);
    length = fread(lines, 1, CAPACITY - 1, log);
    lines[length] = '\0';
    CHECK(fclose(log) == 0);
    CHECK_CONTAINS(lines, ORGS);
    CHECK_CONTAINS(lines, "INFO");
    CHECK(strstr(lines, setting("VCD_API_TOKEN")) == NULL);
    CHECK(strstr(lines, "eyJ") == NULL);
}

/* A file that the program names takes the place of the environment's. */
static void named_file(void)
{
    char path[512];
    vcd_client *client = signed_in();
    vcd_error *error = NULL;
    FILE *log;
    size_t length;

    snprintf(path, sizeof path, "%s.named", setting("VCDREST_LOG_FILE"));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_to_file(path, 0, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_to_file(path, 5, NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_log_to_file("/no/such/folder/log", VCD_LOG_INFO, &error));
    CHECK_CONTAINS(vcd_error_message(error), "/no/such/folder/log");
    vcd_error_free(error);
    EXPECT(VCD_OK, vcd_log_to_file(path, VCD_LOG_INFO, NULL));
    check_session_works(client);
    EXPECT(VCD_OK, vcd_log_to_file(NULL, 0, NULL));
    check_session_works(client);
    vcd_client_free(client);
    log = fopen(path, "r");
    CHECK(log != NULL);
    length = fread(lines, 1, CAPACITY - 1, log);
    lines[length] = '\0';
    CHECK(fclose(log) == 0);
    CHECK(remove(path) == 0);
    CHECK_CONTAINS(lines, "INFO GET " ORGS);
    /* The second was not wanted there. */
    CHECK(strstr(strstr(lines, ORGS) + 1, "INFO GET " ORGS) == NULL);
}

int main(void)
{
    levels();
    reentry();
    changed_while_lines_come();
    file();
    named_file();
    return checks_passed();
}
