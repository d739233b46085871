/* Bodies from and to files and functions: whole, in parts, resumed, given up, and larger than memory should get. */
#include "operation.h"
#include "thread.h"

#define UPLOAD "/transfer/7e5f1fe3-80cc-41e8-bf72-d40caf54418e/"

enum { LENGTH = 3000000 };
static const long long LARGE = 512LL << 20;

/* Something to download. The path has room for 256 bytes, the digest for 65. */
static void offer(long long size, char *path, char *digest)
{
    char target[128], answer[1024], href[512];

    snprintf(target, sizeof target, "/transfer?size=%lld%s", size, digest == NULL ? "" : "&digest=true");
    CHECK_INT(control("POST", target, NULL, answer, sizeof answer), 200);
    json_text(answer, "href", href, sizeof href);
    snprintf(path, 256, "%s", strstr(href, "/transfer/"));
    if (digest != NULL)
        json_text(answer, "sha256", digest, 65);
}

/* What the simulator has received at a path. The digest has room for 65 bytes. */
static long long uploaded(const char *path, char *digest)
{
    static char answer[1 << 16];
    const char *found;
    long long received = -1;

    CHECK_INT(control("GET", "/transfers", NULL, answer, sizeof answer), 200);
    found = strstr(answer, path);
    CHECK(found != NULL);
    json_text(found, "sha256", digest, 65);
    found = strstr(found, "\"received\":");
    CHECK(found != NULL && sscanf(found, "\"received\":%lld", &received) == 1);
    return received;
}

static long long size_of(const char *path)
{
    struct stat facts;

    CHECK(stat(path, &facts) == 0);
    return (long long)facts.st_size;
}

static void check_same(const char *one, const char *other)
{
    FILE *first = fopen(one, "rb"), *second = fopen(other, "rb");
    static char a[65536], b[65536];
    size_t count;

    CHECK(first != NULL && second != NULL);
    do {
        count = fread(a, 1, sizeof a, first);
        CHECK(fread(b, 1, sizeof b, second) == count);
        CHECK(memcmp(a, b, count) == 0);
    } while (count > 0);
    CHECK(fclose(first) == 0 && fclose(second) == 0);
}

static int beside(const char *path, const char *ending)
{
    char name[600];

    snprintf(name, sizeof name, "%s%s", path, ending);
    return exists(name);
}

static vcd_call *download(vcd_client *client, const char *uri, const char *path)
{
    vcd_call *call = new_call(client, "GET", uri);

    set_text(call, VCD_CALL_OPT_OUTPUT_FILE, path);
    set_int(call, VCD_CALL_OPT_RETRY_INTERVAL_MS, 20);
    return call;
}

/* ------------------------------------------------------------------ downloads to files */

static char reference[512];

static void whole(vcd_client *client, const char *uri)
{
    vcd_call *call = download(client, uri, in_folder("whole.bin", reference));
    const uint8_t *body = NULL;
    size_t length = 7;

    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LENGTH);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_EXPECTED), LENGTH);
    EXPECT(VCD_OK, vcd_call_body(call, &body, &length, NULL));
    CHECK_INT(length, 0);
    vcd_call_free(call);
    CHECK_INT(size_of(reference), LENGTH);
    CHECK(!beside(reference, ".part") && !beside(reference, ".part.tag"));
}

/* A connection that breaks is no reason to begin anew: neither within a call nor in the next one. */
static void resumed(vcd_client *client, const char *uri)
{
    char path[512], fault[512];
    vcd_call *call;

    in_folder("resumed.bin", path);
    snprintf(fault, sizeof fault, "/fault?kind=close-mid-body&bytes=500000&times=5&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 6);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LENGTH);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 206);
    vcd_call_free(call);
    check_same(path, reference);

    /* A call that gave up leaves what it has, if that is wanted. */
    CHECK(unlink(path) == 0);
    snprintf(fault, sizeof fault, "/fault?kind=close-mid-body&bytes=500000&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    CHECK(!exists(path) && !beside(path, ".part") && !beside(path, ".part.tag"));
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    CHECK(!exists(path) && beside(path, ".part") && beside(path, ".part.tag"));
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 206);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LENGTH);
    vcd_call_free(call);
    check_same(path, reference);
    CHECK(!beside(path, ".part") && !beside(path, ".part.tag"));

    /* What is there belongs to something else: from the start. */
    CHECK(unlink(path) == 0);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    {
        char part[600];

        snprintf(part, sizeof part, "%s.part", path);
        write_file(part, "something else");
        snprintf(part, sizeof part, "%s.part.tag", path);
        write_file(part, "\"another\"");
    }
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    vcd_call_free(call);
    check_same(path, reference);
    CHECK(!beside(path, ".part") && !beside(path, ".part.tag"));
    CHECK_INT(control_count("pendingFaults"), 0);
}

