/*
 * Threads: started with one argument, joined for their result.
 */
#ifndef THREAD_H
#define THREAD_H

#include "check.h"
#include <pthread.h>

typedef pthread_t thread;

static inline thread thread_start(void *(*body)(void *), void *argument)
{
    pthread_t started;

    CHECK(pthread_create(&started, NULL, body, argument) == 0);
    return started;
}

static inline void *thread_join(thread started)
{
    void *result = NULL;

    CHECK(pthread_join(started, &result) == 0);
    return result;
}

#endif
