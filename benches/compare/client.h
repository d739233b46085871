/* What the sides of the comparison have in common (client.c), and what each of them is (ours.c, libcurl.c, raw.c). */
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>

/* Where it goes. */
struct target {
    const char *url;     /* https://localhost:PORT */
    const char *path;    /* of what is asked for */
    const char *ca_file; /* what to trust */
    int system_roots;    /* the system's authorities as well */
    int anonymous;       /* without signing in: the request is the first and only one */
};

/* What every request carries: an access token of 512 bytes, as the server hands it out. */
extern char authorization[];

/* Ends the program with a line about why. */
void fail(const char *what, const char *why);

/* What all threads of a side share: ours one client; the others nothing. */
void *side_open(const struct target *target);
void side_close(void *shared);
/* What one thread has for itself: libcurl a handle; ours nothing. */
void *side_thread(void *shared, const struct target *target);
void side_thread_end(void *own);
/* One GET. Its body is in memory of its own when this returns, and has been freed. Returns its length. */
size_t side_get(void *shared, void *own, const struct target *target);
/* Asks for so many pages of a list with eight requests in flight. Returns how many bytes came. */
size_t side_batch(void *shared, const struct target *target, int pages);

#endif
