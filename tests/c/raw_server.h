/*
 * A server of a few lines that answers every request with the same bytes, whatever they are, or with what a function
 * makes of the request. For answers that no HTTP server would give.
 */
#ifndef RAW_SERVER_H
#define RAW_SERVER_H

#include "control.h"
#include "thread.h"

typedef struct {
    int listening;
    int port;
    const char *answer;
    /* In place of the answer: makes one of the request's head. NULL for none. */
    const char *(*answer_to)(const char *head);
    /* The head of the last request. Good when the server has been stopped. */
    char head[8192];
    int connections;
    thread serving;
} raw_server;

static inline void *raw_serve(void *argument)
{
    raw_server *server = argument;
    int connection;

    while ((connection = (int)accept(server->listening, NULL, NULL)) >= 0) {
        size_t length = 0, sent = 0;
        const char *answer;
        ssize_t count = 1;

        __atomic_fetch_add(&server->connections, 1, __ATOMIC_SEQ_CST);
        server->head[0] = '\0';
        while (length + 1 < sizeof server->head && strstr(server->head, "\r\n\r\n") == NULL
               && (count = recv(connection, server->head + length, sizeof server->head - length - 1, 0)) > 0) {
            length += (size_t)count;
            server->head[length] = '\0';
        }
        answer = server->answer_to == NULL ? server->answer : server->answer_to(server->head);
        while (sent < strlen(answer)
               && (count = send(connection, answer + sent, strlen(answer) - sent, MSG_NOSIGNAL)) > 0)
            sent += (size_t)count;
        /* To the end, so that the client sees a close and no reset. */
        shutdown(connection, SHUT_WR);
        {
            char rest[1024];

            while (recv(connection, rest, sizeof rest, 0) > 0)
                continue;
        }
        socket_close(connection);
    }
    return NULL;
}

/* A port of this machine. */
static inline int listen_somewhere(int *port)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    int listening = (int)socket(AF_INET, SOCK_STREAM, 0);

    CHECK(listening >= 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listening, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listening, 16) == 0);
    CHECK(getsockname(listening, (struct sockaddr *)&address, &length) == 0);
    *port = ntohs(address.sin_port);
    return listening;
}

static inline void raw_start(raw_server *server, const char *answer)
{
    memset(server, 0, sizeof *server);
    server->answer = answer;
    server->listening = listen_somewhere(&server->port);
    server->serving = thread_start(raw_serve, server);
}

/* One that answers with what the function makes of each request. */
static inline void raw_start_with(raw_server *server, const char *(*answer_to)(const char *head))
{
    memset(server, 0, sizeof *server);
    server->answer_to = answer_to;
    server->listening = listen_somewhere(&server->port);
    server->serving = thread_start(raw_serve, server);
}

static inline void raw_stop(raw_server *server)
{
#ifdef _WIN32
    /* There this wakes who waits for a connection, and a shutdown does not. */
    CHECK(socket_close(server->listening) == 0);
    thread_join(server->serving);
#else
    CHECK(shutdown(server->listening, SHUT_RDWR) == 0);
    thread_join(server->serving);
    CHECK(socket_close(server->listening) == 0);
#endif
}

#endif
