/* SPDX-License-Identifier: MIT */
/* Listens for every row asked for and serves each connection in a process of its own. */
#include "lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ADDRESSES = 2, CONNECTION_SECONDS = 600 };

struct port {
    const struct lab_row *row;
    const struct lab_tls *tls;
    int fds[ADDRESSES]; /* -1: not listening there */
    int number;
    SSL_CTX *context;
    char url[320];
};

struct lab {
    const struct lab_options *options;
    struct lab_pki *pki;
    struct port *ports;
    size_t count;
    char dir[256], ca_file[512]; /* dir: empty where the user said where the CA file goes */
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

/* What --tls puts around a row that speaks HTTP in clear. */
static const struct lab_tls plain_in_tls = {.alpn = "http/1.1"};

/* Nonblocking connects of our own take the places in the backlog; from then on SYNs are dropped. */
static void fill_backlog(const struct sockaddr *address, socklen_t size)
{
    for (int i = 0; i < 3; i++) {
        int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0 || (connect(fd, address, size) != 0 && errno != EINPROGRESS)) {
            lab_die("filling the backlog");
        }
    }
}

/* The fd; *number is the port, chosen here where it was 0. -1 where the address cannot be had. */
static int open_port(const char *host, int *number, enum lab_listen kind)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *info;
    char service[8];
    snprintf(service, sizeof service, "%d", *number);
    if (getaddrinfo(host, service, &hints, &info) != 0) {
        return -1;
    }
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
              getsockname(fd, (struct sockaddr *)&bound, &size) == 0 &&
              (kind == LAB_LISTEN_CLOSED || listen(fd, kind == LAB_LISTEN_FULL ? 0 : SOMAXCONN) == 0);
    freeaddrinfo(info);
    if (!ok) {
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    /* The port lies at the same place in both families' addresses. */
    *number = ntohs(((const struct sockaddr_in *)&bound)->sin_port);
    if (kind == LAB_LISTEN_FULL) {
        fill_backlog((const struct sockaddr *)&bound, size);
    }
    return fd;
}

/* One port, on both loopback addresses where the host has both, so that "localhost" meets it at first try. */
static bool open_row(struct port *port, const struct lab_options *options, int number)
{
    const char *first = options->host ? options->host : "127.0.0.1";
    for (int tries = 0; tries < 20; tries++) {
        port->number = number;
        port->fds[0] = open_port(first, &port->number, port->row->listen);
        if (port->fds[0] < 0 || options->host) {
            return port->fds[0] >= 0;
        }
        port->fds[1] = open_port("::1", &port->number, port->row->listen);
        if (port->fds[1] >= 0 || errno != EADDRINUSE) {
            return true;
        }
        close(port->fds[0]);
        if (number != 0) {
            return false;
        }
    }
    return false;
}

static void name_url(struct port *port, const struct lab_options *options)
{
    const char *name = options->name ? options->name : options->host ? options->host : "localhost";
    bool v6 = strchr(name, ':') != NULL;
    snprintf(port->url, sizeof port->url, "%s://%s%s%s:%d/",
             port->row->scheme == LAB_HTTPS || port->tls == &plain_in_tls ? "https" : "http", v6 ? "[" : "",
             name, v6 ? "]" : "", port->number);
}

static void open_ports(struct lab *lab, const struct lab_row *const *rows)
{
    for (size_t i = 0; i < lab->count; i++) {
        struct port *port = &lab->ports[i];
        const struct lab_options *options = lab->options;
        bool wrap = options->tls && rows[i]->scheme == LAB_HTTP && !rows[i]->tls;
        *port = (struct port){.row = rows[i], .tls = wrap ? &plain_in_tls : rows[i]->tls, .fds = {-1, -1}};
        if (!open_row(port, options, options->port ? options->port + (int)i : 0)) {
            fprintf(stderr, "httptrace-lab: cannot listen for %s: %s\n", port->row->code, strerror(errno));
            exit(2);
        }
        name_url(port, options);
        port->context = lab_tls_context(port->tls, lab->pki);
    }
}

static void write_ca(struct lab *lab)
{
    const char *tmp = getenv("TMPDIR");
    if (lab->options->ca_file) {
        snprintf(lab->ca_file, sizeof lab->ca_file, "%s", lab->options->ca_file);
    } else {
        snprintf(lab->dir, sizeof lab->dir, "%s/httptrace-lab.XXXXXX", tmp && *tmp ? tmp : "/tmp");
        if (!mkdtemp(lab->dir)) {
            perror("httptrace-lab: a directory for the CA file");
            exit(2);
        }
        snprintf(lab->ca_file, sizeof lab->ca_file, "%s/ca.pem", lab->dir);
    }
    if (!lab_pki_write(lab->pki, lab->ca_file)) {
        fprintf(stderr, "httptrace-lab: cannot write %s: %s\n", lab->ca_file, strerror(errno));
        exit(2);
    }
}

