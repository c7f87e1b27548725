/* SPDX-License-Identifier: MIT */
/*
 * Raw events: the seam of the house. The tap makes them from callbacks and interposed calls, a record file
 * holds them, the trace takes them one by one. Everything behind this seam runs without a network and without
 * libcurl.
 */
#ifndef HTTPTRACE_RAW_H
#define HTTPTRACE_RAW_H

#include <httptrace/span.h>

enum ht_dir { HT_DIR_NONE, HT_DIR_OUT, HT_DIR_IN };

/* How the error of a transfer begins that could have no socket of this host. */
#define HT_NO_SOCKET "no socket could be opened: "

enum ht_raw_kind {
    HT_RAW_RUN_START,      /* first of a run: wall clock, versions */
    HT_RAW_TRANSFER_START, /* a URL is handed to libcurl */
    HT_RAW_RESOLVE_START,  /* libcurl begins to look a name up for this transfer */
    HT_RAW_LOOKUP,         /* one getaddrinfo() call came back */
    HT_RAW_QUERY,          /* a DNS query of our own, after a lookup failed, came back or did not */
    HT_RAW_SOCKET_OPEN,    /* a socket was made to reach one address: an attempt begins */
    HT_RAW_CONNECT,        /* connect() or SO_ERROR told how the attempt stands */
    HT_RAW_TCP_INFO,       /* a sample of the kernel's view of the connection */
    HT_RAW_ICMP,           /* the socket's error queue held an ICMP error */
    HT_RAW_SOCKET_CLOSE,   /* libcurl closed the socket */
    HT_RAW_TLS_BEGIN,      /* a TLS layer begins on this level's bytes */
    HT_RAW_TLS_MESSAGE,    /* one handshake, alert or change_cipher_spec message, in clear */
    HT_RAW_TLS_END,        /* the handshake ended: well, or with OpenSSL's error */
    HT_RAW_KEYLOG,         /* one NSS key log line; secret */
    HT_RAW_BYTES,          /* bytes sent or received on one level, none received: the peer has ended its side
                              of the socket; never in a record: units are */
    HT_RAW_UNIT,           /* a unit cut from such bytes */
    HT_RAW_PREREQ,         /* libcurl is about to send this transfer's request on this socket */
    HT_RAW_STREAM,         /* the transfer's request became this HTTP/2 stream */
    HT_RAW_TEXT,           /* libcurl's verbose text: shown to people, never parsed */
    HT_RAW_TRANSFER_END,   /* libcurl is done with the transfer */
    HT_RAW_RUN_END,        /* last of a run */
    HT_RAW_KIND_COUNT
};

/* What a byte stream is cut into. A unit holds its bytes whole, payload excepted: of that only a run is told.
 */
enum ht_unit_kind {
    HT_UNIT_H1_HEAD,     /* start-line and field section with the empty line that ends it (RFC 9112) */
    HT_UNIT_H1_CHUNK,    /* a chunk-size line that carries extensions, or the last chunk's */
    HT_UNIT_H1_TRAILERS, /* trailer section with its empty line */
    HT_UNIT_H1_BAD,      /* bytes that break the chunked framing; `num` is the stream offset of the first */
    HT_UNIT_H2_PREFACE,  /* the client connection preface (RFC 9113 section 3.4) */
    HT_UNIT_H2_FRAME,    /* one frame, header included; any type but DATA */
    HT_UNIT_H2_BAD_DATA, /* a DATA frame breaks a rule: bytes says which; its payload is in a run as ever */
    HT_UNIT_SOCKS,       /* what one side said during the SOCKS handshake (RFC 1928) */
    HT_UNIT_HAPROXY,     /* the line of the PROXY protocol, version 1, its CR LF included */
    HT_UNIT_PAYLOAD, /* a run of body bytes or of DATA frames; bytes: the head of the body, if this run has it
                      */
    HT_UNIT_TLS_RUN, /* a run of bytes that carried TLS records; bytes: its head, until a record was seen */
    HT_UNIT_OPAQUE,  /* a run of bytes of no known protocol, with its head */
    HT_UNIT_KIND_COUNT
};

enum ht_sample_point {
    HT_SAMPLE_CONNECTED,
    HT_SAMPLE_REQUEST_SENT,
    HT_SAMPLE_FIRST_BYTE,
    HT_SAMPLE_TIMER,
    HT_SAMPLE_CLOSE,
    HT_SAMPLE_TRANSFER_END
};

/* The curl_code of a transfer that the user stopped (CURLE_ABORTED_BY_CALLBACK: the tap has no other callback
 * that aborts). */
#define HT_CURL_INTERRUPTED 42

/* The part of struct tcp_info (linux/tcp.h) that rules reason with. -1: this kernel does not tell. Times in
 * microseconds. */
struct ht_tcp_sample {
    int64_t state, retransmits, total_retrans, rtt_us, rttvar_us, min_rtt_us, snd_mss, rcv_mss, pmtu,
        snd_cwnd;
    int64_t unacked, sacked, lost, reordering, bytes_sent, bytes_acked, bytes_retrans, bytes_received,
        notsent_bytes;
    int64_t rcv_ooopack, snd_wnd, last_data_sent_us, last_data_recv_us, last_ack_recv_us;
    int64_t segs_in; /* segments that came, those without news included */
};

/* How libcurl saw a transfer: CURLINFO_*_TIME_T in microseconds since its start; -1 where it does not tell.
 */
struct ht_curl_times {
    int64_t namelookup_us, connect_us, appconnect_us, pretransfer_us, starttransfer_us, total_us;
};

#define HT_LEVEL_UNREAD                                                                                      \
    255 /* BYTES: what had come on level 0 when the socket was closed, and nobody read                       \
         */

