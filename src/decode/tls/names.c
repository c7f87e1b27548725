/* SPDX-License-Identifier: MIT */
/* Names: takes the numbers of the small TLS registries, gives the names IANA has for them (RFC 8446, RFC
 * 8447, RFC 9001). */
#include "decode/tls/internal.h"

#define DEFINE(function, table_rows)                                                                         \
    static const struct ht_name_table table_rows##_table = HT_NAME_TABLE(table_rows);                        \
    const char *function(uint16_t number)                                                                    \
    {                                                                                                        \
        return ht_name_of(&table_rows##_table, number);                                                      \
    }

/* The same for registries in which RFC 8701 reserves numbers. */
#define DEFINE_GREASED(function, table_rows)                                                                 \
    static const struct ht_name_table table_rows##_table = HT_NAME_TABLE(table_rows);                        \
    const char *function(uint16_t number)                                                                    \
    {                                                                                                        \
        return ht_tls_is_grease(number) ? "GREASE" : ht_name_of(&table_rows##_table, number);                \
    }

static const struct ht_name groups[] = {
    {0x0001, "sect163k1"},
    {0x0002, "sect163r1"},
    {0x0003, "sect163r2"},
    {0x0004, "sect193r1"},
    {0x0005, "sect193r2"},
    {0x0006, "sect233k1"},
    {0x0007, "sect233r1"},
    {0x0008, "sect239k1"},
    {0x0009, "sect283k1"},
    {0x000a, "sect283r1"},
    {0x000b, "sect409k1"},
    {0x000c, "sect409r1"},
    {0x000d, "sect571k1"},
    {0x000e, "sect571r1"},
    {0x000f, "secp160k1"},
    {0x0010, "secp160r1"},
    {0x0011, "secp160r2"},
    {0x0012, "secp192k1"},
    {0x0013, "secp192r1"},
    {0x0014, "secp224k1"},
    {0x0015, "secp224r1"},
    {0x0016, "secp256k1"},
    {0x0017, "secp256r1"},
    {0x0018, "secp384r1"},
    {0x0019, "secp521r1"},
    {0x001a, "brainpoolP256r1"},
    {0x001b, "brainpoolP384r1"},
    {0x001c, "brainpoolP512r1"},
    {0x001d, "x25519"},
    {0x001e, "x448"},
    {0x001f, "brainpoolP256r1tls13"},
    {0x0020, "brainpoolP384r1tls13"},
    {0x0021, "brainpoolP512r1tls13"},
    {0x0022, "GC256A"},
    {0x0023, "GC256B"},
    {0x0024, "GC256C"},
    {0x0025, "GC256D"},
    {0x0026, "GC512A"},
    {0x0027, "GC512B"},
    {0x0028, "GC512C"},
    {0x0029, "curveSM2"},
    {0x0100, "ffdhe2048"},
    {0x0101, "ffdhe3072"},
    {0x0102, "ffdhe4096"},
    {0x0103, "ffdhe6144"},
    {0x0104, "ffdhe8192"},
    {0x0200, "MLKEM512"},
    {0x0201, "MLKEM768"},
    {0x0202, "MLKEM1024"},
    {0x11eb, "SecP256r1MLKEM768"},
    {0x11ec, "X25519MLKEM768"},
    {0x11ed, "SecP384r1MLKEM1024"},
    {0x11ee, "curveSM2MLKEM768"},
    {0x6399, "X25519Kyber768Draft00"},
    {0x639a, "SecP256r1Kyber768Draft00"},
    {0xff01, "arbitrary_explicit_prime_curves"},
    {0xff02, "arbitrary_explicit_char2_curves"},
};
DEFINE_GREASED(ht_tls_group_name, groups)

/* Below 0x0800 these are also the hash and signature pairs of RFC 5246 section 7.4.1.4.1. */
static const struct ht_name schemes[] = {
    {0x0101, "rsa_md5"},
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_sha224"},
    {0x0302, "dsa_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0420, "rsa_pkcs1_sha256_legacy"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0502, "dsa_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0520, "rsa_pkcs1_sha384_legacy"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0602, "dsa_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0620, "rsa_pkcs1_sha512_legacy"},
    {0x0704, "eccsi_sha256"},
    {0x0705, "iso_ibs1"},
    {0x0706, "iso_ibs2"},
    {0x0707, "iso_chinese_ibs"},
    {0x0708, "sm2sig_sm3"},
    {0x0709, "gostr34102012_256a"},
    {0x070a, "gostr34102012_256b"},
    {0x070b, "gostr34102012_256c"},
    {0x070c, "gostr34102012_256d"},
    {0x070d, "gostr34102012_512a"},
    {0x070e, "gostr34102012_512b"},
    {0x070f, "gostr34102012_512c"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
    {0x0840, "gostr34102012_256"},
    {0x0841, "gostr34102012_512"},
    {0x0904, "mldsa44"},
    {0x0905, "mldsa65"},
    {0x0906, "mldsa87"},
    {0x0911, "slhdsa_sha2_128s"},
    {0x0912, "slhdsa_sha2_128f"},
    {0x0913, "slhdsa_sha2_192s"},
    {0x0914, "slhdsa_sha2_192f"},
    {0x0915, "slhdsa_sha2_256s"},
    {0x0916, "slhdsa_sha2_256f"},
    {0x0917, "slhdsa_shake_128s"},
    {0x0918, "slhdsa_shake_128f"},
    {0x0919, "slhdsa_shake_192s"},
    {0x091a, "slhdsa_shake_192f"},
    {0x091b, "slhdsa_shake_256s"},
    {0x091c, "slhdsa_shake_256f"},
};
DEFINE_GREASED(ht_tls_signature_name, schemes)

static const struct ht_name alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {52, "too_many_cids_requested"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {117, "general_error"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};
DEFINE(ht_tls_alert_name_u16, alerts)

static const struct ht_name versions[] = {
    {0x0002, "SSLv2"},    {0x0300, "SSLv3"},    {0x0301, "TLSv1.0"},
    {0x0302, "TLSv1.1"},  {0x0303, "TLSv1.2"},  {0x0304, "TLSv1.3"},
    {0xfefc, "DTLSv1.3"}, {0xfefd, "DTLSv1.2"}, {0xfeff, "DTLSv1.0"},
};
DEFINE_GREASED(ht_tls_version_name, versions)

static const struct ht_name levels[] = {{1, "warning"}, {2, "fatal"}};
DEFINE(ht_tls_alert_level_name, levels)

static const struct ht_name compressions[] = {{0, "null"}, {1, "DEFLATE"}, {64, "LZS"}};
DEFINE(ht_tls_compression_name, compressions)

static const struct ht_name point_formats[] = {
    {0, "uncompressed"}, {1, "ansiX962_compressed_prime"}, {2, "ansiX962_compressed_char2"}};
DEFINE(ht_tls_point_format_name, point_formats)

static const struct ht_name certificate_compressions[] = {{1, "zlib"}, {2, "brotli"}, {3, "zstd"}};
DEFINE(ht_tls_certificate_compression_name, certificate_compressions)

static const struct ht_name psk_modes[] = {{0, "psk_ke"}, {1, "psk_dhe_ke"}};
static const struct ht_name_table psk_modes_table = HT_NAME_TABLE(psk_modes);

/* RFC 8701 section 2 has GREASE values of its own for PskKeyExchangeMode: 0x0b + n * 0x1f. */
const char *ht_tls_psk_mode_name(uint16_t number)
{
    return number >= 0x0b && (number - 0x0b) % 0x1f == 0 ? "GREASE" : ht_name_of(&psk_modes_table, number);
}

static const struct ht_name client_certificate_types[] = {
    {1, "rsa_sign"},         {2, "dss_sign"},          {3, "rsa_fixed_dh"},  {4, "dss_fixed_dh"},
    {5, "rsa_ephemeral_dh"}, {6, "dss_ephemeral_dh"},  {20, "fortezza_dms"}, {64, "ecdsa_sign"},
    {65, "rsa_fixed_ecdh"},  {66, "ecdsa_fixed_ecdh"}, {67, "gost_sign256"}, {68, "gost_sign512"},
};
DEFINE(ht_tls_client_certificate_type_name, client_certificate_types)

static const struct ht_name certificate_types[] = {
    {0, "X509"}, {1, "OpenPGP"}, {2, "RawPublicKey"}, {3, "1609Dot2"}};
DEFINE(ht_tls_certificate_type_name, certificate_types)

static const struct ht_name status_types[] = {{1, "ocsp"}, {2, "ocsp_multi"}};
DEFINE(ht_tls_status_type_name, status_types)

static const struct ht_name name_types[] = {{0, "host_name"}};
DEFINE(ht_tls_name_type_name, name_types)

static const struct ht_name max_fragments[] = {{1, "2^9"}, {2, "2^10"}, {3, "2^11"}, {4, "2^12"}};
DEFINE(ht_tls_max_fragment_name, max_fragments)

static const struct ht_name srtp_profiles[] = {
    {1, "SRTP_AES128_CM_HMAC_SHA1_80"}, {2, "SRTP_AES128_CM_HMAC_SHA1_32"}, {5, "SRTP_NULL_HMAC_SHA1_80"},
    {6, "SRTP_NULL_HMAC_SHA1_32"},      {7, "SRTP_AEAD_AES_128_GCM"},       {8, "SRTP_AEAD_AES_256_GCM"},
};
DEFINE(ht_tls_srtp_name, srtp_profiles)

static const struct ht_name curve_types[] = {
    {1, "explicit_prime"}, {2, "explicit_char2"}, {3, "named_curve"}};
DEFINE(ht_tls_curve_type_name, curve_types)

static const struct ht_name hpke_kdfs[] = {{1, "HKDF-SHA256"}, {2, "HKDF-SHA384"}, {3, "HKDF-SHA512"}};
DEFINE(ht_tls_hpke_kdf_name, hpke_kdfs)

static const struct ht_name hpke_aeads[] = {
    {1, "AES-128-GCM"}, {2, "AES-256-GCM"}, {3, "ChaCha20Poly1305"}, {0xffff, "Export-only"}};
DEFINE(ht_tls_hpke_aead_name, hpke_aeads)

static const struct ht_name quic_parameters[] = {
    {0x00, "original_destination_connection_id"},
    {0x01, "max_idle_timeout"},
    {0x02, "stateless_reset_token"},
    {0x03, "max_udp_payload_size"},
    {0x04, "initial_max_data"},
    {0x05, "initial_max_stream_data_bidi_local"},
    {0x06, "initial_max_stream_data_bidi_remote"},
    {0x07, "initial_max_stream_data_uni"},
    {0x08, "initial_max_streams_bidi"},
    {0x09, "initial_max_streams_uni"},
    {0x0a, "ack_delay_exponent"},
    {0x0b, "max_ack_delay"},
    {0x0c, "disable_active_migration"},
    {0x0d, "preferred_address"},
    {0x0e, "active_connection_id_limit"},
    {0x0f, "initial_source_connection_id"},
    {0x10, "retry_source_connection_id"},
    {0x11, "version_information"},
    {0x20, "max_datagram_frame_size"},
    {0x2ab2, "grease_quic_bit"},
};
static const struct ht_name_table quic_table = HT_NAME_TABLE(quic_parameters);

/* RFC 9000 section 18.1 reserves 27 + 31 * n. */
const char *ht_tls_quic_parameter_name(uint64_t number)
{
    if (number >= 27 && (number - 27) % 31 == 0)
        return "GREASE";
    return number > UINT32_MAX ? NULL : ht_name_of(&quic_table, (uint32_t)number);
}

const char *ht_tls_alert_name(uint8_t description)
{
    return ht_tls_alert_name_u16(description);
}

const char *ht_tls_extension_name(uint16_t extension)
{
    if (ht_tls_is_grease(extension))
        return "GREASE";
    const struct ht_tls_extension_row *row = ht_tls_extension_row(extension);
    return row ? row->name : NULL;
}

/* RFC 8701 section 2: both bytes the same, both end in 0xa. */
bool ht_tls_is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

const struct ht_name_table *const ht_tls_name_tables[] = {&groups_table,
                                                          &schemes_table,
                                                          &alerts_table,
                                                          &versions_table,
                                                          &levels_table,
                                                          &compressions_table,
                                                          &point_formats_table,
                                                          &certificate_compressions_table,
                                                          &psk_modes_table,
                                                          &client_certificate_types_table,
                                                          &certificate_types_table,
                                                          &status_types_table,
                                                          &name_types_table,
                                                          &max_fragments_table,
                                                          &srtp_profiles_table,
                                                          &curve_types_table,
                                                          &hpke_kdfs_table,
                                                          &hpke_aeads_table,
                                                          &quic_table,
                                                          NULL};
