/* SPDX-License-Identifier: MIT */
/* One answer on a loopback socket: a thread takes connections and gives each request the same bytes back. */
#ifndef HT_TESTS_FETCH_SERVER_H
#define HT_TESTS_FETCH_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
    int fd, port;
    const char *answer;
    pthread_t thread;
};

static inline void server_answer(int fd, const char *answer)
{
    char block[4096];
    size_t len = 0;
    ssize_t got;
    while (len < sizeof block - 1 && (got = read(fd, block + len, sizeof block - 1 - len)) > 0) {
        len += (size_t)got;
        block[len] = '\0';
        if (strstr(block, "\r\n\r\n"))
            break;
    }
    for (size_t at = 0, all = strlen(answer); at < all;) {
        ssize_t wrote = write(fd, answer + at, all - at);
        if (wrote <= 0)
            break;
        at += (size_t)wrote;
    }
    close(fd);
}

static inline void *server_run(void *ctx)
{
    const struct server *server = ctx;
    int fd;
    while ((fd = accept(server->fd, NULL, NULL)) >= 0)
        server_answer(fd, server->answer);
    return NULL;
}

static inline void server_start(struct server *server, const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server->answer = answer;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(server->fd, 8), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, server_run, server), 0);
}

static inline void server_stop(struct server *server)
{
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->fd);
}

#endif