/*
 * One raw event. Spans are borrowed and die when the call that hands it over returns. Ids count from 0 within
 * a run; -1 where none applies. `level` counts the TLS layers below the bytes: 0 is what the socket carried,
 * 1 the plaintext of the first TLS layer, 2 that of a TLS layer within it.
 */
struct ht_raw {
    enum ht_raw_kind kind;
    enum ht_dir dir;
    int64_t t_us;      /* monotonic, since the run's start; of the first byte, for a run */
    int64_t t_last_us; /* of the last byte, for a run; else equal to t_us */
    int32_t socket;
    int32_t transfer;
    uint8_t level;
    bool rendered; /* BYTES (of a body) and UNIT (a head, a run of payload): no wire carried them so. Where
                      calls are not seen, libcurl's callback shows HTTP/2 as text in the form of HTTP/1 */
    struct ht_span
        bytes; /* BYTES, UNIT, TLS_MESSAGE (without record header), KEYLOG, TEXT; TLS_END: the anchor's DER */
    union {
        struct {
            int64_t wall_us; /* since the Epoch */
            struct ht_span tool, libcurl, tls, nghttp2, tap;
        } run_start;
        struct {
            struct ht_span url, method, proxy; /* proxy: empty where none was asked for */
            struct ht_span host_override;      /* what --resolve or --connect-to says, comma-separated */
            struct ht_span unix_socket;
            struct ht_span trace_parent; /* parent-id of the span that the request was asked to join */
            struct ht_span echo_header;  /* the field that the answer is expected to carry back */
            int64_t queued_us;           /* when the user's request for it was ready */
            bool http2_wanted, insecure, unverified_host;
            bool custom_ca;  /* the user named the trust anchors: --cacert, --capath */
            int64_t retries; /* with --retry: how many attempts of this URL came before */
        } transfer_start;
        struct {
            struct ht_span host;
        } resolve_start;
        struct {
            struct ht_span host, addresses; /* addresses: comma-separated text */
            int64_t family;                 /* AF_UNSPEC, AF_INET, AF_INET6 */
            int64_t error;                  /* EAI_*, 0 for success; its sys_errno with EAI_SYSTEM */
            int64_t sys_errno;
            bool from_hosts; /* the hosts file has these addresses for the name */
        } lookup;
        struct {
            struct ht_span host,
                server;        /* server: "192.0.2.53", or all that were asked where none answered */
            int64_t type;      /* of the records asked for: 1 (A), 28 (AAAA) */
            int64_t rcode;     /* RFC 6895 section 2.3; -1: no answer */
            int64_t addresses; /* records of that type in the answer */
            int64_t error;     /* errno where there is no answer */
            struct ht_span ede, ede_text; /* INFO-CODEs of RFC 8914, comma-separated; the first text */
        } query;
        struct {
            struct ht_span address; /* numeric, or the path of a Unix socket */
            int64_t port, family;
        } socket_open;
        struct {
            int64_t error; /* errno: 0 connected, EINPROGRESS under way, else how it failed; the local end is
                              told as soon as there is one */
            struct ht_span local_address;
            int64_t local_port;
        } connect;
        struct {
            enum ht_sample_point point;
            struct ht_tcp_sample sample;
        } tcp_info;
        struct {
            int64_t type, code, error;
            struct ht_span offender;
            bool own; /* the offender is an address of this host */
        } icmp;
        struct {
            int64_t error;    /* SO_ERROR, or the errno of the last call that failed; 0 for an orderly end */
            bool peer_closed; /* recv() had returned 0 */
            bool reset;       /* ECONNRESET or EPIPE was seen */
            struct ht_span unread; /* what still lay in the receive queue (its head) */
        } socket_close;
        struct {
            int64_t content_type; /* 22 handshake, 21 alert, 20 change_cipher_spec */
            int64_t version;      /* of the record layer or the protocol, as OpenSSL tells */
        } tls_message;
        struct {
            bool ok;
            int64_t version, verify_result, openssl_error;
            struct ht_span cipher, group, error_text, verify_text;
            bool resumed, early_data_accepted, verified_chain, hostname_checked;
            int64_t anchor_public; /* 1: the anchor is of the distribution's own store; 0: it is not; -1: not
                                      known */
            struct ht_span
                kin; /* a chain without anchor: a trust anchor of the same organisation as its last issuer */
        } tls_end;
        struct {
            enum ht_unit_kind unit;
            int64_t num;     /* H1_BAD: stream offset; PAYLOAD over HTTP/2: stream id */
            int64_t size;    /* bytes of the stream that this unit stands for, framing included */
            int64_t payload; /* PAYLOAD: body bytes, framing and padding not counted */
            int64_t frames;  /* PAYLOAD: DATA frames or chunks begun; TLS_RUN: calls */
            bool end;        /* PAYLOAD: END_STREAM, or the length that was promised is reached */
            bool cut;        /* PAYLOAD: ends within a frame or chunk */
        } unit;
        struct {
            int64_t stream;
        } stream;
        struct {
            int64_t curl_code, http_status, bytes_sent, bytes_received;
            int64_t decoded_bytes; /* of body handed to the user, content codings undone; -1: not told */
            int64_t retry_in_us;   /* when the URL is tried again, as another transfer; 0: it is not */
            struct ht_span error;
            struct ht_span reason; /* why, where libcurl's words do not say it or it was not libcurl's doing */
            struct ht_curl_times times;
        } transfer_end;
    } u;
};

/* Whoever takes raw events: the trace, or a writer of record files. */
struct ht_raw_sink {
    void (*take)(void *ctx, const struct ht_raw *raw);
    void *ctx;
};

#endif
