/* SPDX-License-Identifier: MIT */
/* The peer: takes connections, each on a thread of its own, peels off what wraps the request and refuses it
 * (RFC 9112). */
#include "peer/peer.h"

#include "base/arena.h"
#include "peer/line.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S  5 /* with a client that says nothing: some protocols begin with the server's words */
#define MOST_LAYERS 8 /* TLS, CONNECT and PROXY lines before a request */
#define LINE_BYTES  (1024 * 1024)

/* One connection and its thread. */
struct served {
    struct served *next;
    struct ht_peer *peer;
    pthread_t thread;
    int fd;
    bool through_proxy;
    atomic_bool over;
};

struct ht_peer {
    SSL_CTX *tls;
    struct served *all;
};

/* How a message begins, by its first line. */
enum opening { OPENING_REQUEST, OPENING_CONNECT, OPENING_HTTP2, OPENING_PROXY_LINE };

static const struct {
    const char *text;
    enum opening opening;
} openings[] = {
    {"CONNECT ", OPENING_CONNECT},
    {"PRI * HTTP/2.0\r\n", OPENING_HTTP2},
    {"PROXY TCP", OPENING_PROXY_LINE},
    {"PROXY UNKNOWN", OPENING_PROXY_LINE},
};

bool ht_line_set(struct ht_line *line, BIO *out)
{
    BIO *in = BIO_new(BIO_f_buffer());
    if (in == NULL) {
        BIO_free_all(out);
        return false;
    }
    BIO_push(in, out);
    *line = (struct ht_line){in, out};
    return true;
}

bool ht_line_read(struct ht_line *line, void *bytes, size_t len)
{
    char *at = bytes;
    for (size_t got = 0; got < len;) {
        int count = BIO_read(line->in, at + got, (int)(len - got));
        if (count <= 0)
            return false;
        got += (size_t)count;
    }
    return true;
}

/* To the next LF; what is past the room is dropped. False at the end of the stream. */
static bool read_line(struct ht_line *line, char *text, size_t room)
{
    size_t len = 0;
    for (size_t read = 0; read < LINE_BYTES; read++) {
        char c;
        if (!ht_line_read(line, &c, 1))
            return false;
        if (len + 1 < room)
            text[len++] = c;
        text[len] = '\0';
        if (c == '\n')
            return true;
    }
    return false;
}

static enum opening opening_of(const char *text)
{
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (strncmp(text, openings[i].text, strlen(openings[i].text)) == 0)
            return openings[i].opening;
    return OPENING_REQUEST;
}

static bool skip_fields(struct ht_line *line)
{
    char text[4];
    do {
        if (!read_line(line, text, sizeof text))
            return false;
    } while (strcmp(text, "\r\n") != 0 && strcmp(text, "\n") != 0);
    return true;
}

static bool say(struct ht_line *line, const char *text)
{
    return BIO_write(line->out, text, (int)strlen(text)) > 0;
}

/* Until the client closes: a reset would have it believe that its request failed. */
static void drain(struct ht_line *line)
{
    char bytes[4096];
    while (BIO_read(line->in, bytes, sizeof bytes) > 0)
        ;
}

/* One message in clear. True where another layer follows it. */
static bool take_message(struct ht_line *line)
{
    char first[32], rest[6];
    if (!read_line(line, first, sizeof first))
        return false;
    switch (opening_of(first)) {
    case OPENING_PROXY_LINE:
        return true;
    case OPENING_CONNECT:
        return skip_fields(line) && say(line, "HTTP/1.1 200 OK\r\n\r\n");
    case OPENING_HTTP2:
        if (skip_fields(line) && ht_line_read(line, rest, sizeof rest))
            ht_peer_http2(line);
        return false;
    case OPENING_REQUEST:
        if (skip_fields(line) &&
            say(line, "HTTP/1.1 400 Dry run\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
            drain(line);
        return false;
    }
    return false;
}

static void serve(struct served *served, struct ht_line *line)
{
    bool more = true;
    for (int layer = 0; layer < MOST_LAYERS && more; layer++) {
        unsigned char first = 0;
        if (BIO_buffer_peek(line->in, &first, 1) <= 0)
            return;
        more = first == SSL3_RT_HANDSHAKE
                   ? ht_peer_tls_accept(served->peer->tls, line, served->through_proxy && layer == 0)
                   : take_message(line);
    }
}

static void *run(void *arg)
{
    struct served *served = arg;
    struct ht_line line = {NULL, NULL};
    BIO *socket = BIO_new_socket(served->fd, BIO_NOCLOSE);
    if (socket && ht_line_set(&line, socket)) {
        serve(served, &line);
        BIO_free_all(line.in);
    }
    shutdown(served->fd, SHUT_RDWR);
    atomic_store(&served->over, true);
    return NULL;
}

struct ht_peer *ht_peer_new(void)
{
    struct ht_peer *peer = ht_malloc(sizeof *peer);
    *peer = (struct ht_peer){.tls = ht_peer_tls_new()};
    if (peer->tls)
        return peer;
    free(peer);
    return NULL;
}

static void join(struct served *served)
{
    pthread_join(served->thread, NULL);
    close(served->fd);
    free(served);
}

/* Of thousands of requests one after another few are under way. */
static void join_finished(struct ht_peer *peer)
{
    for (struct served **at = &peer->all; *at;) {
        struct served *served = *at;
        if (atomic_load(&served->over)) {
            *at = served->next;
            join(served);
        } else {
            at = &served->next;
        }
    }
}

/* Signals are the other threads' matter. */
static int start(struct served *served)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&served->thread, NULL, run, served);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

int ht_peer_connect(struct ht_peer *peer, bool through_proxy)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int ends[2];
    join_finished(peer);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    struct served *served = ht_malloc(sizeof *served);
    *served = (struct served){.next = peer->all, .peer = peer, .fd = ends[1], .through_proxy = through_proxy};
    int error = start(served);
    if (error == 0) {
        peer->all = served;
        return ends[0];
    }
    free(served);
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return -1;
}

void ht_peer_free(struct ht_peer *peer)
{
    if (peer == NULL)
        return;
    for (struct served *next, *at = peer->all; at; at = next) {
        next = at->next;
        shutdown(at->fd, SHUT_RDWR);
        join(at);
    }
    SSL_CTX_free(peer->tls);
    free(peer);
}
