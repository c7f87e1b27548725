/* SPDX-License-Identifier: MIT */
/*
 * The lab's contract: one row per behaviour, and what a row's function may call. A row is served in a process
 * of its own per connection, so a function may block, sleep or never come back: it ends with the lab.
 */
#ifndef HT_LAB_H
#define HT_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ssl_st;
struct ssl_ctx_st;
struct lab_peer;
struct lab_pki;

struct lab_bytes {
    const char *at;
    size_t size;
};

#define LAB_BYTES(literal)                                                                                   \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }

enum lab_scheme { LAB_HTTP, LAB_HTTPS };

/* What becomes of a SYN to the row's port. */
enum lab_listen {
    LAB_LISTEN,
    LAB_LISTEN_CLOSED, /* the port is taken, but nobody listens: the kernel answers RST */
    LAB_LISTEN_FULL    /* the backlog is full: the kernel drops the SYN */
};

/* How a row leaves its connection. */
enum lab_end { LAB_END_FIN, LAB_END_RST, LAB_END_HOLD };

/* The certificate a row shows. All zero: a good one, signed by the lab's intermediate CA. */
struct lab_cert {
    const char *issuer_cn, *issuer_org; /* the CA that signs; NULL: the lab's intermediate */
    int from_days, to_days;             /* validity, in days from now; both 0: from yesterday for 90 days */
    const char *name;                   /* the only dNSName; NULL: the lab's own names */
    int rsa_bits;                       /* 0: EC P-256 */
    bool sha1, self_signed;
    bool foreign_root;         /* the root is not the one in the CA file */
    bool leaf_only, with_root; /* what goes on the wire beside leaf and intermediate */
};

enum lab_staple { LAB_STAPLE_NONE, LAB_STAPLE_GOOD, LAB_STAPLE_REVOKED };

/* How a row does TLS. All zero: TLS 1.2 and 1.3, no ALPN. */
struct lab_tls {
    const char *alpn; /* "h2,http/1.1", in the server's order; NULL: the extension is ignored */
    bool alpn_strict; /* no common protocol is a fatal alert (RFC 7301 section 3.2), else it is ignored */
    struct lab_cert cert;
    int min, max;                 /* TLS1_VERSION, ...; 0: OpenSSL's own */
    const char *ciphers, *groups; /* ciphers: of TLS 1.2 and below, in OpenSSL's spelling */
    bool client_cert;
    enum lab_staple staple;
};

/* A frame as it goes on the wire, legal or not. */
struct lab_frame {
    uint8_t type, flags;
    uint32_t stream;
    struct lab_bytes payload;
};

struct lab_row {
    const char *code;    /* names the row; where one finding names the fault, the code begins with it */
    const char *help;    /* one line */
    const char *phase;   /* the phase it hits; NULL: none, the exchange is healthy */
    const char *finding; /* the finding that names it; NULL: nothing above `notice` */
    const char *client;  /* the client's options it takes to meet it; NULL: none */
    enum lab_scheme scheme;
    void (*serve)(struct lab_peer *peer);
    const struct lab_tls *tls; /* NULL: the row's bytes are the socket's */
    bool own_handshake;        /* `tls` gives the context, but `serve` begins before the handshake */
    enum lab_listen listen;
    enum lab_end end;
    int number; /* for `serve` */
    struct lab_bytes bytes;
    const struct lab_frame *frame;
};

/* The rows of one source file. */
struct lab_family {
    const struct lab_row *rows;
    size_t count;
};

#define LAB_FAMILY(rows)                                                                                     \
    {                                                                                                        \
        (rows), sizeof(rows) / sizeof *(rows)                                                                \
    }

extern const struct lab_family *const lab_families[]; /* NULL-terminated */

/* One accepted connection. */
struct lab_peer {
    int fd; /* -1 once it was reset */
    struct ssl_st *ssl;
    struct ssl_ctx_st *context; /* NULL: the row has no TLS */
    const struct lab_row *row;
    const char *url; /* the row's own, with a final slash */
    char in[65536];  /* bytes read ahead */
    size_t in_len;
};

/* ---- peer.c: bytes in and out ---- */

