/* SPDX-License-Identifier: MIT */
/*
 * The model of a run: transfers (one per URL) made of exchanges (one per request), and the connections they
 * used. The trace room builds it; rules and reports read it as const.
 */
#ifndef HTTPTRACE_TRACE_H
#define HTTPTRACE_TRACE_H

#include <httptrace/caps.h>
#include <httptrace/finding.h>
#include <httptrace/tls.h>

struct ht_arena;

struct ht_header {
    struct ht_span name, value;
};

struct ht_headers {
    struct ht_header *at;
    size_t count, capacity;
    bool cut; /* past HT_CAP_HEADERS */
};

enum ht_http_version { HT_HTTP_UNKNOWN, HT_HTTP_1_0, HT_HTTP_1_1, HT_HTTP_2, HT_HTTP_3 };

enum ht_framing {
    HT_FRAMING_NONE,
    HT_FRAMING_CONTENT_LENGTH,
    HT_FRAMING_CHUNKED,
    HT_FRAMING_CLOSE,
    HT_FRAMING_H2,
    HT_FRAMING_UPGRADE
};

struct ht_informational {
    int status;
    int64_t t_us;
    struct ht_headers headers;
    struct ht_informational *next;
};

/* RFC 9110 section 6. For HTTP/2 the pseudo-fields come first in `headers`, as on the wire. */
struct ht_request {
    struct ht_span method, target;
    enum ht_http_version version;
    struct ht_headers headers, trailers;
    int64_t body_bytes, head_bytes; /* head_bytes: on the wire, compressed for HTTP/2 */
    int64_t first_us, last_us;      /* first and last byte sent; -1: none */
    bool complete;
    struct ht_span body_head; /* first bytes as sent, where bodies were asked for: at most HT_CAP_BODY */
    size_t body_room;
};

struct ht_response {
    int status; /* 0: none came */
    struct ht_span reason;
    enum ht_http_version version;
    struct ht_headers headers, trailers;
    struct ht_informational *informational;
    size_t informational_count;
    int64_t body_bytes, head_bytes, content_length; /* content_length: -1 where not said */
    int64_t first_us, last_us;                      /* of the final answer; -1: none */
    enum ht_framing framing;
    bool complete;
    struct ht_span content_encoding, location;
    struct ht_span body_head; /* first bytes of the body as sent, at most HT_CAP_BODY_HEAD; HT_CAP_BODY where
                                 bodies were asked for */
    size_t body_room;         /* of the memory behind it */
};

enum ht_outcome {
    HT_OUTCOME_OK,
    HT_OUTCOME_FAILED,
    HT_OUTCOME_REUSED,
    HT_OUTCOME_SKIPPED,
    HT_OUTCOME_PENDING
};

struct ht_phase_span {
    int64_t start_us, duration_us;
    enum ht_outcome outcome;
};

enum ht_cause { HT_CAUSE_INITIAL, HT_CAUSE_REDIRECT, HT_CAUSE_AUTH, HT_CAUSE_RETRY, HT_CAUSE_FALLBACK };

struct ht_connection;

/* One request and what became of it. Owned by its own arena, which holds its events and findings too. */
struct ht_exchange {
    int32_t id;
    struct ht_arena *arena;
    struct ht_transfer *transfer;
    struct ht_connection *connection; /* NULL until one is chosen */
    enum ht_cause cause;
    struct ht_span url, method;
    bool reused;        /* the connection had carried an exchange before */
    int64_t stream;     /* -1: not HTTP/2 */
    int64_t reset_code; /* RST_STREAM's code; -1: none */
    enum ht_dir reset_dir;
    int64_t start_us, end_us;                  /* end_us: -1 while open */
    int64_t resolve_us, attempt_us, prereq_us; /* when each began; -1: never */
    struct ht_phase_span phases[HT_PHASE_COUNT];
    enum ht_phase phase; /* where it is, or where it ended */
    bool failed;
    struct ht_request request;
    struct ht_response response;
    struct ht_event_list events;
    struct ht_finding *findings;
    struct ht_exchange *next;
};

