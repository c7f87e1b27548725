/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the intake: takes bytes as a socket gives them, and holds the house to its promise that a record of
 * the units gives the same report as the run itself.
 *
 * Byte 0 chooses the proxy, byte 1 the levels. The rest is a program: an opcode with a length, then as many
 * bytes.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/reader.h"
#include "record/codec.h"
#include "report/report.h"
#include "trace/tracer.h"

#include <netinet/in.h>

#include <httptrace/caps.h>

static const char *const proxies[] = {"", "http://user:pw@proxy.example:3128", "https://proxy.example",
                                      "socks5h://proxy.example:1080", "socks4://proxy.example"};

static const struct ht_report_options options = {.timeline = true};

struct run {
    struct ht_tracer *tracer;
    struct ht_arena *arena;
    struct ht_span *seen; /* the lines that a record would hold */
    size_t count, size;
    struct ht_sink reports;
    struct ht_observer observer;
    int64_t now_us;
    int32_t transfer, socket;
    int level;
    const char *proxy;
    uint32_t stream;
};

/* Kept by the record's own code: what it forgets, a record would lose. */
static void keep(void *ctx, const struct ht_raw *raw)
{
    struct run *run = ctx;
    struct ht_sink line = ht_sink(0);
    ht_record_encode(&line, raw);
    if (run->count == run->size) {
        run->size = run->size ? run->size * 2 : 64;
        run->seen = ht_realloc(run->seen, run->size * sizeof *run->seen);
    }
    run->seen[run->count++] = ht_arena_dup(run->arena, ht_span(line.text, line.len));
    ht_sink_free(&line);
}

static void report(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct run *run = ctx;
    ht_report_json(&run->reports, trace, transfer, &options);
}

static void run_begin(struct run *run)
{
    *run = (struct run){.arena = ht_arena_new(), .reports = ht_sink(0), .transfer = -1, .socket = -1};
    run->observer = (struct ht_observer){.ctx = run, .raw = keep, .transfer_end = report};
    run->tracer = ht_tracer_new(&run->observer);
}

static void run_end(struct run *run)
{
    ht_tracer_free(run->tracer);
    ht_arena_free(run->arena);
    ht_sink_free(&run->reports);
    free(run->seen);
}

static struct ht_raw make(struct run *run, enum ht_raw_kind kind)
{
    run->now_us += 7;
    return (struct ht_raw){.kind = kind,
                           .t_us = run->now_us,
                           .t_last_us = run->now_us,
                           .socket = run->socket,
                           .transfer = run->transfer};
}

static void give(struct run *run, const struct ht_raw *raw)
{
    ht_tracer_take(run->tracer, raw);
}

static void open_socket(struct run *run)
{
    run->socket++;
    struct ht_raw raw = make(run, HT_RAW_SOCKET_OPEN);
    raw.u.socket_open.address = ht_span_str("192.0.2.1");
    raw.u.socket_open.port = 443;
    raw.u.socket_open.family = AF_INET;
    give(run, &raw);
    raw = make(run, HT_RAW_CONNECT);
    give(run, &raw);
}

static void start(struct run *run)
{
    run->transfer++;
    struct ht_raw raw = make(run, HT_RAW_TRANSFER_START);
    raw.socket = -1;
    raw.u.transfer_start.url = ht_span_str("https://example.com/a");
    raw.u.transfer_start.method = ht_span_str("GET");
    raw.u.transfer_start.proxy = ht_span_str(run->proxy);
    give(run, &raw);
}

static void op_event(struct run *run, struct ht_span bytes)
{
    static const enum ht_raw_kind kinds[] = {HT_RAW_PREREQ,   HT_RAW_TLS_BEGIN,    HT_RAW_TLS_END,
                                             HT_RAW_STREAM,   HT_RAW_SOCKET_CLOSE, HT_RAW_TRANSFER_END,
                                             HT_RAW_TCP_INFO, HT_RAW_TEXT,         HT_RAW_RESOLVE_START};
    uint8_t which = bytes.len ? bytes.data[0] : 0, how = bytes.len > 1 ? bytes.data[1] : 0;
    struct ht_raw raw = make(run, kinds[which % (sizeof kinds / sizeof *kinds)]);
    raw.level = (uint8_t)run->level;
    if (raw.kind == HT_RAW_TLS_END)
        raw.u.tls_end.ok = how & 1;
    if (raw.kind == HT_RAW_STREAM)
        raw.u.stream.stream = how;
    if (raw.kind == HT_RAW_SOCKET_CLOSE) {
        raw.u.socket_close.peer_closed = how & 1;
        raw.u.socket_close.reset = how & 2;
    }
    if (raw.kind == HT_RAW_TRANSFER_END)
        raw.u.transfer_end.curl_code = how & 1 ? 56 : 0;
    give(run, &raw);
}

