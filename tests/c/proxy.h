/*
 * A proxy of a few lines: it opens tunnels (CONNECT) to this machine, for everybody, for who has the credential
 * user:pass, or for nobody.
 */
#ifndef PROXY_H
#define PROXY_H

#include "raw_server.h"

typedef enum { PROXY_OPEN, PROXY_WITH_CREDENTIAL, PROXY_REFUSES } proxy_kind;

typedef struct {
    proxy_kind kind;
    int listening;
    int port;
    /* How many tunnels were asked for, and opened. */
    int asked, opened;
    thread serving;
} proxy;

typedef struct {
    proxy *owner;
    int connection;
} proxy_connection;

static inline int proxy_send(int to, const char *bytes, size_t length)
{
    ssize_t sent = 0;

    while (length > 0 && (sent = send(to, bytes, length, MSG_NOSIGNAL)) > 0) {
        bytes += sent;
        length -= (size_t)sent;
    }
    return length == 0;
}

/* Carries bytes in both directions until one side ends. */
static inline void proxy_carry(int one, int other)
{
    struct pollfd ends[2];
    char bytes[16384];
    ssize_t count;
    int end;

    memset(ends, 0, sizeof ends);
    ends[0].fd = one;
    ends[1].fd = other;
    ends[0].events = ends[1].events = POLLIN;
    while (poll(ends, 2, -1) > 0)
        for (end = 0; end < 2; end++)
            if (ends[end].revents != 0) {
                count = recv(end == 0 ? one : other, bytes, sizeof bytes, 0);
                if (count <= 0 || !proxy_send(end == 0 ? other : one, bytes, (size_t)count))
                    return;
            }
}

static inline void *proxy_tunnel(void *argument)
{
    proxy_connection mine = *(proxy_connection *)argument;
    char head[8192] = "";
    size_t length = 0;
    ssize_t count;
    struct sockaddr_in address = {0};
    int port = 0, server;

    free(argument);
    while (length + 1 < sizeof head && strstr(head, "\r\n\r\n") == NULL
           && (count = recv(mine.connection, head + length, sizeof head - length - 1, 0)) > 0) {
        length += (size_t)count;
        head[length] = '\0';
    }
    if (sscanf(head, "CONNECT localhost:%d HTTP/1.1", &port) == 1) {
        __atomic_fetch_add(&mine.owner->asked, 1, __ATOMIC_SEQ_CST);
        if (mine.owner->kind == PROXY_REFUSES) {
            proxy_send(mine.connection, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 45);
        } else if (mine.owner->kind == PROXY_WITH_CREDENTIAL && strstr(head, "asic dXNlcjpwYXNz\r\n") == NULL) {
            proxy_send(mine.connection,
                       "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                       "Content-Length: 0\r\n\r\n", 102);
        } else {
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons((unsigned short)port);
            server = (int)socket(AF_INET, SOCK_STREAM, 0);
            if (connect(server, (struct sockaddr *)&address, sizeof address) == 0
                && proxy_send(mine.connection, "HTTP/1.1 200 Connection established\r\n\r\n", 39)) {
                __atomic_fetch_add(&mine.owner->opened, 1, __ATOMIC_SEQ_CST);
                proxy_carry(mine.connection, server);
            }
            socket_close(server);
        }
    }
    shutdown(mine.connection, SHUT_WR);
    while (recv(mine.connection, head, sizeof head, 0) > 0)
        continue;
    socket_close(mine.connection);
    return NULL;
}

static inline void *proxy_serve(void *argument)
{
    proxy *mine = argument;
    int connection;

    while ((connection = (int)accept(mine->listening, NULL, NULL)) >= 0) {
        proxy_connection *accepted = malloc(sizeof *accepted);

        CHECK(accepted != NULL);
        accepted->owner = mine;
        accepted->connection = connection;
        CHECK(pthread_detach(thread_start(proxy_tunnel, accepted)) == 0);
    }
    return NULL;
}

/* Serves until the program ends; `mine` has to live as long. */
static inline void proxy_start(proxy *mine, proxy_kind kind)
{
    memset(mine, 0, sizeof *mine);
    mine->kind = kind;
    mine->listening = listen_somewhere(&mine->port);
    mine->serving = thread_start(proxy_serve, mine);
}

#endif
