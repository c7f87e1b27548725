/* SPDX-License-Identifier: MIT */
/*
 * Our own DNS query: takes a host whose lookup failed, asks the same resolvers over UDP with EDNS0 (RFC
 * 6891), gives what they said as events. Its socket is not a transfer's: the traced request does not notice.
 */
#include "tap/query.h"

#include "base/sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUERY_BYTES 512  /* a name of 255 bytes, a question and an OPT record */
#define REPLY_BYTES 1232 /* what the OPT record says that we take: no fragments (RFC 9715) */
#define OPT_BYTES   11
#define NAME_BYTES  256

struct question {
    uint8_t bytes[QUERY_BYTES];
    size_t len;
    uint16_t id;
    int type;
};

struct reply {
    bool came;
    int error; /* errno where it did not */
    struct ht_tap_answer answer;
    char server[INET6_ADDRSTRLEN];
};

/* res_mkquery() leaves the OPT record, without which no server may send extended errors, to the caller. */
static bool add_opt(struct question *q)
{
    const uint8_t opt[OPT_BYTES] = {0, 0, 41, REPLY_BYTES >> 8, REPLY_BYTES & 0xFF};
    const size_t arcount = 11; /* low byte of ARCOUNT (RFC 1035 section 4.1.1) */
    if (q->len <= arcount || q->len + OPT_BYTES > sizeof q->bytes)
        return false;
    memcpy(q->bytes + q->len, opt, OPT_BYTES);
    q->len += OPT_BYTES;
    q->bytes[arcount]++;
    return true;
}

static bool make_question(struct __res_state *state, const char *host, int type, struct question *q)
{
    int len = res_nmkquery(state, ns_o_query, host, ns_c_in, type, NULL, 0, NULL, q->bytes, QUERY_BYTES);
    if (len < 12)
        return false;
    q->len = (size_t)len;
    q->id = (uint16_t)(q->bytes[0] << 8 | q->bytes[1]);
    q->type = type;
    return add_opt(q);
}

/* glibc keeps IPv6 servers beside the others. */
static const struct sockaddr *server_at(const struct __res_state *state, int index, socklen_t *len)
{
    const struct sockaddr_in6 *six = state->_u._ext.nsaddrs[index];
    *len = six ? sizeof *six : sizeof state->nsaddr_list[index];
    return six ? (const struct sockaddr *)(const void *)six
               : (const struct sockaddr *)(const void *)&state->nsaddr_list[index];
}

static void name_server(const struct sockaddr *address, char *out, socklen_t size)
{
    const void *bytes = address->sa_family == AF_INET6
                            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (inet_ntop(address->sa_family, bytes, out, size) == NULL)
        out[0] = '\0';
}

/* Waits for the answer to this question; what else comes is dropped. */
static bool wait_for_answer(int fd, const struct question *q, int patience_ms, struct reply *reply)
{
    int64_t end = ht_clock_us() + patience_ms * INT64_C(1000);
    uint8_t bytes[REPLY_BYTES];
    for (;;) {
        int64_t left_us = end - ht_clock_us();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (left_us <= 0 || poll(&ready, 1, (int)(left_us / 1000) + 1) == 0) {
            reply->error = ETIMEDOUT;
            return false;
        }
        ssize_t len = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (len < 0 && errno != EAGAIN && errno != EINTR) {
            reply->error = errno;
            return false;
        }
        if (len > 0 && ht_tap_read_answer(ht_span(bytes, (size_t)len), q->id, q->type, &reply->answer))
            return true;
    }
}

static bool ask_server(const struct sockaddr *address, socklen_t len, const struct question *q,
                       int patience_ms, struct reply *reply)
{
    name_server(address, reply->server, sizeof reply->server);
    int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, address, len) != 0 || send(fd, q->bytes, q->len, 0) < 0) {
        reply->error = errno;
    } else {
        reply->came = wait_for_answer(fd, q, patience_ms, reply);
    }
    if (fd >= 0)
        close(fd);
    return reply->came;
}