/* A file has these bytes of the whole. */
static void check_part(const char *path, long from, size_t length)
{
    static char a[LENGTH + 1], b[LENGTH];
    FILE *part = fopen(path, "rb"), *whole_file = fopen(reference, "rb");

    CHECK(part != NULL && whole_file != NULL);
    CHECK_INT(fread(a, 1, sizeof a, part), length);
    CHECK(fseek(whole_file, from, SEEK_SET) == 0 && fread(b, 1, length, whole_file) == length);
    CHECK(memcmp(a, b, length) == 0);
    CHECK(fclose(part) == 0 && fclose(whole_file) == 0);
}

static vcd_call *download_range(vcd_client *client, const char *uri, const char *path)
{
    vcd_call *call = download(client, uri, path);

    EXPECT(VCD_OK, vcd_call_set_header(call, "Range", "bytes=1000000-1999999", NULL));
    return call;
}

/* The part that the caller asks for is what is in the file, whatever breaks on the way and whatever was there. */
static void own_range(vcd_client *client, const char *uri)
{
    char path[512], fault[512];
    vcd_call *call;
    int resume;

    in_folder("range.bin", path);
    call = download_range(client, uri, path);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 206);
    vcd_call_free(call);
    check_part(path, 1000000, 1000000);

    snprintf(fault, sizeof fault, "/fault?kind=close-mid-body&bytes=300000&path=%s", uri);
    for (resume = 0; resume < 2; resume++) {
        CHECK(unlink(path) == 0);
        control_do(fault);
        call = download_range(client, uri, path);
        set_int(call, VCD_CALL_OPT_RESUME, resume);
        succeeds(call);
        CHECK_INT(call_int(call, VCD_CALL_ATTEMPTS), 2);
        vcd_call_free(call);
        check_part(path, 1000000, 1000000);
    }

    /* Broken off: what is left of it is not the beginning of the whole. */
    CHECK(unlink(path) == 0);
    control_do(fault);
    call = download_range(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    CHECK(!exists(path));
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    vcd_call_free(call);
    check_same(path, reference);

    /* Nor is the beginning of the whole that of the part. */
    CHECK(unlink(path) == 0);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    CHECK(beside(path, ".part") && beside(path, ".part.tag"));
    call = download_range(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    vcd_call_free(call);
    check_part(path, 1000000, 1000000);
    CHECK(!beside(path, ".part") && !beside(path, ".part.tag"));
    CHECK_INT(control_count("pendingFaults"), 0);
}

/* What a download leaves that broke off, but with so many bytes of the whole, and others behind them. */
static void leave_part(vcd_client *client, const char *uri, const char *path, size_t length, size_t further)
{
    static char bytes[LENGTH + 100];
    char name[600], fault[512];
    vcd_call *call;
    FILE *file;

    snprintf(fault, sizeof fault, "/fault?kind=close-mid-body&bytes=1000&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_MAX_RETRIES, 0);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    vcd_error_free(fails_with(call, VCD_ERR_CONNECTION_LOST));
    vcd_call_free(call);
    CHECK(!exists(path) && beside(path, ".part.tag"));
    memset(bytes, '?', sizeof bytes);
    file = fopen(reference, "rb");
    CHECK(file != NULL && fread(bytes, 1, length, file) == length && fclose(file) == 0);
    snprintf(name, sizeof name, "%s.part", path);
    file = fopen(name, "wb");
    CHECK(file != NULL && fwrite(bytes, 1, length + further, file) == length + further && fclose(file) == 0);
}

/* Everything had come but the end: there is nothing to ask for, which is no failure. */
static void nothing_is_missing(vcd_client *client, const char *uri)
{
    char path[512], fault[512];
    vcd_call *call;
    int before;

    in_folder("complete.bin", path);
    leave_part(client, uri, path, LENGTH, 0);
    before = control_requests(uri);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 200);
    vcd_call_free(call);
    CHECK_INT(control_requests(uri), before + 1);
    check_same(path, reference);
    CHECK(!beside(path, ".part") && !beside(path, ".part.tag"));

    /* More than there is cannot be the beginning of it: from the start. */
    CHECK(unlink(path) == 0);
    leave_part(client, uri, path, LENGTH, 100);
    before = control_requests(uri);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LENGTH);
    vcd_call_free(call);
    CHECK_INT(control_requests(uri), before + 2);
    check_same(path, reference);
    CHECK(!beside(path, ".part") && !beside(path, ".part.tag"));

    /* A server that does not say how much there is. */
    CHECK(unlink(path) == 0);
    leave_part(client, uri, path, 500000, 0);
    snprintf(fault, sizeof fault, "/fault?kind=status&status=416&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LENGTH);
    vcd_call_free(call);
    check_same(path, reference);

    /* One that refuses the whole as well, and is not asked without end. */
    CHECK(unlink(path) == 0);
    leave_part(client, uri, path, 500000, 0);
    snprintf(fault, sizeof fault, "/fault?kind=status&status=416&times=2&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    fails_saying(call, VCD_ERR_HTTP, "416");
    CHECK(!exists(path));
    CHECK_INT(control_count("pendingFaults"), 0);
}

/* A refusal is no download: it goes to memory, and a file that is there stays as it is. */
static void refused(vcd_client *client)
{
    char path[512], text[64];
    vcd_call *call;
    vcd_error *error = NULL;
    int before;

    in_folder("refused.bin", path);
    call = download(client, ORGS "/urn:vcloud:org:00000000-0000-4000-8000-000000000000", path);
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_CONTAINS(call_body(call), "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
    CHECK_TEXT(error_text(error, VCD_ERROR_SERVER_CODE), "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
    vcd_error_free(error);
    vcd_call_free(call);
    CHECK(!exists(path) && !beside(path, ".part"));
    write_file(path, "what was there");
    call = download(client, "/transfer/nothing/file", path);
    vcd_error_free(fails_with(call, VCD_ERR_HTTP));
    vcd_call_free(call);
    read_file(path, text, sizeof text);
    CHECK_TEXT(text, "what was there");
    CHECK(!beside(path, ".part"));

    /* Where nothing can be written, nothing is asked for. */
    before = control_requests("/transfer");
    fails_saying(download(client, "/transfer/x/file", setting("VCD_FOLDER")), VCD_ERR_FILE, "folder");
    call = download(client, "/transfer/x/file", in_folder("no/such/folder.bin", path));
    error = fails_with(call, VCD_ERR_FILE);
    CHECK_CONTAINS(vcd_error_message(error), path);
    CHECK_INT(error_int(error, VCD_ERROR_OS_ERROR), NO_SUCH_FOLDER);
    vcd_error_free(error);
    vcd_call_free(call);
    CHECK_INT(control_requests("/transfer"), before);
    call = new_call(client, "GET", ORGS);
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_text(call, VCD_CALL_OPT_OUTPUT_FILE, "", NULL));
    EXPECT(VCD_ERR_STATE, vcd_call_set_int(call, VCD_CALL_OPT_RESUME, 1, NULL));
    vcd_call_free(call);
}

/* What comes can be watched, and given up. */
static void given_up(vcd_client *client, const char *uri)
{
    char path[512], fault[512];
    vcd_call *call;
    int looks;

    in_folder("given-up.bin", path);
    snprintf(fault, sizeof fault, "/fault?kind=hang-mid-body&bytes=1000000&path=%s", uri);
    control_do(fault);
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    for (looks = 0; call_int(call, VCD_CALL_BYTES_RECEIVED) < 1000000 && looks < 6000; looks++)
        EXPECT(VCD_PENDING, vcd_call_wait(call, 10, NULL));
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), 1000000);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_EXPECTED), LENGTH);
    CHECK(!exists(path) && beside(path, ".part"));
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    control_wait_for_aborts(uri, 1);
    CHECK(!exists(path));
    call = download(client, uri, path);
    set_int(call, VCD_CALL_OPT_RESUME, 1);
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_HTTP_STATUS), 206);
    vcd_call_free(call);
    check_same(path, reference);
}