/* One URL, from hand-over to libcurl's result. */
struct ht_transfer {
    int32_t id;
    struct ht_arena *arena;
    struct ht_span url, method, proxy;
    struct ht_span host_override, unix_socket;
    struct ht_span trace_parent, echo_header; /* as in struct ht_raw */
    bool http2_wanted, insecure;
    bool custom_ca;           /* the user named the trust anchors */
    int64_t start_us, end_us; /* end_us: -1 while it runs */
    int64_t wall_start_us;    /* since the Epoch */
    int64_t curl_code, http_status, bytes_sent, bytes_received;
    int64_t decoded_bytes; /* of body handed to the user, content codings undone; -1: not told */
    int64_t retries;       /* with --retry: how many attempts of this URL came before */
    int64_t retry_in_us;   /* after its end: when the URL is tried again, as another transfer; 0: it is not */
    bool interrupted;      /* the user stopped it */
    struct ht_span error;  /* libcurl's words; empty where it succeeded */
    struct ht_span reason; /* as in struct ht_raw: says more than `error` where it is not empty */
    struct ht_curl_times times;
    struct ht_exchange *exchanges, *last_exchange;
    struct ht_verdict verdict;
    struct ht_transfer *next;
};

enum ht_attempt_outcome {
    HT_ATTEMPT_PENDING,
    HT_ATTEMPT_CONNECTED,
    HT_ATTEMPT_REFUSED,
    HT_ATTEMPT_TIMEOUT,
    HT_ATTEMPT_UNREACHABLE,
    HT_ATTEMPT_CANCELLED, /* closed by libcurl while under way: it lost the happy-eyeballs race, or time was
                             up */
    HT_ATTEMPT_FAILED
};

struct ht_icmp {
    bool seen;
    bool own; /* this host itself said so */
    int64_t type, code;
    struct ht_span offender;
};

struct ht_attempt {
    int32_t socket;
    struct ht_span address;
    int64_t port, family;
    int64_t start_us, end_us;
    enum ht_attempt_outcome outcome;
    int64_t error;  /* errno; 0 where it connected or is pending */
    bool under_way; /* connect() had sent its SYN: what came later came from the network */
    struct ht_icmp icmp;
    bool has_close_sample;
    struct ht_tcp_sample close_sample;
    bool has_sample;
    struct ht_tcp_sample sample; /* the newest before it connected: how often the SYN was sent again */
    struct ht_attempt *next;
};

enum ht_resolve_source {
    HT_SOURCE_RESOLVER,
    HT_SOURCE_HOSTS,
    HT_SOURCE_CACHE,
    HT_SOURCE_OPTION,
    HT_SOURCE_LITERAL,
    HT_SOURCE_DOH,
    HT_SOURCE_UNTAPPED
};

/* A DNS query of our own after a lookup had failed. */
struct ht_query {
    struct ht_span host; /* another one's where lookups failed side by side and one query stands for them */
    struct ht_span server;
    int64_t type, rcode, addresses, error; /* as in struct ht_raw */
    uint16_t ede[HT_CAP_EDE];              /* INFO-CODEs (RFC 8914 section 4) */
    size_t ede_count;
    struct ht_span ede_text;
    int64_t start_us, end_us;
    struct ht_query *next;
};

struct ht_resolve {
    struct ht_span host;
    struct ht_span_list addresses;
    enum ht_resolve_source source;
    int64_t error;  /* EAI_*; 0: none */
    int64_t family; /* AF_* that was asked for; AF_UNSPEC for both */
    struct ht_query *queries;
    int64_t start_us, end_us;
};

struct ht_sample {
    enum ht_sample_point point;
    int64_t t_us;
    struct ht_tcp_sample tcp;
};

enum ht_tcp_end { HT_TCP_OPEN, HT_TCP_FIN, HT_TCP_RST, HT_TCP_TIMEOUT, HT_TCP_CLOSED };

