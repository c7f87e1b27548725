/* SPDX-License-Identifier: MIT */
/* What the trace room keeps beside the model while bytes flow: one wire per open socket, with its levels and
 * streams. */
#ifndef HT_TRACE_STATE_H
#define HT_TRACE_STATE_H

#include "base/url.h"
#include "decode/h1/h1.h"
#include "decode/h2/h2.h"
#include "decode/socks/socks.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "trace/tracer.h"

#define HT_SEEN   64u /* transfers, or streams, that are found at once: most runs have fewer under way */
#define HT_LEVELS 3   /* socket, inside one TLS layer, inside two */

/* A run of payload or of wire bytes that is not told yet: DATA frames and reads fold into it. */
struct ht_run {
    bool open;
    struct ht_raw raw; /* its UNIT event, growing */
    uint8_t *head;     /* first bytes, malloc'd; NULL where none are wanted any more */
    size_t head_cap;
};

/* Bytes of one direction that were taken and that no unit has told yet: a head or a frame that is under way.
 */
struct ht_partial {
    bool begun;
    int64_t size;
    int64_t first_us, last_us; /* when its first and its last byte came */
};

/* One HTTP/2 stream, from its first HEADERS to its end in both directions. */
struct ht_stream {
    struct ht_stream *next;
    uint32_t id;
    struct ht_exchange *exchange; /* NULL: nobody's (pushed, or its exchange is gone) */
    int64_t window[3];            /* flow control (RFC 9113 section 5.2), by direction of the DATA */
    struct ht_h2_stall *stall[3];
    bool ended[3];
    size_t kept[3]; /* bytes of the bodies that units had */
    struct ht_run runs[3];
};

enum ht_protocol {
    HT_PROTO_UNKNOWN,
    HT_PROTO_TLS,
    HT_PROTO_H1,
    HT_PROTO_H2,
    HT_PROTO_SOCKS,
    HT_PROTO_OPAQUE
};

/* HTTP/1 on one level (RFC 9112): both directions take turns. */
struct ht_h1_state {
    struct ht_h1_splitter *splitter[3]; /* live only: a record holds units */
    char method[24];                    /* of the request that is being answered, as much as fits */
    bool upgrade_h2c;                   /* that request asked for it */
    size_t kept[3];                     /* bytes of the present bodies that units had */
    bool unasked;                       /* the present answer is one that no request asked for */
    bool restart;                       /* what follows is another peer's: splitters begin anew */
    int64_t left[3];                    /* body bytes still promised; -1: not by length */
    struct ht_partial partial[3];       /* live only */
};

struct ht_h2_state {
    struct ht_h2_splitter splitter[3]; /* live only */
    struct ht_h2_decoder *decoder;
    struct ht_stream *streams;
    struct ht_stream *seen[HT_SEEN]; /* found last, by id */
    size_t stream_count;
    bool has_runs;                        /* some stream may have one that is not told */
    int64_t window[3], initial_window[3]; /* by direction of the DATA they bound */
    uint32_t
        table_size[3]; /* SETTINGS_HEADER_TABLE_SIZE by its sender, and whether its ACK is still to come */
    bool table_size_due[3];
    bool live;                    /* windows were counted as bytes came */
    struct ht_partial partial[3]; /* live only */
    int64_t block_us[3];          /* when the header block under way began, by its sender */
    struct ht_h2_stall *stall[3];
};

/* A SOCKS handshake. */
struct ht_socks_level {
    struct ht_socks_state state;
    uint8_t *held[3]; /* live only, malloc'd: the begin of a message that is under way */
    size_t held_len[3];
    struct ht_partial partial[3]; /* live only */
};

struct ht_level {
    enum ht_protocol protocol;
    struct ht_h1_state h1;
    struct ht_socks_level socks;
    struct ht_h2_state *h2; /* NULL until HTTP/2 begins */
    struct ht_run runs[3];
    struct ht_tls_records records[3];
};

