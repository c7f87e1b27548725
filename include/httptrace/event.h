/* SPDX-License-Identifier: MIT */
/* Decoded events: the timeline of a trace. */
#ifndef HTTPTRACE_EVENT_H
#define HTTPTRACE_EVENT_H

#include <httptrace/field.h>
#include <httptrace/raw.h>

/* In the order in which a request passes through them. */
enum ht_phase {
    HT_PHASE_QUEUE,
    HT_PHASE_RESOLVE,
    HT_PHASE_CONNECT,
    HT_PHASE_PROXY,
    HT_PHASE_TLS,
    HT_PHASE_REQUEST,
    HT_PHASE_WAIT,
    HT_PHASE_RESPONSE,
    HT_PHASE_COUNT
};

enum ht_layer {
    HT_LAYER_CURL,
    HT_LAYER_DNS,
    HT_LAYER_TCP,
    HT_LAYER_SOCKS,
    HT_LAYER_TLS,
    HT_LAYER_HTTP1,
    HT_LAYER_HTTP2
};

/* Owned by the arena of its exchange, or of its connection where `exchange` is -1. */
struct ht_event {
    uint64_t id; /* unique within the run, in the order of arrival */
    int64_t t_us, t_last_us;
    int32_t connection, exchange; /* -1: none */
    enum ht_phase phase;
    enum ht_dir dir;
    enum ht_layer layer;
    const char *kind;        /* the field's own name: "client_hello", "HEADERS", "status_line"; static */
    const char *summary;     /* one line for a person, wire text already escaped; in the arena */
    struct ht_field *fields; /* a map, or NULL */
    int64_t size;            /* bytes on its level; 0 where that means nothing */
    bool malformed;
    size_t malformed_at; /* offset of the first illegal byte within the unit */
    const char *malformed_why;
    struct ht_event *next;
};

struct ht_event_list {
    struct ht_event *first, *last;
    size_t count;
    size_t dropped; /* past HT_CAP_EVENTS: counted, not kept */
};

#endif
