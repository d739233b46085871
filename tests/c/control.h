/*
 * The simulator's control endpoint: faults on demand, what was received, waiting for it. A tiny HTTP client over
 * plain sockets, so that the tests depend on nothing that they test.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "check.h"
#include "portable.h"

/* The value of an environment variable that the driver of the tests sets. */
static inline const char *setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL) {
        fprintf(stderr, "the environment variable %s is not set\n", name);
        _Exit(2);
    }
    return value;
}

/*
 * Asks the control endpoint and returns the HTTP status. What answers goes into `answer` as text, as far as it
 * fits. `body` may be NULL.
 */
static inline int control(const char *method, const char *target, const char *body, char *answer, size_t capacity)
{
    static const char prefix[] = "http://localhost:";
    const char *url = setting("VCD_CONTROL_URL");
    struct sockaddr_in address = {0};
    char head[2048], discarded[1024];
    size_t length = 0;
    ssize_t got;
    int connection, status = 0, written;
    char *end;

    CHECK(strncmp(url, prefix, sizeof prefix - 1) == 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)strtoul(url + sizeof prefix - 1, NULL, 10));
    connection = (int)socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connection >= 0);
    CHECK(connect(connection, (struct sockaddr *)&address, sizeof address) == 0);
    body = body == NULL ? "" : body;
    written = snprintf(head, sizeof head,
                       "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %lu\r\n\r\n", method,
                       target, (unsigned long)strlen(body));
    CHECK(written > 0 && (size_t)written < sizeof head);
    CHECK(send(connection, head, (size_t)written, 0) == written);
    CHECK(send(connection, body, strlen(body), 0) == (ssize_t)strlen(body));
    while (length + 1 < capacity && (got = recv(connection, answer + length, capacity - length - 1, 0)) > 0)
        length += (size_t)got;
    answer[length] = '\0';
    while (recv(connection, discarded, sizeof discarded, 0) > 0)
        continue;
    CHECK(socket_close(connection) == 0);
    CHECK(sscanf(answer, "HTTP/1.1 %d", &status) == 1);
    end = strstr(answer, "\r\n\r\n");
    CHECK(end != NULL);
    memmove(answer, end + 4, strlen(end + 4) + 1);
    return status;
}

/* Asks for something to be done, such as "/expire" or "/fault?kind=hang&path=/cloudapi". */
static inline void control_do(const char *target)
{
    char answer[1024];
    int status = control("POST", target, NULL, answer, sizeof answer);

    if (status != 204)
        fprintf(stderr, "POST %s answers %d: %s\n", target, status, answer);
    CHECK_INT(status, 204);
}

/* The same with its parameters as a JSON object. */
static inline void control_do_json(const char *target, const char *json)
{
    char answer[1024];
    int status = control("POST", target, json, answer, sizeof answer);

    if (status != 204)
        fprintf(stderr, "POST %s %s answers %d: %s\n", target, json, status, answer);
    CHECK_INT(status, 204);
}

/* A counter of /stats, such as "exchanges". */
static inline long long control_count(const char *name)
{
    char answer[1024], key[64];
    long long number = -1;
    const char *found;

    CHECK_INT(control("GET", "/stats", NULL, answer, sizeof answer), 200);
    snprintf(key, sizeof key, "\"%s\":", name);
    found = strstr(answer, key);
    CHECK(found != NULL && sscanf(found + strlen(key), "%lld", &number) == 1);
    return number;
}

/* How many requests whose path starts like this stand in the simulator's log. */
static inline int control_requests(const char *path)
{
    const size_t capacity = 8 << 20;
    char target[512], *answer = malloc(capacity);
    const char *found;
    int count = 0;

    CHECK(answer != NULL);
    snprintf(target, sizeof target, "/requests?path=%s", path);
    CHECK_INT(control("GET", target, NULL, answer, capacity), 200);
    for (found = answer; (found = strstr(found, "\"target\":")) != NULL; found++)
        count++;
    free(answer);
    return count;
}

/* Waits until so many requests have been received whose path starts like this. */
static inline void control_wait_for_requests(const char *path, int count)
{
    char target[512], answer[256];

    snprintf(target, sizeof target, "/wait?event=request&timeoutMs=60000&path=%s&count=%d", path, count);
    CHECK_INT(control("GET", target, NULL, answer, sizeof answer), 200);
}

/* Waits until the server has seen so many clients go away before they had their answer. */
static inline void control_wait_for_aborts(const char *path, int count)
{
    char target[512], answer[256];

    snprintf(target, sizeof target, "/wait?event=abort&timeoutMs=60000&path=%s&count=%d", path, count);
    CHECK_INT(control("GET", target, NULL, answer, sizeof answer), 200);
}

/*
 * Another HTTPS address of the simulator, with a certificate of this kind ("expired", "self-signed", ...). The
 * texts have room for 512 bytes each.
 */
static inline void control_listen(const char *certificate, char *url, char *ca_file, char *fingerprint)
{
    char target[128], answer[2048];

    snprintf(target, sizeof target, "/listen?certificate=%s", certificate);
    CHECK_INT(control("POST", target, NULL, answer, sizeof answer), 200);
    CHECK(sscanf(answer, "{\"url\":\"%511[^\"]\",\"caFile\":\"%511[^\"]\",\"fingerprint\":\"%511[^\"]\"}", url, ca_file,
                 fingerprint)
          == 3);
}

#endif
