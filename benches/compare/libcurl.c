/* libcurl: a handle per thread that keeps its connection, and curl_multi for batches. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

/* A body as it comes. */
struct body {
    char *data;
    size_t length, capacity;
};

/* What a thread keeps. */
struct own {
    CURL *curl;
    struct curl_slist *headers;
    struct body body;
    char url[300];
};

static size_t receive(char *data, size_t size, size_t count, void *user)
{
    struct body *body = user;
    size_t length = size * count;

    if (body->length + length > body->capacity) {
        body->capacity = (body->length + length) * 2;
        body->data = realloc(body->data, body->capacity);
        if (body->data == NULL)
            return 0;
    }
    memcpy(body->data + body->length, data, length);
    body->length += length;
    return length;
}

void *side_open(const struct target *target)
{
    (void)target;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return NULL;
}

void side_close(void *shared)
{
    (void)shared;
    curl_global_cleanup();
}

void *side_thread(void *shared, const struct target *target)
{
    struct own *own = calloc(1, sizeof *own);

    (void)shared;
    own->curl = curl_easy_init();
    own->headers = curl_slist_append(own->headers, "Accept: application/json;version=38.1");
    if (!target->anonymous)
        own->headers = curl_slist_append(own->headers, authorization);
    snprintf(own->url, sizeof own->url, "%s%s", target->url, target->path);
    curl_easy_setopt(own->curl, CURLOPT_URL, own->url);
    curl_easy_setopt(own->curl, CURLOPT_HTTPHEADER, own->headers);
    curl_easy_setopt(own->curl, CURLOPT_USERAGENT, "bench/1.0");
    curl_easy_setopt(own->curl, CURLOPT_CAINFO, target->ca_file);
    curl_easy_setopt(own->curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(own->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(own->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(own->curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(own->curl, CURLOPT_WRITEDATA, &own->body);
    curl_easy_setopt(own->curl, CURLOPT_PRIVATE, own);
    return own;
}

void side_thread_end(void *argument)
{
    struct own *own = argument;

    curl_easy_cleanup(own->curl);
    curl_slist_free_all(own->headers);
    free(own);
}

/* The body of a request that has ended. */
static size_t take(struct own *own, CURLcode code)
{
    size_t length = own->body.length;
    long status = 0;

    if (code != CURLE_OK)
        fail("GET", curl_easy_strerror(code));
    curl_easy_getinfo(own->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        fail("GET", "not 200");
    free(own->body.data);
    memset(&own->body, 0, sizeof own->body);
    return length;
}

size_t side_get(void *shared, void *argument, const struct target *target)
{
    struct own *own = argument;

    (void)shared;
    (void)target;
    return take(own, curl_easy_perform(own->curl));
}

size_t side_batch(void *shared, const struct target *target, int pages)
{
    static CURLM *multi; /* Keeps the connections from one batch to the next. */
    static struct own *all[8];
    int started = 0, running = 0, done = 0, left, i;
    size_t length = 0;
    CURLMsg *message;

    if (multi == NULL) {
        multi = curl_multi_init();
        for (i = 0; i < 8; i++)
            all[i] = side_thread(shared, target);
    }
    for (i = 0; i < 8 && started < pages; i++) {
        snprintf(all[i]->url, sizeof all[i]->url, "%s%s&pages=%d&page=%d", target->url, target->path, pages, ++started);
        curl_easy_setopt(all[i]->curl, CURLOPT_URL, all[i]->url);
        curl_multi_add_handle(multi, all[i]->curl);
    }
    while (done < pages) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            fail("curl_multi_perform", NULL);
        while ((message = curl_multi_info_read(multi, &left)) != NULL) {
            struct own *own;

            if (message->msg != CURLMSG_DONE)
                continue;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&own);
            length += take(own, message->data.result);
            done++;
            curl_multi_remove_handle(multi, own->curl);
            if (started < pages) {
                snprintf(own->url, sizeof own->url, "%s%s&pages=%d&page=%d", target->url, target->path, pages, ++started);
                curl_easy_setopt(own->curl, CURLOPT_URL, own->url);
                curl_multi_add_handle(multi, own->curl);
                running++;
            }
        }
        if (done < pages)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    return length;
}
