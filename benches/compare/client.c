/*
 * A client program of the comparison.
 *
 *   PROGRAM MODE URL PATH CA-FILE [COUNT [OTHER]]
 *
 *   get COUNT WARM     COUNT requests one after the other, after WARM others; the median in microseconds
 *   repeat COUNT WARM  the same without a watch
 *   threads COUNT N    N threads with COUNT requests each, after a tenth of them; requests in a second
 *   batch COUNT        COUNT pages of a list, eight in flight; milliseconds in all, after the first time
 *   first              one request without signing in, trusting the file alone
 *   first-system       the same, trusting the system's authorities as well
 *   memory             one request; kilobytes that are resident then
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

char authorization[600];

void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why != NULL ? why : "no reason given");
    exit(1);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static void get(const struct target *target, int count, int warm)
{
    void *shared = side_open(target), *own = side_thread(shared, target);
    double *taken = malloc(sizeof *taken * (size_t)count);
    int i;

    for (i = 0; i < warm; i++)
        side_get(shared, own, target);
    for (i = 0; i < count; i++) {
        double before = now();
        side_get(shared, own, target);
        taken[i] = now() - before;
    }
    qsort(taken, (size_t)count, sizeof *taken, by_size);
    printf("p50_us %.3f\n", taken[count / 2]);
    free(taken);
    side_thread_end(own);
    side_close(shared);
}

static void repeat(const struct target *target, int count)
{
    void *shared = side_open(target), *own = side_thread(shared, target);

    while (count-- > 0)
        side_get(shared, own, target);
    side_thread_end(own);
    side_close(shared);
}

struct work {
    pthread_t thread;
    pthread_barrier_t *start;
    const struct target *target;
    void *shared;
    int count;
};

static void *run(void *argument)
{
    struct work *work = argument;
    void *own = side_thread(work->shared, work->target);
    int i;

    for (i = 0; i < work->count / 10 + 1; i++)
        side_get(work->shared, own, work->target);
    pthread_barrier_wait(work->start);
    for (i = 0; i < work->count; i++)
        side_get(work->shared, own, work->target);
    pthread_barrier_wait(work->start);
    side_thread_end(own);
    return NULL;
}

static void threads(const struct target *target, int count, int threads)
{
    void *shared = side_open(target);
    struct work *all = calloc((size_t)threads, sizeof *all);
    pthread_barrier_t start;
    double before;
    int i;

    pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
    for (i = 0; i < threads; i++) {
        all[i].start = &start;
        all[i].target = target;
        all[i].shared = shared;
        all[i].count = count;
        if (pthread_create(&all[i].thread, NULL, run, &all[i]) != 0)
            fail("thread", "cannot be made");
    }
    pthread_barrier_wait(&start);
    before = now();
    pthread_barrier_wait(&start);
    printf("per_second %.1f\n", (double)count * threads / (now() - before) * 1e6);
    for (i = 0; i < threads; i++)
        pthread_join(all[i].thread, NULL);
    pthread_barrier_destroy(&start);
    free(all);
    side_close(shared);
}

static void batch(const struct target *target, int pages)
{
    void *shared = side_open(target);
    double before;

    /* All connections stand after this. */
    side_batch(shared, target, pages < 32 ? pages : 32);
    before = now();
    if (side_batch(shared, target, pages) != (size_t)pages * 61650)
        fail("batch", "not all bytes came");
    printf("batch_ms %.3f\n", (now() - before) / 1e3);
    side_close(shared);
}

static void first(const struct target *target, int memory)
{
    double before = now();
    void *shared = side_open(target), *own = side_thread(shared, target);
    char line[200];
    FILE *status;

    side_get(shared, own, target);
    printf("inside_ms %.3f\n", (now() - before) / 1e3);
    if (memory && (status = fopen("/proc/self/status", "r")) != NULL) {
        while (fgets(line, sizeof line, status) != NULL)
            if (strncmp(line, "VmRSS:", 6) == 0)
                printf("resident_kb %ld\n", strtol(line + 6, NULL, 10));
        fclose(status);
    }
    side_thread_end(own);
    side_close(shared);
}

int main(int argc, char **argv)
{
    struct target target = {0};
    const char *mode;
    int count, other;

    if (argc < 5)
        fail(argv[0], "MODE URL PATH CA-FILE [COUNT [OTHER]]");
    mode = argv[1];
    target.url = argv[2];
    target.path = argv[3];
    target.ca_file = argv[4];
    count = argc > 5 ? atoi(argv[5]) : 1;
    other = argc > 6 ? atoi(argv[6]) : 0;
    target.anonymous = strncmp(mode, "first", 5) == 0;
    target.system_roots = strcmp(mode, "first-system") == 0;
    strcpy(authorization, "Authorization: Bearer ");
    while (strlen(authorization) < 22 + 512)
        strcat(authorization, "abcdefgh");

    if (strcmp(mode, "get") == 0)
        get(&target, count, other);
    else if (strcmp(mode, "repeat") == 0)
        repeat(&target, count + other);
    else if (strcmp(mode, "threads") == 0)
        threads(&target, count, other);
    else if (strcmp(mode, "batch") == 0)
        batch(&target, count);
    else if (target.anonymous || strcmp(mode, "memory") == 0)
        first(&target, !target.anonymous);
    else
        fail(mode, "there is no such mode");
    return 0;
}