/* 0 at the end of the stream, -1 after an error. Takes what was read ahead first. */
ssize_t lab_read(struct lab_peer *peer, void *to, size_t size);
bool lab_read_all(struct lab_peer *peer, void *to, size_t size);
/* Reads on into `in`; false at the end, after an error, or where it is full. */
bool lab_read_more(struct lab_peer *peer);
void lab_drop(struct lab_peer *peer, size_t bytes); /* of `in` */
bool lab_write(struct lab_peer *peer, const void *bytes, size_t size);
bool lab_say(struct lab_peer *peer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lab_sleep_ms(int ms);

/* FIN (with close_notify where there is TLS), then reads until the client is gone: with unread bytes the
 * kernel would send RST. */
void lab_fin(struct lab_peer *peer);
void lab_rst(struct lab_peer *peer);
/* Says nothing and reads nothing until the client is gone. */
void lab_hold(struct lab_peer *peer);
void lab_end(struct lab_peer *peer, enum lab_end end);

/* ---- tls.c ---- */

/* A row's context, the caller's to free; NULL for a row without TLS. Ends the process where OpenSSL refuses.
 */
struct ssl_ctx_st *lab_tls_context(const struct lab_tls *tls, const struct lab_pki *pki);
bool lab_tls_accept(struct lab_peer *peer);
/* Reads the first record whole, header included: the ClientHello. Its size; 0 where none came. */
size_t lab_tls_hello(struct lab_peer *peer, uint8_t *to, size_t size);

/* ---- h1.c ---- */

struct lab_request {
    char method[16], target[1024];
    uint64_t body_bytes;
    bool keep_alive, upgrade_h2c;
    char settings[256]; /* HTTP2-Settings, where upgrade_h2c */
};

/* Reads one request with its body (RFC 9112). False at the end of the stream. */
bool lab_h1_request(struct lab_peer *peer, struct lab_request *request);
/* Answers requests as a healthy origin does until the client leaves. */
void lab_h1_serve(struct lab_peer *peer);
/* Reads a request, writes the row's bytes, leaves as the row says. */
void lab_h1_bytes(struct lab_peer *peer);
/* The size of the body a target asks for: N in "/bytes/N"; -1 for any other target. */
int64_t lab_target_bytes(const char *target);

/* ---- h2.c ---- */

struct lab_h2_in {
    uint32_t length, stream;
    uint8_t type, flags;
    uint8_t payload[16384];
};

/* What lab_h2_serve adds to a plain answer; a row's `number`. */
enum lab_answer { LAB_ANSWER_PLAIN, LAB_ANSWER_TRAILERS, LAB_ANSWER_EARLY_HINTS };

/* Answers requests as a healthy origin does; `upgrade` is the request that was upgraded to h2c, or NULL. */
void lab_h2_serve(struct lab_peer *peer, const struct lab_request *upgrade);

/* For the rows that break the rules: reads the client preface and sends SETTINGS. */
bool lab_h2_begin(struct lab_peer *peer);
bool lab_h2_read(struct lab_peer *peer, struct lab_h2_in *in);
/* Reads, acknowledging SETTINGS and PING, until a request's HEADERS came. Its stream; 0 at the end. */
uint32_t lab_h2_request(struct lab_peer *peer);
bool lab_h2_write(struct lab_peer *peer, uint8_t type, uint8_t flags, uint32_t stream,
                  struct lab_bytes payload);
/* A response's HEADERS: ":status", content-type, and content-length where `length` is not negative. */
bool lab_h2_headers(struct lab_peer *peer, uint32_t stream, const char *status, int64_t length);
/* Reads and acknowledges until the client is gone. */
void lab_h2_hold(struct lab_peer *peer);

/* ---- pki.c ---- */

/* `name`: a host name or an address that good certificates hold beside localhost and the loopback addresses.
 */
struct lab_pki *lab_pki_new(const char *name);
void lab_pki_free(struct lab_pki *pki);
bool lab_pki_write(const struct lab_pki *pki, const char *path); /* the root, as PEM */
void lab_pki_install(const struct lab_pki *pki, const struct lab_tls *tls, struct ssl_ctx_st *context);
_Noreturn void lab_die(const char *what); /* with OpenSSL's reason, where it has one */

/* ---- server.c ---- */

struct lab_options {
    const char *host; /* NULL: both loopback addresses */
    const char *name; /* NULL: localhost, or `host` */
    const char *ca_file;
    int port; /* 0: any free; several rows take consecutive ones */
    bool once, tls;
};

/* Serves the rows until SIGTERM or SIGINT, with `once` until each had a connection. The process's exit code.
 */
int lab_run(const struct lab_options *options, const struct lab_row *const *rows, size_t count);

#endif