/* ------------------------------------------------------------------ downloads to functions */

typedef struct {
    vcd_client *client;
    FILE *file;
    long long received, stop_at;
    vcd_status reentered;
} taker;

static int32_t take(void *argument, const uint8_t *data, size_t length)
{
    taker *mine = argument;
    vcd_call *call = NULL;

    mine->received += (long long)length;
    if (mine->client != NULL)
        mine->reentered = vcd_call_new(mine->client, "GET", ORGS, &call, NULL);
    if (mine->file != NULL && fwrite(data, 1, length, mine->file) != length)
        return 2;
    return mine->stop_at > 0 && mine->received >= mine->stop_at;
}

static void to_a_function(vcd_client *client, const char *uri)
{
    taker mine;
    char path[512], fault[512];
    vcd_call *call = new_call(client, "GET", uri);

    memset(&mine, 0, sizeof mine);
    mine.client = client;
    mine.file = fopen(in_folder("taken.bin", path), "wb");
    CHECK(mine.file != NULL);
    snprintf(fault, sizeof fault, "/fault?kind=close-mid-body&bytes=700000&times=2&path=%s", uri);
    control_do(fault);
    EXPECT(VCD_ERR_NULL, vcd_call_set_writer(call, NULL, &mine, NULL));
    EXPECT(VCD_ERR_NULL, vcd_call_set_writer(NULL, take, &mine, NULL));
    EXPECT(VCD_OK, vcd_call_set_writer(call, take, &mine, NULL));
    set_int(call, VCD_CALL_OPT_RETRY_INTERVAL_MS, 20);
    succeeds(call);
    vcd_call_free(call);
    CHECK(fclose(mine.file) == 0);
    CHECK_INT(mine.received, LENGTH);
    CHECK_INT(mine.reentered, VCD_ERR_REENTRANT);
    check_same(path, reference);

    memset(&mine, 0, sizeof mine);
    mine.stop_at = 500000;
    call = new_call(client, "GET", uri);
    EXPECT(VCD_OK, vcd_call_set_writer(call, take, &mine, NULL));
    vcd_error_free(fails_with(call, VCD_ERR_CANCELLED));
    vcd_call_free(call);
    CHECK(mine.received >= 500000 && mine.received < LENGTH);

    /* A refusal does not go there. */
    memset(&mine, 0, sizeof mine);
    call = new_call(client, "GET", "/cloudapi/1.0.0/nothing");
    EXPECT(VCD_OK, vcd_call_set_writer(call, take, &mine, NULL));
    vcd_error_free(fails_with(call, VCD_ERR_HTTP));
    CHECK_CONTAINS(call_body(call), "RESOURCE_NOT_FOUND");
    vcd_call_free(call);
    CHECK_INT(mine.received, 0);
}

