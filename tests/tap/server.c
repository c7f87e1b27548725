/* SPDX-License-Identifier: MIT */
/* Servers for live tests: takes a function, gives a child process that calls it for every connection. */
#include "unit.h"

#include "server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int bind_loopback(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void serve_all(int listener, void (*serve)(int, void *), void *ctx)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        serve(fd, ctx);
        close(fd);
    }
}

static pid_t fork_server(int listener, void (*serve)(int, void *), void *ctx)
{
    assert_int_equal(listen(listener, 16), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        serve_all(listener, serve, ctx);
    close(listener);
    return pid;
}

struct server server_start(void (*serve)(int, void *), void *ctx)
{
    struct server server;
    int listener = bind_loopback(&server.port);
    server.pid = fork_server(listener, serve, ctx);
    return server;
}

struct server server_start_unix(const char *path, void (*serve)(int, void *), void *ctx)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    return (struct server){fork_server(listener, serve, ctx), 0};
}

void server_stop(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
}

int server_free_port(void)
{
    int port;
    close(bind_loopback(&port));
    return port;
}