/* Bytes of one direction, in pieces. */
static void op_bytes(struct run *run, enum ht_dir dir, struct ht_span bytes, size_t piece)
{
    for (size_t at = 0; at < bytes.len; at += piece) {
        struct ht_raw raw = make(run, HT_RAW_BYTES);
        raw.transfer = -1;
        raw.dir = dir;
        raw.level = (uint8_t)run->level;
        raw.bytes = ht_span_head(ht_span_from(bytes, at), piece);
        give(run, &raw);
    }
}

static void op_tls_message(struct run *run, enum ht_dir dir, struct ht_span bytes)
{
    struct ht_raw raw = make(run, HT_RAW_TLS_MESSAGE);
    raw.dir = dir;
    raw.level = (uint8_t)(run->level ? run->level : 1);
    raw.bytes = bytes;
    raw.u.tls_message.content_type = bytes.len ? 20 + bytes.data[0] % 3 : 22;
    give(run, &raw);
}

/* One opcode byte: its low four bits choose, its high four give the size of the pieces. Two bytes of length.
 */
static void step(struct run *run, struct ht_reader *r)
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
        op_bytes(run, dir, bytes, piece);
        break;
    case 3:
        op_event(run, bytes);
        break;
    case 4:
        run->level = bytes.len ? bytes.data[0] % 3 : 0;
        break;
    case 5:
        op_tls_message(run, dir, bytes);
        break;
    case 6:
        start(run);
        break;
    case 7:
        open_socket(run);
        break;
    }
}

static void finish(struct run *run)
{
    for (int32_t t = 0, last = run->transfer; t <= last; t++) {
        run->transfer = t;
        struct ht_raw raw = make(run, HT_RAW_TRANSFER_END);
        raw.socket = -1;
        give(run, &raw);
    }
    struct ht_raw raw = make(run, HT_RAW_RUN_END);
    raw.socket = raw.transfer = -1;
    give(run, &raw);
}

/* The record's own code reads what it wrote. */
static void replay(struct run *again, const struct run *live)
{
    for (size_t i = 0; i < live->count; i++) {
        struct ht_span line = live->seen[i];
        struct ht_raw raw;
        struct ht_sink why = ht_sink(0);
        uint8_t *hex = ht_malloc(line.len);
        json_t *object = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES, NULL);
        FUZZ_CHECK(object && ht_record_decode(object, hex, &raw, &why));
        give(again, &raw);
        json_decref(object);
        free(hex);
        ht_sink_free(&why);
    }
}

static void check_equal(const struct ht_sink *live, const struct ht_sink *again)
{
    bool equal = ht_span_eq(ht_span(live->text, live->len), ht_span(again->text, again->len));
    if (!equal)
        fprintf(stderr, "live:\n%s\nreplayed:\n%s\n", ht_sink_text(live), ht_sink_text(again));
    FUZZ_CHECK(equal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run live, again;
    struct ht_reader r = ht_reader(ht_span(data, size));
    run_begin(&live);
    run_begin(&again);
    live.proxy = proxies[ht_read_u8(&r) % (sizeof proxies / sizeof *proxies)];
    live.level = ht_read_u8(&r) % 3;
    start(&live);
    open_socket(&live);
    while (ht_reader_left(&r) && live.transfer < 8 && live.socket < 8)
        step(&live, &r);
    finish(&live);
    replay(&again, &live);
    check_equal(&live.reports, &again.reports);
    FUZZ_CHECK(again.count == live.count);
    run_end(&live);
    run_end(&again);
    return 0;
}
