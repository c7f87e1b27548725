/* SPDX-License-Identifier: MIT */
/* TLS decoding: records from a byte stream, and messages to facts and fields (RFC 8446, RFC 5246, RFC 8701).
 */
#ifndef HT_DECODE_TLS_H
#define HT_DECODE_TLS_H

#include "base/arena.h"

#include <httptrace/tls.h>

enum ht_tls_content_type {
    HT_TLS_CHANGE_CIPHER_SPEC = 20,
    HT_TLS_ALERT = 21,
    HT_TLS_HANDSHAKE = 22,
    HT_TLS_APPLICATION_DATA = 23
};

enum ht_tls_message_type {
    HT_TLS_HELLO_REQUEST = 0,
    HT_TLS_CLIENT_HELLO = 1,
    HT_TLS_SERVER_HELLO = 2,
    HT_TLS_NEW_SESSION_TICKET = 4,
    HT_TLS_END_OF_EARLY_DATA = 5,
    HT_TLS_ENCRYPTED_EXTENSIONS = 8,
    HT_TLS_CERTIFICATE = 11,
    HT_TLS_SERVER_KEY_EXCHANGE = 12,
    HT_TLS_CERTIFICATE_REQUEST = 13,
    HT_TLS_SERVER_HELLO_DONE = 14,
    HT_TLS_CERTIFICATE_VERIFY = 15,
    HT_TLS_CLIENT_KEY_EXCHANGE = 16,
    HT_TLS_FINISHED = 20,
    HT_TLS_CERTIFICATE_URL = 21,
    HT_TLS_CERTIFICATE_STATUS = 22,
    HT_TLS_KEY_UPDATE = 24,
    HT_TLS_COMPRESSED_CERTIFICATE = 25,
    HT_TLS_NEXT_PROTO = 67,
    HT_TLS_MESSAGE_HASH = 254
};

/* What must be known to read a message: the layout of some depends on it. */
struct ht_tls_context {
    enum ht_dir dir;
    uint16_t version; /* negotiated; 0 before ServerHello */
    uint16_t cipher;  /* selected; 0 before ServerHello. Tells ECDHE from DHE and RSA in key exchanges. */
};

/* All of it in the arena that was passed, names static. Which members are set depends on `type`. */
struct ht_tls_message {
    uint8_t content_type;
    uint8_t type;     /* handshake type; of an alert, its description */
    const char *kind; /* "client_hello", "server_hello", "hello_retry_request", "certificate", "alert", ... */
    const char *summary; /* one line, wire text escaped */
    struct ht_field *fields;
    bool malformed;
    size_t malformed_at;
    const char *malformed_why;

    struct ht_tls_hello *hello; /* client_hello, server_hello, hello_retry_request */
    struct ht_span alpn;        /* server_hello (TLS 1.2), encrypted_extensions: the protocol selected */
    struct ht_certificate *certificates;
    size_t certificate_count;
    bool certificates_cut;
    uint16_t signature_scheme, group; /* certificate_verify, server_key_exchange; 0: none */
    struct ht_span ocsp_response;     /* certificate (TLS 1.3), certificate_status */
    bool sct;                         /* a signed_certificate_timestamp extension came from the server */
    uint8_t alert_level, alert_description;
};

/*
 * Decodes one message of any content type but application_data: a handshake message with its four-byte
 * header, an alert's two bytes, change_cipher_spec's one. Never fails: what breaks the grammar is marked and
 * the rest left out.
 */
void ht_tls_decode(struct ht_arena *arena, const struct ht_tls_context *context, uint8_t content_type,
                   struct ht_span bytes, struct ht_tls_message *out);

/* ---- records ---- */

/* Walks the record headers of one direction of a stream; copies nothing. Zero-initialise. */
struct ht_tls_records {
    uint8_t header[5];
    size_t have;       /* bytes of `header` that are there */
    uint64_t left;     /* bytes of the present record still to come */
    uint64_t count[4]; /* by content type less 20 */
    bool bad; /* a header was met that no TLS record has (RFC 8446 section 5.1); nothing is walked after it */
    uint64_t bad_at; /* stream offset of that header */
    uint64_t offset;
};

void ht_tls_records_feed(struct ht_tls_records *records, struct ht_span bytes);

/* ---- names; NULL for a number that nobody named. GREASE values (RFC 8701) are "GREASE". ---- */
const char *ht_tls_cipher_name(uint16_t cipher);       /* "TLS_AES_128_GCM_SHA256" */
const char *ht_tls_group_name(uint16_t group);         /* "x25519", "secp256r1" */
const char *ht_tls_signature_name(uint16_t scheme);    /* "ecdsa_secp256r1_sha256" */
const char *ht_tls_alert_name(uint8_t description);    /* "handshake_failure" */
const char *ht_tls_extension_name(uint16_t extension); /* "server_name" */
const char *ht_tls_version_name(uint16_t version);     /* "TLSv1.3", "SSLv3" */
bool ht_tls_is_grease(uint16_t value);

/* ---- fingerprints; NUL-terminated hex or text ---- */
void ht_tls_ja3(const struct ht_tls_hello *client_hello, char out[33]);
void ht_tls_ja3s(const struct ht_tls_hello *server_hello, char out[33]);
/* `transport`: 't' for TCP, 'q' for QUIC. */
void ht_tls_ja4(const struct ht_tls_hello *client_hello, char transport, char out[37]);

#endif