/* ------------------------------------------------------------------ uploads */

static void from_files(vcd_client *client, const char *digest)
{
    vcd_call *call = new_call(client, "PUT", UPLOAD "file.bin");
    vcd_error *error = NULL;
    char received[65], path[512];
    static char half[LENGTH / 2];
    FILE *file;

    set_text(call, VCD_CALL_OPT_BODY_FILE, reference);
    set_text(call, VCD_CALL_OPT_CONTENT_TYPE, "application/octet-stream");
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), LENGTH);
    vcd_call_free(call);
    CHECK_INT(uploaded(UPLOAD "file.bin", received), LENGTH);
    CHECK_TEXT(received, digest);

    /* In two parts, of which the second begins in the middle of the file. */
    file = fopen(reference, "rb");
    CHECK(file != NULL && fread(half, 1, sizeof half, file) == sizeof half && fclose(file) == 0);
    call = new_call(client, "PUT", UPLOAD "parts.bin");
    EXPECT(VCD_OK, vcd_call_set_body(call, (const uint8_t *)half, sizeof half, NULL));
    EXPECT(VCD_OK, vcd_call_set_header(call, "Content-Range", "bytes 0-1499999/3000000", NULL));
    succeeds(call);
    vcd_call_free(call);
    call = new_call(client, "PUT", UPLOAD "parts.bin");
    set_text(call, VCD_CALL_OPT_BODY_FILE, reference);
    set_int(call, VCD_CALL_OPT_BODY_OFFSET, LENGTH / 2);
    EXPECT(VCD_OK, vcd_call_set_header(call, "Content-Range", "bytes 1500000-2999999/3000000", NULL));
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), LENGTH / 2);
    vcd_call_free(call);
    CHECK_INT(uploaded(UPLOAD "parts.bin", received), LENGTH);
    CHECK_TEXT(received, digest);

    /* A file can be read again: after a 401 it is. */
    control_do("/expire");
    call = new_call(client, "PUT", UPLOAD "again.bin");
    set_text(call, VCD_CALL_OPT_BODY_FILE, reference);
    succeeds(call);
    vcd_call_free(call);
    CHECK_INT(uploaded(UPLOAD "again.bin", received), LENGTH);
    CHECK_TEXT(received, digest);

    call = new_call(client, "PUT", UPLOAD "wrong.bin");
    EXPECT(VCD_ERR_FILE, vcd_call_set_text(call, VCD_CALL_OPT_BODY_FILE, in_folder("nothing.bin", path), &error));
    CHECK_CONTAINS(vcd_error_message(error), path);
    CHECK_INT(error_int(error, VCD_ERROR_OS_ERROR), 2);
    vcd_error_free(error);
    EXPECT(VCD_ERR_FILE, vcd_call_set_text(call, VCD_CALL_OPT_BODY_FILE, setting("VCD_FOLDER"), NULL));
    EXPECT(VCD_ERR_ARGUMENT, vcd_call_set_int(call, VCD_CALL_OPT_BODY_OFFSET, -1, NULL));
    set_text(call, VCD_CALL_OPT_BODY_FILE, reference);
    set_int(call, VCD_CALL_OPT_BODY_OFFSET, LENGTH + 1);
    fails_saying(call, VCD_ERR_FILE, "3000000 bytes");
    call = new_call(client, "PUT", UPLOAD "wrong.bin");
    set_text(call, VCD_CALL_OPT_BODY_FILE, reference);
    EXPECT(VCD_OK, vcd_call_set_body(call, (const uint8_t *)"x", 1, NULL));
    fails_saying(call, VCD_ERR_ARGUMENT, "one body");
}

