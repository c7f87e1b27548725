/* SPDX-License-Identifier: MIT */
/* Servers for live tests: a child process that answers on a port of its own. */
#ifndef HT_TESTS_TAP_SERVER_H
#define HT_TESTS_TAP_SERVER_H

#include <sys/types.h>

struct server {
    pid_t pid;
    int port;
};

/* Forks; in the child `serve` gets each accepted connection and returns when it is to be closed. */
struct server server_start(void (*serve)(int fd, void *ctx), void *ctx);
/* The same on a Unix socket at `path`. */
struct server server_start_unix(const char *path, void (*serve)(int fd, void *ctx), void *ctx);
void server_stop(struct server *server);
/* A port of the loopback interface on which nobody listens. */
int server_free_port(void);

#endif