/* One open socket. */
struct ht_wire {
    int32_t socket, transfer;
    struct ht_connection *connection;
    struct ht_attempt *attempt;
    struct ht_span local;          /* once it is connected */
    struct ht_exchange *exchange;  /* the one whose request was last about to be sent on it */
    struct ht_exchange *announced; /* the one that libcurl last named a stream for */
    bool multiplexed;              /* streams of its levels have exchanges */
    struct ht_level levels[HT_LEVELS];
    struct ht_wire *next;
};

struct ht_tracer {
    struct ht_trace trace;
    struct ht_observer *observers;
    struct ht_arena *arena; /* of the run itself: versions */
    struct ht_wire *wires, *recent;
    int32_t next_exchange, next_connection;
    struct ht_transfer *newest[HT_SEEN]; /* by id */
    size_t body_cap[3];                  /* bytes kept of a body, by direction */
    size_t kept_bytes;                   /* of all exchanges and connections there are */
    bool brief; /* events need no summaries, and no fields that nothing but a person reads */
};

/* ---- events ---- */

/* What an event belongs to: an exchange, or a connection where `exchange` is NULL. */
struct ht_owner {
    struct ht_connection *connection;
    struct ht_exchange *exchange;
};

struct ht_arena *ht_owner_arena(struct ht_owner owner);
/* Whether its memory is below HT_CAP_OWNER_BYTES, and that of all below HT_CAP_RUN_BYTES or its own below
 * HT_CAP_OWNER_LEAST: asked before what the wire drives is kept. */
bool ht_owner_has_room(struct ht_owner owner);
/* The event to be filled in, with times, direction, ids and phase from `raw` and `layer`; NULL past the caps
 * or without an owner. Ask for it before its texts and fields are made, so that a flood makes none. */
