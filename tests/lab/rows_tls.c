/* SPDX-License-Identifier: MIT */
/* Parameters of TLS: versions, ciphers, groups, client certificates (RFC 8446) and ALPN (RFC 7301). */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

/* An h1 answer where h2 was agreed: no SETTINGS. */
static void serve_h1_blindly(struct lab_peer *peer)
{
    char first[NGHTTP2_CLIENT_MAGIC_LEN];
    lab_read_all(peer, first, sizeof first);
    lab_say(peer, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 12\r\n\r\nBad request\n");
}

#define ONLY(version) .alpn = "http/1.1", .min = (version), .max = (version)
#define PARAMETER(name, words, at, found, options, how, ...)                                                 \
    {                                                                                                        \
        .code = (name), .help = (words), .phase = (at), .finding = (found), .client = (options),             \
        .scheme = LAB_HTTPS, .serve = (how), .tls = &(const struct lab_tls)                                  \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }
#define OLD_CLIENT(version) "--tlsv" version " --tls-max " version " --ciphers DEFAULT@SECLEVEL=0"

static const struct lab_row rows[] = {
    PARAMETER("tls.version_low.tls10", "TLS 1.0 and nothing else, client willing", "tls", "tls.version_low",
              OLD_CLIENT("1.0"), lab_h1_serve, ONLY(TLS1_VERSION)),
    PARAMETER("tls.version_low.tls11", "TLS 1.1 and nothing else, client willing", "tls", "tls.version_low",
              OLD_CLIENT("1.1"), lab_h1_serve, ONLY(TLS1_1_VERSION)),
    PARAMETER("tls.version_mismatch.old_server", "TLS 1.0 and nothing else", "tls", "tls.version_mismatch",
              "--tlsv1.2", lab_h1_serve, ONLY(TLS1_VERSION)),
    PARAMETER("tls.version_mismatch.new_server", "TLS 1.3 and nothing else, client stops at 1.2", "tls",
              "tls.version_mismatch", "--tls-max 1.2", lab_h1_serve, ONLY(TLS1_3_VERSION)),
    PARAMETER("tls.hello_retry", "wants a group the client sent no share for: HelloRetryRequest", "tls",
              "tls.hello_retry", NULL, lab_h1_serve, .alpn = "http/1.1", .groups = "P-384"),
    PARAMETER("tls.no_common_group", "knows only a group the client does not offer", "tls",
              "tls.alert.handshake_failure", "--curves X25519", lab_h1_serve, .groups = "P-384"),
    PARAMETER("tls.weak_cipher", "TLS 1.2 with AES128-SHA: CBC, no forward secrecy", "tls", "tls.weak_cipher",
              NULL, lab_h1_serve, ONLY(TLS1_2_VERSION), .ciphers = "AES128-SHA", .cert = {.rsa_bits = 2048}),
    PARAMETER("tls.client_cert_required", "TLS 1.3: wants a client certificate", "tls",
              "tls.client_cert_required", NULL, lab_h1_serve, ONLY(TLS1_3_VERSION), .client_cert = true),
    PARAMETER("tls.client_cert_required.tls12", "TLS 1.2: wants a client certificate", "tls",
              "tls.client_cert_required", NULL, lab_h1_serve, ONLY(TLS1_2_VERSION), .client_cert = true),
    PARAMETER("alpn.none", "ignores ALPN and speaks HTTP/1.1", NULL, "alpn.none", NULL, lab_h1_serve,
              .alpn = NULL),
    PARAMETER("alpn.fallback", "chooses http/1.1 though h2 was offered", NULL, "alpn.fallback", NULL,
              lab_h1_serve, .alpn = "http/1.1"),
    PARAMETER("alpn.no_overlap", "refuses a client without common protocol: alert 120", "tls",
              "tls.alert.no_application_protocol", NULL, lab_h1_serve, .alpn = "acme-tls/1",
              .alpn_strict = true),
    PARAMETER("alpn.lied", "chooses h2 and answers in HTTP/1.1", "wait", "alpn.lied", NULL, serve_h1_blindly,
              .alpn = "h2"),
};

const struct lab_family lab_parameters = LAB_FAMILY(rows);