/* Gives so many bytes, then ends or fails. */
typedef struct {
    vcd_client *client;
    FILE *file;
    long long left;
    int fails, given_too_much;
    vcd_status reentered;
    long calls;
} giver;

static int64_t give(void *argument, uint8_t *buffer, size_t capacity)
{
    giver *mine = argument;
    vcd_call *call = NULL;
    size_t count = mine->left < (long long)capacity ? (size_t)mine->left : capacity;

    mine->calls++;
    if (mine->client != NULL)
        mine->reentered = vcd_call_new(mine->client, "GET", ORGS, &call, NULL);
    if (count == 0)
        return mine->fails ? -1 : mine->given_too_much ? (int64_t)capacity + 1 : 0;
    if (mine->file != NULL)
        CHECK(fread(buffer, 1, count, mine->file) == count);
    else
        memset(buffer, 'x', count);
    mine->left -= (long long)count;
    return (int64_t)count;
}

static vcd_call *upload(vcd_client *client, const char *path, giver *mine, long long length)
{
    vcd_call *call = new_call(client, "PUT", path);

    EXPECT(VCD_OK, vcd_call_set_reader(call, give, mine, length, NULL));
    return call;
}

static void from_functions(vcd_client *client, const char *digest)
{
    giver mine;
    vcd_call *call;
    vcd_error *error;
    char received[65];
    int known;

    for (known = 0; known < 2; known++) {
        const char *path = known ? UPLOAD "known.bin" : UPLOAD "unknown.bin";

        memset(&mine, 0, sizeof mine);
        mine.client = client;
        mine.left = LENGTH;
        mine.file = fopen(reference, "rb");
        CHECK(mine.file != NULL);
        call = upload(client, path, &mine, known ? LENGTH : -1);
        succeeds(call);
        CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), LENGTH);
        vcd_call_free(call);
        CHECK(fclose(mine.file) == 0);
        CHECK_INT(mine.reentered, VCD_ERR_REENTRANT);
        CHECK_INT(uploaded(path, received), LENGTH);
        CHECK_TEXT(received, digest);
    }

    /* Nothing at all is a body too. */
    memset(&mine, 0, sizeof mine);
    call = upload(client, UPLOAD "empty.bin", &mine, 0);
    succeeds(call);
    vcd_call_free(call);

    /* One that fails, ends too soon, or claims too much. */
    memset(&mine, 0, sizeof mine);
    mine.left = 1000000;
    mine.fails = 1;
    call = upload(client, UPLOAD "failed.bin", &mine, -1);
    fails_saying(call, VCD_ERR_FILE, "function");
    memset(&mine, 0, sizeof mine);
    mine.left = 1000000;
    call = upload(client, UPLOAD "short.bin", &mine, LENGTH);
    fails_saying(call, VCD_ERR_FILE, "length");
    memset(&mine, 0, sizeof mine);
    mine.left = 1000;
    mine.given_too_much = 1;
    call = upload(client, UPLOAD "much.bin", &mine, -1);
    fails_saying(call, VCD_ERR_FILE, "room");

    /* What a function has given cannot be given again. */
    control_do("/expire");
    memset(&mine, 0, sizeof mine);
    mine.left = 1000;
    call = upload(client, UPLOAD "once.bin", &mine, 1000);
    error = fails_with(call, VCD_ERR_HTTP);
    CHECK_INT(error_int(error, VCD_ERROR_HTTP_STATUS), 401);
    CHECK_CONTAINS(vcd_error_message(error), "second time");
    vcd_error_free(error);
    vcd_call_free(call);
    check_session_works(client);
    memset(&mine, 0, sizeof mine);
    mine.left = 1000;
    call = upload(client, UPLOAD "once.bin", &mine, 1000);
    succeeds(call);
    vcd_call_free(call);

    call = new_call(client, "PUT", UPLOAD "x.bin");
    EXPECT(VCD_ERR_NULL, vcd_call_set_reader(call, NULL, &mine, 0, NULL));
    EXPECT(VCD_ERR_NULL, vcd_call_set_reader(NULL, give, &mine, 0, NULL));
    vcd_call_free(call);
}

