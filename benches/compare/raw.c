/* The floor: a socket, OpenSSL, a request that is written beforehand, and no more reading than it takes. */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

struct own {
    SSL *tls;
    int socket;
    char request[2000];
    size_t length;
};

void *side_open(const struct target *target)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (context == NULL || SSL_CTX_load_verify_locations(context, target->ca_file, NULL) != 1)
        fail("TLS", "the CA cannot be read");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return context;
}

void side_close(void *shared)
{
    SSL_CTX_free(shared);
}

void *side_thread(void *shared, const struct target *target)
{
    struct own *own = calloc(1, sizeof *own);
    struct addrinfo hints = {0}, *found;
    const char *port = strrchr(target->url, ':') + 1;
    int one = 1;

    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = AF_INET;
    if (getaddrinfo("localhost", port, &hints, &found) != 0)
        fail("localhost", "is not known");
    own->socket = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (connect(own->socket, found->ai_addr, found->ai_addrlen) != 0)
        fail("connect", "refused");
    freeaddrinfo(found);
    setsockopt(own->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    own->tls = SSL_new(shared);
    SSL_set_fd(own->tls, own->socket);
    SSL_set_tlsext_host_name(own->tls, "localhost");
    SSL_set1_host(own->tls, "localhost");
    if (SSL_connect(own->tls) != 1)
        fail("TLS", ERR_error_string(ERR_get_error(), NULL));
    own->length = (size_t)snprintf(own->request, sizeof own->request,
                                   "GET %s HTTP/1.1\r\nHost: localhost:%s\r\nUser-Agent: bench/1.0\r\n"
                                   "Accept: application/json;version=38.1\r\n%s\r\n\r\n",
                                   target->path, port, authorization);
    return own;
}

void side_thread_end(void *argument)
{
    struct own *own = argument;

    SSL_free(own->tls);
    close(own->socket);
    free(own);
}

size_t side_get(void *shared, void *argument, const struct target *target)
{
    struct own *own = argument;
    char head[4096], *end = NULL, *length_text, *body;
    size_t have = 0, length, came;
    int count;

    (void)shared;
    (void)target;
    if (SSL_write(own->tls, own->request, (int)own->length) <= 0)
        fail("write", "failed");
    while (end == NULL) {
        count = SSL_read(own->tls, head + have, (int)(sizeof head - 1 - have));
        if (count <= 0)
            fail("read", "failed");
        have += (size_t)count;
        head[have] = 0;
        end = strstr(head, "\r\n\r\n");
    }
    length_text = strcasestr(head, "content-length:");
    if (length_text == NULL)
        fail("read", "no length");
    length = strtoul(length_text + 15, NULL, 10);
    body = malloc(length);
    came = have - (size_t)(end + 4 - head);
    memcpy(body, end + 4, came);
    while (came < length) {
        count = SSL_read(own->tls, body + came, (int)(length - came));
        if (count <= 0)
            fail("read", "failed");
        came += (size_t)count;
    }
    free(body);
    return length;
}

size_t side_batch(void *shared, const struct target *target, int pages)
{
    (void)shared;
    (void)target;
    (void)pages;
    fail("batch", "the floor has none");
    return 0;
}
