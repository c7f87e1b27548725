/* SPDX-License-Identifier: MIT */
/* The model's behaviour: append and look up. Everything appended lives in the arena that is passed. */
#ifndef HT_MODEL_MODEL_H
#define HT_MODEL_MODEL_H

#include "base/arena.h"
#include "base/names.h"

#include <httptrace/trace.h>

/* ---- names of the model's own enums, as the JSON report spells them ---- */
const char *ht_phase_name(enum ht_phase phase);
const char *ht_layer_name(enum ht_layer layer);
const char *ht_dir_name(enum ht_dir dir); /* "in", "out", "" */
const char *ht_locus_name(enum ht_locus locus);
const char *ht_severity_name(enum ht_severity severity);
const char *ht_confidence_name(enum ht_confidence confidence);
const char *ht_verdict_status_name(enum ht_verdict_status status);
const char *ht_outcome_name(enum ht_outcome outcome);
const char *ht_cause_name(enum ht_cause cause);
const char *ht_framing_name(enum ht_framing framing);
const char *ht_http_version_name(enum ht_http_version version); /* "1.0", "1.1", "2", "3"; NULL for unknown */
const char *ht_attempt_outcome_name(enum ht_attempt_outcome outcome);
const char *ht_resolve_source_name(enum ht_resolve_source source);
const char *ht_tcp_end_name(enum ht_tcp_end end);
const char *ht_proxy_kind_name(enum ht_proxy_kind kind);
const char *ht_sample_point_name(enum ht_sample_point point);
const char *ht_ocsp_status_name(enum ht_ocsp_status status); /* NULL for none */

/* ---- the field tree: each call appends to `parent` (a map or a list; NULL makes a root) and gives the new
 * field ---- */
struct ht_field *ht_field_map(struct ht_arena *arena, struct ht_field *parent, const char *name);
struct ht_field *ht_field_list(struct ht_arena *arena, struct ht_field *parent, const char *name);
struct ht_field *ht_field_uint(struct ht_arena *arena, struct ht_field *parent, const char *name,
                               uint64_t value);
struct ht_field *ht_field_bool(struct ht_arena *arena, struct ht_field *parent, const char *name, bool value);
/* `label` is the number's name (static or in the arena); NULL where it has none. */
struct ht_field *ht_field_named(struct ht_arena *arena, struct ht_field *parent, const char *name,
                                uint64_t value, const char *label);
/* Bytes are copied into the arena. */
struct ht_field *ht_field_text(struct ht_arena *arena, struct ht_field *parent, const char *name,
                               struct ht_span text);
struct ht_field *ht_field_bytes(struct ht_arena *arena, struct ht_field *parent, const char *name,
                                struct ht_span bytes);
/* The child of that name, or NULL. */
const struct ht_field *ht_field_find(const struct ht_field *map, const char *name);

/* ---- header fields ---- */
/* Appends copies; past HT_CAP_HEADERS sets `cut` instead. */
void ht_headers_add(struct ht_arena *arena, struct ht_headers *headers, struct ht_span name,
                    struct ht_span value);
/* The value of the first field of that name (any case), or NULL. */
const struct ht_span *ht_headers_get(const struct ht_headers *headers, const char *name);

/* ---- events ---- */
/* Gives an event at the list's end, its id still to be set; NULL past HT_CAP_EVENTS, and then counts it as
 * dropped. */
struct ht_event *ht_event_append(struct ht_arena *arena, struct ht_event_list *list);

/* ---- looking up ---- */
struct ht_transfer *ht_trace_transfer(const struct ht_trace *trace, int32_t id);
struct ht_connection *ht_trace_connection(const struct ht_trace *trace, int32_t id);
/* The events that a report of `transfer` shows: those of its exchanges, of the transfer's connections, in
 * order of time, then id. `*count` of them; the array is malloc'd and the caller's. */
const struct ht_event **ht_transfer_timeline(const struct ht_transfer *transfer, size_t *count);
/* When the event of that id happened; -1 where it is not among them, as where a cap dropped it. */
int64_t ht_timeline_moment(const struct ht_event *const *events, size_t count, uint64_t id);
/* The attempt that a connection came of; NULL where none did. */
const struct ht_attempt *ht_connected_attempt(const struct ht_connection *connection);
/* The event of the PROXY protocol's line, which comes before all else; NULL where none was sent. */
const struct ht_event *ht_connection_haproxy(const struct ht_connection *connection);
/* The distinct connections of the transfer's exchanges in order of id; malloc'd, the caller's. Attempts that
 * never became a connection are in a connection whose `socket` is -1. */
const struct ht_connection **ht_transfer_connections(const struct ht_transfer *transfer, size_t *count);

#endif
