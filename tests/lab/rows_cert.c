/* SPDX-License-Identifier: MIT */
/* Certificates that do not hold (RFC 5280, RFC 6125), or that somebody else signed. HTTP behind them is
 * healthy. */
#include "lab.h"

#define CERT(name, words, found, options, ...)                                                               \
    {                                                                                                        \
        .code = "cert." name, .help = (words), .phase = "tls", .finding = "cert." found,                     \
        .client = (options), .scheme = LAB_HTTPS, .serve = lab_h1_serve, .tls = &(const struct lab_tls)      \
        {                                                                                                    \
            .alpn = "http/1.1", __VA_ARGS__                                                                  \
        }                                                                                                    \
    }
/* The product's CA hangs below the lab's root, so that the chain verifies with the lab's CA file, as it does
 * on a machine where the product was installed. */
#define INSPECTED(product, cn, org)                                                                          \
    CERT("inspection_issuer." product, "the leaf is signed by \"" cn "\"", "inspection_issuer", NULL,        \
         .cert = {.issuer_cn = (cn), .issuer_org = (org)})

static const struct lab_row rows[] = {
    CERT("inspection_issuer", "the leaf is signed by \"FortiGate CA\", a TLS-inspection product",
         "inspection_issuer", NULL, .cert = {.issuer_cn = "FortiGate CA", .issuer_org = "Fortinet"}),
    INSPECTED("zscaler", "Zscaler Intermediate Root CA (zscaler.net)", "Zscaler Inc."),
    INSPECTED("mitmproxy", "mitmproxy", "mitmproxy"),
    INSPECTED("kaspersky", "Kaspersky Anti-Virus Personal Root Certificate", "AO Kaspersky Lab"),
    INSPECTED("netskope", "ca.lab.goskope.com", "Netskope Inc"),
    CERT("expired", "expired two days ago", "expired", NULL, .cert = {.from_days = -30, .to_days = -2}),
    CERT("not_yet_valid", "valid from the day after tomorrow", "not_yet_valid", NULL,
         .cert = {.from_days = 2, .to_days = 30}),
    CERT("name_mismatch", "the only name is other.lab.example", "name_mismatch", NULL,
         .cert = {.name = "other.lab.example"}),
    CERT("self_signed", "self-signed", "self_signed", NULL, .cert = {.self_signed = true}),
    CERT("untrusted", "a whole chain below a root that the CA file does not hold, root left out", "untrusted",
         NULL, .cert = {.foreign_root = true}),
    CERT("untrusted.root_sent", "the same with the root sent along", "untrusted", NULL,
         .cert = {.foreign_root = true, .with_root = true}),
    CERT("incomplete_chain", "the intermediate is not sent", "incomplete_chain", NULL,
         .cert = {.leaf_only = true}),
    CERT("weak_key", "RSA key of 1024 bits", "weak_key", "--ciphers DEFAULT@SECLEVEL=0",
         .cert = {.rsa_bits = 1024}),
    CERT("weak_signature", "leaf signed with SHA-1", "weak_signature", "--ciphers DEFAULT@SECLEVEL=0",
         .cert = {.sha1 = true}),
    CERT("revoked", "a stapled OCSP response says revoked", "revoked", "--cert-status",
         .staple = LAB_STAPLE_REVOKED),
};

const struct lab_family lab_cert = LAB_FAMILY(rows);