enum ht_proxy_kind { HT_PROXY_HTTP, HT_PROXY_HTTPS, HT_PROXY_SOCKS4, HT_PROXY_SOCKS5 };

/* The proxy of a connection and how it answered. */
struct ht_proxy {
    enum ht_proxy_kind kind;
    struct ht_span url; /* without user-info */
    bool tunnel;        /* CONNECT or SOCKS: what follows is the origin's */
    struct ht_request request;
    struct ht_response response;
    int64_t begin_us, end_us; /* the handshake with it, its own TLS included; -1 */
    bool ok;
    int socks_reply;  /* -1: none */
    int socks_method; /* that the proxy chose (RFC 1928 section 3); -1: none yet; 255: none of ours will do */
    int socks_auth;   /* the result of a sign-in (RFC 1929 section 2); -1: none */
    /* The begin of an answer that is no SOCKS message of this kind, and the protocol that it looks like ("":
     * nobody knows). */
    struct ht_span stray;
    const char *stray_name;
    int64_t stray_us;
};

struct ht_h2_setting {
    uint16_t id;
    uint32_t value;
};

struct ht_h2_goaway {
    bool seen;
    int64_t t_us;
    uint32_t last_stream, code;
    struct ht_span debug;
};

/* A time during which a flow-control window (RFC 9113 section 5.2) stood at zero or below. */
struct ht_h2_stall {
    uint32_t stream;          /* 0: the connection's window */
    enum ht_dir dir;          /* of the DATA that had to wait */
    int64_t start_us, end_us; /* end_us: -1 while it lasts */
    struct ht_h2_stall *next;
};

#define HT_H2_FRAME_TYPES 17 /* 0 to 0x10; the last counter, [HT_H2_FRAME_TYPES], is for all others */

struct ht_h2 {
    struct ht_h2_setting
        *settings[3]; /* by ht_dir: the sender's latest values, in order of first appearance */
    size_t settings_count[3];
    bool settings_seen[3], settings_acked[3];
    uint64_t frames[3][HT_H2_FRAME_TYPES + 1];
    int64_t data_bytes[3];                        /* payload of DATA frames, padding included */
    uint64_t hpack_compressed[3], hpack_plain[3]; /* bytes of header blocks before and after */
    struct ht_h2_goaway goaway[3];
    struct ht_h2_stall *stalls;
    size_t stall_count;
    bool upgraded; /* by HTTP/1.1 Upgrade: h2c */
};

/* One TCP (or Unix) connection: every attempt to make it, then what went over it. Owned by its own arena. */
struct ht_connection {
    int32_t id;
    int32_t socket; /* of the attempt that won; -1: none has */
    struct ht_arena *arena;
    struct ht_resolve resolve;
    struct ht_attempt *attempts;
    size_t attempt_count;
    int64_t begin_us, connected_us, closed_us; /* -1: not yet */
    struct ht_span local, remote;              /* "192.0.2.7:51234", "[2001:db8::1]:443", or a path */
    struct ht_sample *samples;
    size_t sample_count;
    enum ht_tcp_end end;
    int64_t close_error;
    struct ht_span unread;
    struct ht_proxy *proxy;
    struct ht_tls *proxy_tls, *tls;
    struct ht_h2 *h2; /* of the origin's hop */
    enum ht_http_version version;
    int64_t wire_bytes[3];           /* on the socket, by ht_dir */
    int64_t last_out_us, last_in_us; /* last byte each way; -1 */
    uint32_t exchange_count;         /* begun on it so far */
    enum ht_phase last_phase;        /* in which the last exchange on it ended; QUEUE: none did so far */
    struct ht_event_list events;
    struct ht_connection *next;
};

struct ht_run_info {
    struct ht_span tool, libcurl, tls, nghttp2, tap;
    int64_t wall_start_us;
};

struct ht_trace {
    struct ht_run_info info;
    struct ht_transfer *transfers;
    struct ht_connection *connections;
    uint64_t event_count;
    bool ended;
};

#endif