struct ht_event *ht_event_begin(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                                enum ht_layer layer, const char *kind);
/* Tells observers of it; `summary` is in the owner's arena. NULL is allowed for the event. */
void ht_event_tell(struct ht_tracer *tracer, struct ht_event *event, const char *summary);
/* The same, with a summary made of `format`. */
void ht_event_tellf(struct ht_tracer *tracer, struct ht_owner owner, struct ht_event *event,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Wire text made safe, in the arena. */
const char *ht_safe_text(struct ht_arena *arena, struct ht_span text);

/* ---- raw events by kind; each takes the raw event after observers saw it ---- */
void ht_take_run_start(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_run_end(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_transfer_start(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_transfer_end(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_resolve_start(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_lookup(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_query(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_socket_open(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_connect(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_tcp_info(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_icmp(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_socket_close(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_tls_begin(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_tls_message(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_tls_end(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_prereq(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_stream(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_text(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_take_unit(struct ht_tracer *tracer, const struct ht_raw *raw);

/* Tells observers of a raw event and hands it to its row. */
void ht_tracer_deliver(struct ht_tracer *tracer, const struct ht_raw *raw);

/* ---- intake: bytes to units, live only ---- */
void ht_intake_bytes(struct ht_tracer *tracer, const struct ht_raw *raw);
/* Gives out every open run of the wire, as units. */
void ht_intake_flush(struct ht_tracer *tracer, struct ht_wire *wire);
/* Gives out the open runs of one stream. */
void ht_intake_flush_stream(struct ht_tracer *tracer, struct ht_stream *stream);
void ht_run_add(struct ht_run *run, const struct ht_raw *from, enum ht_unit_kind kind, int64_t size);
void ht_run_keep_head(struct ht_run *run, struct ht_span bytes, size_t cap);
/* The same for a body of which units had `kept` bytes before. */
void ht_run_keep_body(const struct ht_tracer *tracer, struct ht_run *run, struct ht_span bytes, size_t kept);
void ht_run_flush(struct ht_tracer *tracer, struct ht_run *run);
void ht_run_clear(struct ht_run *run);
/* A run of bytes that follow no protocol known here. */
void ht_intake_opaque(struct ht_wire *wire, const struct ht_raw *raw);
/* Gives out what the wire holds of heads and frames that will never become whole. */
void ht_intake_finish(struct ht_tracer *tracer, struct ht_wire *wire);
/* A unit of `kind` over `bytes`, with the times and ids of `raw`. */
struct ht_raw ht_unit_of(const struct ht_raw *raw, enum ht_unit_kind kind, struct ht_span bytes);
void ht_partial_add(struct ht_partial *partial, const struct ht_raw *raw, size_t took);
/* Ends it; gives the bytes that it had. */
int64_t ht_partial_end(struct ht_partial *partial);
void ht_intake_h1(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
/* The part of ht_intake_finish that is theirs; `raw` says which direction and when. */
void ht_intake_h1_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw);
void ht_intake_h2_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw);
void ht_intake_socks(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_intake_socks_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw);
void ht_socks_level_clear(struct ht_socks_level *socks);
/* Takes the PROXY protocol's line that bytes begin with; gives how many that were, 0: none. */
size_t ht_intake_haproxy(struct ht_tracer *tracer, const struct ht_raw *raw);
void ht_intake_h2(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);

/* ---- units by protocol ---- */
void ht_unit_h1_head(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h1_chunk(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h1_trailers(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h1_bad(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h1_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h2_preface(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h2_frame(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h2_bad_data(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_h2_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_haproxy(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_socks(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_tls_run(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_opaque(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);

/* ---- rendered.c: what libcurl shows of HTTP/2 and 3 where calls are not seen ---- */
void ht_intake_rendered(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_rendered_head(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);
void ht_unit_rendered_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);

/* ---- messages: what both HTTP versions do to an exchange ---- */
void ht_message_request(struct ht_tracer *tracer, struct ht_exchange *exchange, const struct ht_raw *raw,
                        enum ht_layer layer, const struct ht_request *request);
/* A final response's head or an informational one, by its status. `head` holds version, status, reason,
 * headers. */
void ht_message_response(struct ht_tracer *tracer, struct ht_exchange *exchange, const struct ht_raw *raw,
                         enum ht_layer layer, const struct ht_response *head, const struct ht_event *marks);
/* A response that no request asked for: told, but nobody's. */
void ht_message_unasked(struct ht_tracer *tracer, struct ht_connection *connection, const struct ht_raw *raw,
                        enum ht_layer layer, const struct ht_response *head);
void ht_message_trailers(struct ht_tracer *tracer, struct ht_exchange *exchange, const struct ht_raw *raw,
                         enum ht_layer layer, const struct ht_headers *trailers);
/* A run of body bytes of the exchange, in the raw event's direction. */
void ht_message_body(struct ht_tracer *tracer, struct ht_exchange *exchange, const struct ht_raw *raw,
                     enum ht_layer layer);
void ht_message_request_end(struct ht_exchange *exchange, int64_t t_us);
void ht_message_response_end(struct ht_exchange *exchange, int64_t t_us);
/* A copy in the arena. */
struct ht_headers ht_headers_copy(struct ht_arena *arena, const struct ht_headers *headers);
/* Header fields as a list of {name, value} maps, secret ones marked. */
void ht_field_headers(struct ht_arena *arena, struct ht_field *parent, const char *name,
                      const struct ht_headers *headers);

/* ---- HTTP/2 state ---- */
struct ht_h2_state *ht_h2_begin(struct ht_level *level);
/* What the connection tells of HTTP/2, from its first unit on. */
struct ht_h2 *ht_h2_model(struct ht_connection *connection);
void ht_h2_state_free(struct ht_h2_state *h2);
/* Of a whole frame, header included (RFC 9113 section 4.1). */
uint8_t ht_frame_type(struct ht_span frame);
uint32_t ht_frame_stream(struct ht_span frame);
struct ht_stream *ht_stream_find(struct ht_h2_state *h2, uint32_t id);
struct ht_stream *ht_stream_open(struct ht_h2_state *h2, uint32_t id);
/* Counts `bytes` of DATA in `dir` against both windows; true when it used one of them up. */
bool ht_windows_consume(struct ht_h2_state *h2, struct ht_connection *connection, struct ht_stream *stream,
                        enum ht_dir dir, int64_t bytes, int64_t t_us);
void ht_windows_update(struct ht_h2_state *h2, struct ht_stream *stream, enum ht_dir data_dir,
                       uint32_t increment, int64_t t_us);
void ht_windows_initial(struct ht_h2_state *h2, enum ht_dir data_dir, uint32_t value, int64_t t_us);
/* Whether DATA in that direction has to wait, for the stream or (NULL) for the connection. */
bool ht_windows_shut(const struct ht_h2_state *h2, const struct ht_stream *stream, enum ht_dir data_dir);
void ht_windows_stream_end(struct ht_stream *stream, enum ht_dir data_dir, int64_t t_us);

/* ---- proxy ---- */
/* Notes that the connection is through a proxy, if its transfer asked for one; NULL else. */
struct ht_proxy *ht_proxy_begin(struct ht_tracer *tracer, struct ht_wire *wire, int64_t t_us);
void ht_proxy_request(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                      enum ht_layer layer, const struct ht_request *request);
void ht_proxy_response(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                       enum ht_layer layer, const struct ht_response *response);

/* ---- exchanges ---- */
/* The transfer's present exchange; a new one where it has none, or where the present one's request is already
 * out. */
struct ht_exchange *ht_exchange_for(struct ht_tracer *tracer, int32_t transfer, int64_t t_us);
/* The transfer under way of that id, or NULL: ht_trace_transfer(), but quick for the newest ones. */
struct ht_transfer *ht_tracer_transfer(const struct ht_tracer *tracer, int32_t id);
struct ht_exchange *ht_exchange_current(const struct ht_tracer *tracer, int32_t transfer);
void ht_exchange_close(struct ht_exchange *exchange, int64_t end_us, bool failed);
/* Fills exchange->phases from its milestones (see phases.c). */
void ht_phases_fill(struct ht_exchange *exchange, int64_t now_us);
/* The phase that it was in at that time, as far as is known by now. */
enum ht_phase ht_phase_at(const struct ht_exchange *exchange, int64_t t_us);

/* Where the connection's addresses came from, told by its first attempt. */
void ht_resolve_settle(struct ht_connection *connection, const struct ht_exchange *exchange,
                       struct ht_span address);

/* ---- connections and wires ---- */
struct ht_connection *ht_connection_new(struct ht_tracer *tracer, int64_t t_us);
/* Frees it once no open socket and no exchange needs it. */
void ht_connection_release(struct ht_tracer *tracer, struct ht_connection *connection);
/* The proxy let us through: what follows on this level is the origin's, of whatever protocol. */
void ht_level_restart(struct ht_level *level);
struct ht_wire *ht_wire_find(struct ht_tracer *tracer, int32_t socket);
/* The exchange whose request the wire carries, or else the one that it was opened for. */
struct ht_exchange *ht_wire_exchange(const struct ht_tracer *tracer, const struct ht_wire *wire);
/* Of several attempts that connected, this is the one that libcurl goes on with. */
void ht_wire_choose(struct ht_wire *wire);
void ht_wire_free(struct ht_tracer *tracer, struct ht_wire *wire);
/* Forgets an exchange that is about to be freed. */
void ht_wires_forget(struct ht_tracer *tracer, const struct ht_exchange *exchange);

/* Sums of what a record claims: they stop at the ends of the type. */
static inline int64_t ht_sum(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

/* ---- URLs, as far as the trace needs them (RFC 3986) ---- */
/* The URL of a request: "https://host/path" (RFC 9110 section 7.1), in the arena. */
struct ht_span ht_url_of_request(struct ht_arena *arena, const struct ht_request *request, bool tls);
/* Where a Location points, seen from `base`. */
struct ht_span ht_url_resolve(struct ht_arena *arena, struct ht_span base, struct ht_span location);

#endif