static void announce(const struct lab *lab)
{
    printf("ca %s\n", lab->ca_file);
    for (size_t i = 0; i < lab->count; i++) {
        printf("%s %s\n", lab->ports[i].row->code, lab->ports[i].url);
    }
    fflush(stdout);
}

/* In the child: everything it holds ends with it. */
static _Noreturn void serve(const struct port *port, int fd)
{
    static struct lab_peer peer;
    peer = (struct lab_peer){.fd = fd, .context = port->context, .row = port->row, .url = port->url};
    if (!port->context || port->row->own_handshake || lab_tls_accept(&peer)) {
        port->row->serve(&peer);
    }
    lab_fin(&peer);
    _exit(0);
}

static void start_child(const struct lab *lab, const struct port *port, int fd, pid_t parent)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(0);
        }
        for (size_t i = 0; i < lab->count; i++) {
            for (int a = 0; a < ADDRESSES; a++) {
                if (lab->ports[i].fds[a] >= 0) {
                    close(lab->ports[i].fds[a]);
                }
            }
        }
        signal(SIGTERM, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        alarm(CONNECTION_SECONDS);
        serve(port, fd);
    }
    close(fd);
}

static void close_port(struct port *port)
{
    for (int a = 0; a < ADDRESSES; a++) {
        if (port->fds[a] >= 0) {
            close(port->fds[a]);
        }
        port->fds[a] = -1;
    }
}

static void take_connection(struct lab *lab, struct port *port, int listener, pid_t parent)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
    if (fd < 0) {
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* or a small answer waits for a delayed ACK */
    start_child(lab, port, fd, parent);
    if (lab->options->once) {
        close_port(port);
    }
}

/* Polls nothing for ports where nobody listens: they do their work by being there. */
static nfds_t fill_poll(const struct lab *lab, struct pollfd *polls)
{
    for (size_t i = 0; i < lab->count * ADDRESSES; i++) {
        const struct port *port = &lab->ports[i / ADDRESSES];
        bool live = port->row->listen == LAB_LISTEN;
        polls[i] = (struct pollfd){.fd = live ? port->fds[i % ADDRESSES] : -1, .events = POLLIN};
    }
    return (nfds_t)(lab->count * ADDRESSES);
}

static bool any_open(const struct lab *lab)
{
    for (size_t i = 0; i < lab->count; i++) {
        if (lab->ports[i].fds[0] >= 0 || lab->ports[i].fds[1] >= 0) {
            return true;
        }
    }
    return false;
}

static void serve_until_stopped(struct lab *lab, const sigset_t *unblocked)
{
    struct pollfd *polls = calloc(lab->count * ADDRESSES, sizeof *polls);
    pid_t self = getpid();
    while (polls && !stopped && any_open(lab)) {
        nfds_t count = fill_poll(lab, polls);
        if (ppoll(polls, count, NULL, unblocked) <= 0) {
            continue;
        }
        for (nfds_t i = 0; i < count; i++) {
            if (polls[i].revents) {
                take_connection(lab, &lab->ports[i / ADDRESSES], polls[i].fd, self);
            }
        }
    }
    free(polls);
    sigprocmask(SIG_SETMASK, unblocked, NULL);
    while (!stopped && (wait(NULL) > 0 || errno == EINTR)) {
    }
}

static void clean_up(struct lab *lab)
{
    for (size_t i = 0; i < lab->count; i++) {
        close_port(&lab->ports[i]);
        SSL_CTX_free(lab->ports[i].context);
    }
    if (*lab->dir) {
        unlink(lab->ca_file);
        rmdir(lab->dir);
    }
    lab_pki_free(lab->pki);
    free(lab->ports);
}

int lab_run(const struct lab_options *options, const struct lab_row *const *rows, size_t count)
{
    struct lab lab = {.options = options,
                      .pki = lab_pki_new(options->name ? options->name : options->host),
                      .ports = calloc(count, sizeof *lab.ports),
                      .count = count};
    sigset_t blocked, unblocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &unblocked); /* only ppoll may be interrupted: no signal is missed */
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = stop}, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN); /* nobody asks how a child ended: no zombies */
    if (!lab.ports) {
        lab_die("memory");
    }
    open_ports(&lab, rows);
    write_ca(&lab);
    announce(&lab);
    serve_until_stopped(&lab, &unblocked);
    clean_up(&lab);
    return 0;
}
