/* SPDX-License-Identifier: MIT */
/* Key exchange before TLS 1.3: takes the bodies of ServerKeyExchange and ClientKeyExchange, whose layout the
 * cipher suite tells, gives fields, the group and the signature scheme (RFC 5246 sections 7.4.3 and 7.4.7,
 * RFC 8422 sections 5.4 and 5.7, RFC 4279, RFC 5054). */
#include "decode/tls/internal.h"

/* False where what follows the parameters cannot be found. */
typedef bool params_fn(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f);

/* One family of cipher suites; NULL where a message has no part of that kind. */
struct family {
    const char *prefix;
    params_fn *server, *client;
    bool psk; /* a hint or an identity goes before the parameters */
    bool is_signed;
};

/* ServerECDHParams; an explicit curve (deprecated by RFC 8422 section 5.4) is left as bytes, the signature
 * with it. */
static bool server_ecdhe(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    uint8_t type = ht_read_u8(r);
    if (r->failed)
        return true;
    ht_tls_named(walk, f, "curve_type", type, ht_tls_curve_type_name);
    if (type != 3) {
        ht_tls_bytes(walk, f, "params", ht_read_rest(r));
        return false;
    }
    walk->out->group = ht_tls_named_u16(walk, r, f, "named_curve", ht_tls_group_name);
    ht_tls_vec_field(walk, r, 1, 1, f, "public");
    return true;
}

/* ServerDHParams. */
static bool server_dhe(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_span p = ht_tls_vec_field(walk, r, 2, 1, f, "dh_p");
    if (!r->failed)
        ht_field_uint(walk->arena, f, "dh_p_bytes", p.len);
    ht_tls_vec_field(walk, r, 2, 1, f, "dh_g");
    ht_tls_vec_field(walk, r, 2, 1, f, "dh_Ys");
    return true;
}

/* ServerRSAParams of the export suites (RFC 2246 section 7.4.3). */
static bool server_rsa(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 2, 1, f, "rsa_modulus");
    ht_tls_vec_field(walk, r, 2, 1, f, "rsa_exponent");
    return true;
}

/* ServerSRPParams (RFC 5054 section 2.8.2). */
static bool server_srp(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 2, 1, f, "srp_N");
    ht_tls_vec_field(walk, r, 2, 1, f, "srp_g");
    ht_tls_vec_field(walk, r, 1, 1, f, "srp_s");
    ht_tls_vec_field(walk, r, 2, 1, f, "srp_B");
    return true;
}

static bool client_ecdhe(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 1, 1, f, "ecdh_Yc");
    return true;
}

static bool client_dhe(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 2, 1, f, "dh_Yc");
    return true;
}

/* SSL 3.0 had no length here (RFC 5246 section 7.4.7.1). */
static bool client_rsa(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->context->version == 0x0300)
        ht_tls_bytes(walk, f, "encrypted_pre_master_secret", ht_read_rest(r));
    else
        ht_tls_vec_field(walk, r, 2, 1, f, "encrypted_pre_master_secret");
    return true;
}

static bool client_srp(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 2, 1, f, "srp_A");
    return true;
}

/* The first whose prefix fits counts. */
static const struct family families[] = {
    {"TLS_ECDHE_PSK_", server_ecdhe, client_ecdhe, true, false},
    {"TLS_DHE_PSK_", server_dhe, client_dhe, true, false},
    {"TLS_PSK_DHE_", server_dhe, client_dhe, true, false},
    {"TLS_RSA_PSK_", NULL, client_rsa, true, false},
    {"TLS_PSK_", NULL, NULL, true, false},
    {"TLS_ECDHE_", server_ecdhe, client_ecdhe, false, true},
    {"TLS_ECDH_anon_", server_ecdhe, client_ecdhe, false, false},
    {"TLS_ECDH_", NULL, client_ecdhe, false, false},
    {"TLS_DHE_", server_dhe, client_dhe, false, true},
    {"TLS_DH_anon_", server_dhe, client_dhe, false, false},
    {"TLS_DH_", NULL, client_dhe, false, false},
    {"TLS_RSA_EXPORT", server_rsa, client_rsa, false, true},
    {"TLS_RSA_", NULL, client_rsa, false, false},
    {"TLS_SRP_SHA_WITH_", server_srp, client_srp, false, false},
    {"TLS_SRP_SHA_", server_srp, client_srp, false, true},
};

static const struct family *family_of(uint16_t cipher)
{
    const char *name = ht_tls_cipher_name(cipher);
    for (size_t i = 0; name && cipher != 0 && i < sizeof families / sizeof *families; i++) {
        if (strncmp(name, families[i].prefix, strlen(families[i].prefix)) == 0)
            return &families[i];
    }
    return NULL;
}

/* digitally-signed (RFC 5246 section 4.7); before TLS 1.2 without the algorithm. */
static void read_signature(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->context->version == 0 || walk->context->version >= 0x0303)
        walk->out->signature_scheme = ht_tls_named_u16(walk, r, f, "algorithm", ht_tls_signature_name);
    ht_tls_vec_field(walk, r, 2, 0, f, "signature");
}

void ht_tls_msg_server_key_exchange(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    const struct family *family = family_of(walk->context->cipher);
    if (!family || !(family->server || family->psk)) {
        ht_tls_bytes(walk, f, "params", ht_read_rest(r));
        return;
    }
    if (family->psk)
        ht_tls_vec_field(walk, r, 2, 0, f, "psk_identity_hint");
    bool readable = !family->server || family->server(walk, r, f);
    if (readable && family->is_signed)
        read_signature(walk, r, f);
}

/* A client certificate with a fixed Diffie-Hellman key leaves the message empty (RFC 5246 section 7.4.7.2).
 */
void ht_tls_msg_client_key_exchange(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    const struct family *family = family_of(walk->context->cipher);
    if (!family) {
        ht_tls_bytes(walk, f, "exchange_keys", ht_read_rest(r));
        return;
    }
    if (family->psk) {
        struct ht_span identity = ht_tls_vec_span(walk, r, 2, 0);
        if (!r->failed)
            ht_tls_secret(walk, f, "psk_identity", identity);
    }
    bool implicit = !family->psk && ht_reader_left(r) == 0 && strncmp(family->prefix, "TLS_RSA", 7) != 0;
    if (family->client && !implicit)
        family->client(walk, r, f);
}