static void emit_reply(struct ht_tap *tap, int32_t transfer, const char *host, int64_t begin_us,
                       const struct question *q, const struct reply *reply, const char *servers)
{
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_QUERY);
    raw.t_us = begin_us;
    raw.transfer = transfer;
    raw.u.query.host = ht_span_str(host);
    raw.u.query.server = ht_span_str(reply->came ? reply->server : servers);
    raw.u.query.type = q->type;
    raw.u.query.rcode = reply->came ? reply->answer.rcode : -1;
    raw.u.query.addresses = reply->came ? reply->answer.addresses : 0;
    raw.u.query.error = reply->came ? 0 : reply->error;
    raw.u.query.ede = ht_span_str(reply->answer.ede);
    raw.u.query.ede_text = ht_span(reply->answer.ede_text, reply->answer.ede_text_len);
    ht_tap_emit(tap, &raw);
}

static void note_silence(struct ht_tap *tap, const char *host, int64_t begin_us, int type,
                         const char *servers)
{
    struct ht_tap_silence *silence = &tap->silence;
    *silence = (struct ht_tap_silence){.begin_us = begin_us, .end_us = ht_tap_now(tap), .type = type};
    snprintf(silence->host, sizeof silence->host, "%s", host);
    snprintf(silence->servers, sizeof silence->servers, "%s", servers);
}

/* Asks one server after the other, as a resolver would; they share the patience. */
static bool ask(struct ht_tap *tap, int32_t transfer, struct __res_state *state, const char *host, int type,
                int64_t end_us, struct reply *reply)
{
    struct question q;
    struct ht_sink servers = ht_sink(0);
    int64_t begin_us = ht_tap_now(tap);
    *reply = (struct reply){.error = ENOENT};
    if (!make_question(state, host, type, &q))
        return false;
    for (int i = 0; i < state->nscount && !reply->came; i++) {
        socklen_t len;
        const struct sockaddr *address = server_at(state, i, &len);
        int left_ms = (int)((end_us - ht_tap_now(tap)) / 1000);
        if (left_ms > 0)
            ask_server(address, len, &q, left_ms / (state->nscount - i), reply);
        ht_sink_printf(&servers, "%s%s", servers.len ? ", " : "", reply->server);
    }
    emit_reply(tap, transfer, host, begin_us, &q, reply, ht_sink_text(&servers));
    if (reply->came)
        tap->silence.type = 0;
    else if (reply->error == ETIMEDOUT)
        note_silence(tap, host, begin_us, type, ht_sink_text(&servers));
    ht_sink_free(&servers);
    return reply->came;
}

bool ht_tap_query_shared(struct ht_tap *tap, int32_t transfer, int64_t since_us)
{
    const struct ht_tap_silence *silence = &tap->silence;
    if (silence->type == 0 || silence->begin_us < since_us)
        return false;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_QUERY);
    raw.t_us = silence->begin_us;
    raw.t_last_us = silence->end_us;
    raw.transfer = transfer;
    raw.u.query.host = ht_span_str(silence->host);
    raw.u.query.server = ht_span_str(silence->servers);
    raw.u.query.type = silence->type;
    raw.u.query.rcode = -1;
    raw.u.query.error = ETIMEDOUT;
    ht_tap_emit(tap, &raw);
    return true;
}

static bool copy_name(char *to, struct ht_span host)
{
    if (host.len == 0 || host.len >= NAME_BYTES)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        if (host.data[i] <= ' ' || host.data[i] >= 0x7F)
            return false;
    }
    memcpy(to, host.data, host.len);
    to[host.len] = '\0';
    return true;
}

void ht_tap_query(struct ht_tap *tap, int32_t transfer, struct ht_span host, int family, int patience_ms)
{
    struct __res_state state;
    struct reply reply;
    char name[NAME_BYTES];
    memset(&state, 0, sizeof state);
    if (!copy_name(name, host) || res_ninit(&state) != 0)
        return;
    int64_t end_us = ht_tap_now(tap) + patience_ms * INT64_C(1000);
    int first = family == AF_INET6 ? ns_t_aaaa : ns_t_a;
    bool came = ask(tap, transfer, &state, name, first, end_us, &reply);
    /* "No such data" for one family says nothing of the other. */
    if (came && family == AF_UNSPEC && reply.answer.rcode == ns_r_noerror && reply.answer.addresses == 0)
        ask(tap, transfer, &state, name, ns_t_aaaa, end_us, &reply);
    res_nclose(&state);
}
