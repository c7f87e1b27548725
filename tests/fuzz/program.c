/* SPDX-License-Identifier: MIT */
/* Takes bytes, gives the raw events of the run that they spell. */
#include "program.h"

#include <netinet/in.h>
#include <stdbool.h>

enum { TRANSFERS = 8, SOCKETS = 8 }; /* more teach nothing */

const char *program_proxy(uint8_t which)
{
    static const char *const proxies[] = {"", "http://user:pw@proxy.example:3128", "https://proxy.example",
                                          "socks5h://proxy.example:1080", "socks4://proxy.example"};
    return proxies[which % (sizeof proxies / sizeof *proxies)];
}

static struct ht_raw make(struct program *program, enum ht_raw_kind kind)
{
    program->now_us += 7;
    return (struct ht_raw){.kind = kind,
                           .t_us = program->now_us,
                           .t_last_us = program->now_us,
                           .socket = program->socket,
                           .transfer = program->transfer};
}

static void give(struct program *program, const struct ht_raw *raw)
{
    program->sink.take(program->sink.ctx, raw);
}

static void open_socket(struct program *program)
{
    program->socket++;
    struct ht_raw raw = make(program, HT_RAW_SOCKET_OPEN);
    raw.u.socket_open.address = ht_span_str("192.0.2.1");
    raw.u.socket_open.port = 443;
    raw.u.socket_open.family = AF_INET;
    give(program, &raw);
    raw = make(program, HT_RAW_CONNECT);
    give(program, &raw);
}

static void start(struct program *program, struct ht_span url)
{
    program->transfer++;
    struct ht_raw raw = make(program, HT_RAW_TRANSFER_START);
    raw.socket = -1;
    raw.u.transfer_start.url = url.len ? url : program->url;
    raw.u.transfer_start.method = ht_span_str("GET");
    raw.u.transfer_start.proxy = ht_span_str(program->proxy);
    give(program, &raw);
}

/* What the system, libcurl or OpenSSL says in words. */
static void say(struct ht_raw *raw, struct ht_span words)
{
    if (raw->kind == HT_RAW_TEXT || raw->kind == HT_RAW_KEYLOG)
        raw->bytes = words;
    if (raw->kind == HT_RAW_TLS_END)
        raw->u.tls_end.error_text = raw->u.tls_end.verify_text = raw->u.tls_end.cipher = words;
    if (raw->kind == HT_RAW_RESOLVE_START)
        raw->u.resolve_start.host = words;
    if (raw->kind == HT_RAW_LOOKUP)
        raw->u.lookup.host = raw->u.lookup.addresses = words;
    if (raw->kind == HT_RAW_QUERY)
        raw->u.query.host = raw->u.query.server = raw->u.query.ede_text = words;
    if (raw->kind == HT_RAW_ICMP)
        raw->u.icmp.offender = words;
    if (raw->kind == HT_RAW_TRANSFER_END)
        raw->u.transfer_end.error = words;
}

static void choose(struct ht_raw *raw, uint8_t how)
{
    if (raw->kind == HT_RAW_TLS_END)
        raw->u.tls_end.ok = how & 1;
    if (raw->kind == HT_RAW_STREAM)
        raw->u.stream.stream = how;
    if (raw->kind == HT_RAW_SOCKET_CLOSE) {
        raw->u.socket_close.peer_closed = how & 1;
        raw->u.socket_close.reset = how & 2;
    }
    if (raw->kind == HT_RAW_TRANSFER_END)
        raw->u.transfer_end.curl_code = how & 1 ? 56 : how >> 1;
    if (raw->kind == HT_RAW_LOOKUP)
        raw->u.lookup.error = how & 1 ? -(how >> 1) : 0;
    if (raw->kind == HT_RAW_QUERY)
        raw->u.query.rcode = how;
    if (raw->kind == HT_RAW_ICMP)
        raw->u.icmp.type = how;
}

/* Which, how, then words. */
static void op_event(struct program *program, struct ht_span bytes)
{
    static const enum ht_raw_kind kinds[] = {
        HT_RAW_PREREQ,       HT_RAW_TLS_BEGIN, HT_RAW_TLS_END, HT_RAW_STREAM,        HT_RAW_SOCKET_CLOSE,
        HT_RAW_TRANSFER_END, HT_RAW_TCP_INFO,  HT_RAW_TEXT,    HT_RAW_RESOLVE_START, HT_RAW_LOOKUP,
        HT_RAW_QUERY,        HT_RAW_ICMP,      HT_RAW_KEYLOG};
    uint8_t which = bytes.len ? bytes.data[0] : 0, how = bytes.len > 1 ? bytes.data[1] : 0;
    struct ht_raw raw = make(program, kinds[which % (sizeof kinds / sizeof *kinds)]);
    raw.level = (uint8_t)program->level;
    choose(&raw, how);
    say(&raw, ht_span_from(bytes, 2));
    give(program, &raw);
}

/* Bytes of one direction, in pieces. */
static void op_bytes(struct program *program, enum ht_dir dir, struct ht_span bytes, size_t piece)
{
    for (size_t at = 0; at < bytes.len; at += piece) {
        struct ht_raw raw = make(program, HT_RAW_BYTES);
        raw.transfer = -1;
        raw.dir = dir;
        raw.level = (uint8_t)program->level;
        raw.bytes = ht_span_head(ht_span_from(bytes, at), piece);
        give(program, &raw);
    }
}

static void op_tls_message(struct program *program, enum ht_dir dir, struct ht_span bytes)
{
    struct ht_raw raw = make(program, HT_RAW_TLS_MESSAGE);
    raw.dir = dir;
    raw.level = (uint8_t)(program->level ? program->level : 1);
    raw.bytes = bytes;
    raw.u.tls_message.content_type = bytes.len ? 20 + bytes.data[0] % 3 : 22;
    give(program, &raw);
}

static void step(struct program *program, struct ht_reader *r)
{
    uint8_t op = ht_read_u8(r);
    uint16_t len = ht_read_u16(r);
    struct ht_span bytes = len < ht_reader_left(r) ? ht_read_span(r, len) : ht_read_rest(r);
    size_t piece = op >> 4 ? op >> 4 : bytes.len + 1;
    enum ht_dir dir = op & 1 ? HT_DIR_IN : HT_DIR_OUT;
    switch (op >> 1 & 7) {
    case 0:
    case 1:
    case 2:
        op_bytes(program, dir, bytes, piece);
        break;
    case 3:
        op_event(program, bytes);
        break;
    case 4:
        program->level = bytes.len ? bytes.data[0] % 3 : 0;
        break;
    case 5:
        op_tls_message(program, dir, bytes);
        break;
    case 6:
        start(program, bytes);
        break;
    case 7:
        open_socket(program);
        break;
    }
}

static void finish(struct program *program)
{
    for (int32_t t = 0, last = program->transfer; t <= last; t++) {
        program->transfer = t;
        struct ht_raw raw = make(program, HT_RAW_TRANSFER_END);
        raw.socket = -1;
        raw.u.transfer_end.error = program->error;
        give(program, &raw);
    }
    struct ht_raw raw = make(program, HT_RAW_RUN_END);
    raw.socket = raw.transfer = -1;
    give(program, &raw);
}

void program_run(struct program *program, struct ht_reader *r)
{
    program->transfer = program->socket = -1;
    if (program->url.len == 0)
        program->url = ht_span_str("https://example.com/a");
    start(program, program->url);
    open_socket(program);
    while (ht_reader_left(r) && program->transfer < TRANSFERS && program->socket < SOCKETS)
        step(program, r);
    finish(program);
}
