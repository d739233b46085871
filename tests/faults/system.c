/*
 * Stands before the C library of a process (LD_PRELOAD) and makes the system one that has faults: a resolver that takes
 * its time, and a clock that somebody sets.
 *
 * FAULTS_RESOLVER_SECONDS  how long a name takes that begins with "slow"
 *                          (a name that begins with "both" has an address of this machine of each family, IPv6 first)
 * FAULTS_CLOCK_FILE        a file with the seconds by which the clock of the day is wrong; none while there is no file
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int (*resolve_function)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef int (*clock_function)(clockid_t, struct timespec *);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    const char *seconds = getenv("FAULTS_RESOLVER_SECONDS");
    resolve_function real;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name != NULL && strncmp(name, "slow", 4) == 0 && seconds != NULL) {
        sleep((unsigned)atoi(seconds));
        return EAI_AGAIN;
    }
    if (name != NULL && strncmp(name, "both", 4) == 0) {
        struct addrinfo *last, *fourth = NULL;
        int error = real("::1", service, hints, result);

        if (error != 0)
            return error;
        error = real("127.0.0.1", service, hints, &fourth);
        for (last = *result; last->ai_next != NULL; last = last->ai_next)
            continue;
        last->ai_next = fourth;
        return error;
    }
    return real(name, service, hints, result);
}

int clock_gettime(clockid_t which, struct timespec *time)
{
    static clock_function real;
    const char *path = getenv("FAULTS_CLOCK_FILE");
    int result;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    result = real(which, time);
    if (which == CLOCK_REALTIME && path != NULL) {
        int file = open(path, O_RDONLY | O_CLOEXEC);

        if (file >= 0) {
            char text[32] = "";

            if (read(file, text, sizeof text - 1) > 0)
                time->tv_sec += atol(text);
            close(file);
        }
    }
    return result;
}
