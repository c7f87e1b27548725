/* SPDX-License-Identifier: MIT */
/* What is known of one TLS session: typed facts from its messages (RFC 8446, RFC 5246), and OpenSSL's word on
 * its end. */
#ifndef HTTPTRACE_TLS_H
#define HTTPTRACE_TLS_H

#include <httptrace/event.h>

/* A list of code points, GREASE (RFC 8701) included as it came. */
struct ht_u16_list {
    const uint16_t *at;
    size_t count;
};

struct ht_span_list {
    const struct ht_span *at;
    size_t count;
};

/* A ClientHello or ServerHello (RFC 8446 sections 4.1.2 and 4.1.3), as far as somebody reasons with it. */
struct ht_tls_hello {
    bool present;
    uint16_t legacy_version;
    struct ht_span random, session_id;
    struct ht_u16_list ciphers; /* ServerHello: the one selected */
    struct ht_u16_list extensions;
    struct ht_u16_list groups, versions,
        signature_schemes;         /* ServerHello: versions holds supported_versions' one */
    struct ht_u16_list key_shares; /* groups that have a share */
    struct ht_span_list alpn;
    struct ht_span point_formats;
    struct ht_span server_name; /* empty: no server_name */
    bool psk, early_data, status_request, sct, session_ticket, extended_master_secret, ech_outer, ech_grease;
    bool hello_retry; /* a ServerHello whose random says HelloRetryRequest (RFC 8446 section 4.1.3) */
};

/* One certificate of the chain as it was sent (RFC 5280). Texts are the wire's: hostile until escaped. */
struct ht_certificate {
    struct ht_span der;
    bool parsed;
    struct ht_span subject, issuer; /* RFC 2253 style with spaces: "CN = x, O = y" as OpenSSL's oneline */
    struct ht_span subject_cn, issuer_cn, issuer_org; /* first of each; empty where absent */
    struct ht_span subject_der,
        san_der;                       /* Name; GeneralNames, empty unless there is just one such extension */
    struct ht_span_list san;           /* "DNS:example.com" without prefix for names, addresses as text */
    int64_t not_before_s, not_after_s; /* Unix time */
    const char *key;                   /* "RSA 2048", "EC P-256", "Ed25519" */
    int64_t key_bits;
    const char *signature;                        /* "sha256WithRSAEncryption" */
    char sha256[65], spki_sha256[65], serial[65]; /* lower-case hex */
    bool is_ca, self_issued, has_sct, must_staple;
    struct ht_span ca_issuers; /* first caIssuers address (RFC 5280 section 4.2.2.1) */
    struct ht_span authority; /* authorityCertIssuer (section 4.2.1.1): who issued the issuer's certificate */
};

enum ht_ocsp_status { HT_OCSP_NONE, HT_OCSP_GOOD, HT_OCSP_REVOKED, HT_OCSP_UNKNOWN, HT_OCSP_UNPARSED };

struct ht_tls_alert {
    enum ht_dir dir;
    int64_t t_us;
    uint8_t level, description;
    const char *name; /* "handshake_failure", or NULL for a number nobody named */
    struct ht_tls_alert *next;
};

/* Owned by the connection's arena. */
struct ht_tls {
    int64_t begin_us, end_us; /* end_us: -1 while the handshake lasts */
    bool ok, failed;
    uint16_t version;                        /* 0x0304 for TLS 1.3; 0 where none was agreed */
    struct ht_span cipher, group, signature; /* names; empty where unknown */
    bool resumed, early_data_accepted;
    struct ht_tls_hello client_hello, server_hello;
    bool hello_retry;
    struct ht_span alpn; /* selected; empty: none */
    char ja3[33], ja3s[33], ja4[37];
    struct ht_certificate *certificates; /* the peer's, leaf first */
    size_t certificate_count;
    bool certificates_cut, client_certificate_requested, client_certificate_sent;
    struct ht_tls_alert *alerts;
    int64_t verify_result; /* X509_V_*; -1 while unknown */
    struct ht_span verify_text, error_text;
    bool verified_chain, hostname_checked, hostname_ok;
    struct ht_span
        anchor; /* DER of the certificate that ended the verified chain; empty where there is none */
    int64_t anchor_public; /* 1: of the distribution's own store; 0: not; -1: not known */
    struct ht_span kin; /* subject of a trust anchor that shares the organisation of the issuer not found */
    struct ht_span reply_head; /* first bytes that came in answer to the ClientHello */
    enum ht_ocsp_status ocsp;
    bool sct_in_tls;
    struct ht_event_list handshake; /* its messages, in order; they are in the timeline as well, as copies */
    int64_t bytes[3];               /* TLS bytes on the wire by ht_dir */
};

#endif
