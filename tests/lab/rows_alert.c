/* SPDX-License-Identifier: MIT */
/* Every fatal alert of RFC 8446 section 6 and RFC 5246 section 7.2 in answer to the ClientHello, as a raw
 * record.
 */
#include "lab.h"

static void serve_alert(struct lab_peer *peer)
{
    static uint8_t hello[5 + 16384];
    enum { FATAL = 2 };
    const uint8_t record[] = {21, 3, 3, 0, 2, FATAL, (uint8_t)peer->row->number};
    if (lab_tls_hello(peer, hello, sizeof hello) > 0) {
        lab_write(peer, record, sizeof record);
    }
}

#define ALERT(code_point, name)                                                                              \
    {                                                                                                        \
        .code = "tls.alert." name, .help = "fatal alert " #code_point " in answer to the ClientHello",       \
        .phase = "tls", .finding = "tls.alert." name, .scheme = LAB_HTTPS, .serve = serve_alert,             \
        .number = (code_point)                                                                               \
    }

static const struct lab_row rows[] = {
    ALERT(10, "unexpected_message"),
    ALERT(20, "bad_record_mac"),
    ALERT(22, "record_overflow"),
    ALERT(30, "decompression_failure"),
    ALERT(40, "handshake_failure"),
    ALERT(42, "bad_certificate"),
    ALERT(43, "unsupported_certificate"),
    ALERT(44, "certificate_revoked"),
    ALERT(45, "certificate_expired"),
    ALERT(46, "certificate_unknown"),
    ALERT(47, "illegal_parameter"),
    ALERT(48, "unknown_ca"),
    ALERT(49, "access_denied"),
    ALERT(50, "decode_error"),
    ALERT(51, "decrypt_error"),
    ALERT(70, "protocol_version"),
    ALERT(71, "insufficient_security"),
    ALERT(80, "internal_error"),
    ALERT(86, "inappropriate_fallback"),
    ALERT(109, "missing_extension"),
    ALERT(110, "unsupported_extension"),
    ALERT(111, "certificate_unobtainable"),
    ALERT(112, "unrecognized_name"),
    ALERT(113, "bad_certificate_status_response"),
    ALERT(114, "bad_certificate_hash_value"),
    ALERT(115, "unknown_psk_identity"),
    ALERT(116, "certificate_required"),
    ALERT(120, "no_application_protocol"),
};

const struct lab_family lab_alert = LAB_FAMILY(rows);