static void given_up_upload(vcd_client *client)
{
    static giver mine;
    vcd_call *call;
    int looks;

    control_do("/fault?kind=hang-mid-body&bytes=1000000&path=" UPLOAD "hang.bin");
    mine.left = LARGE;
    call = upload(client, UPLOAD "hang.bin", &mine, LARGE);
    EXPECT(VCD_OK, vcd_call_start(call, NULL));
    for (looks = 0; call_int(call, VCD_CALL_BYTES_SENT) < 1000000 && looks < 6000; looks++)
        EXPECT(VCD_PENDING, vcd_call_wait(call, 10, NULL));
    CHECK(call_int(call, VCD_CALL_BYTES_SENT) >= 1000000);
    EXPECT(VCD_OK, vcd_call_cancel(call));
    EXPECT(VCD_ERR_CANCELLED, vcd_call_wait(call, VCD_WAIT_FOREVER, NULL));
    vcd_call_free(call);
    check_session_works(client);
}

/* ------------------------------------------------------------------ larger than memory should get */

static long most;

static int32_t take_and_look(void *argument, const uint8_t *data, size_t length)
{
    long here = resident();

    most = most < here ? here : most;
    return take(argument, data, length);
}

static int64_t give_and_look(void *argument, uint8_t *buffer, size_t capacity)
{
    long here = resident();

    most = most < here ? here : most;
    return give(argument, buffer, capacity);
}

static void large(vcd_client *client)
{
    static taker taken;
    static giver given;
    char uri[256];
    vcd_call *call;
    long before;

    offer(LARGE, uri, NULL);
    before = most = resident();
    call = new_call(client, "GET", uri);
    EXPECT(VCD_OK, vcd_call_set_writer(call, take_and_look, &taken, NULL));
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_RECEIVED), LARGE);
    vcd_call_free(call);
    CHECK_INT(taken.received, LARGE);
    CHECK(most - before < 16384);

    before = most = resident();
    given.left = LARGE;
    call = new_call(client, "PUT", UPLOAD "large.bin");
    EXPECT(VCD_OK, vcd_call_set_reader(call, give_and_look, &given, LARGE, NULL));
    succeeds(call);
    CHECK_INT(call_int(call, VCD_CALL_BYTES_SENT), LARGE);
    vcd_call_free(call);
    CHECK_INT(given.left, 0);
    CHECK(most - before < 16384);
}

int main(void)
{
    vcd_client *client = signed_in();
    char uri[256], digest[65];

    offer(LENGTH, uri, digest);
    whole(client, uri);
    resumed(client, uri);
    own_range(client, uri);
    nothing_is_missing(client, uri);
    refused(client);
    given_up(client, uri);
    to_a_function(client, uri);
    from_files(client, digest);
    from_functions(client, digest);
    given_up_upload(client);
    large(client);
    vcd_client_free(client);
    return checks_passed();
}
