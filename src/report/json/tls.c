/* SPDX-License-Identifier: MIT */
/* Takes one TLS session, gives it as JSON: agreed parameters, handshake, alerts, certificates (RFC 8446, RFC
 * 5280). */
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/json/value.h"

#define UNKNOWN_VERIFY (-1) /* ht_tls.verify_result before anything was verified */

static json_t *texts(const struct ht_span_list *list)
{
    json_t *out = json_array();
    for (size_t i = 0; i < list->count; i++)
        ht_json_append(out, ht_json_text(list->at[i]));
    return out;
}

static json_t *hex_or_null(const char *text)
{
    return ht_json_word(text[0] ? text : NULL);
}

static json_t *handshake(struct ht_json *j, const struct ht_tls *tls, int32_t connection)
{
    json_t *list = json_array();
    for (const struct ht_event *e = tls->handshake.first; e; e = e->next) {
        json_t *one = json_object();
        ht_json_set(one, "t_us", ht_json_time(j, e->t_us));
        ht_json_set(one, "dir", ht_json_word(ht_dir_name(e->dir)));
        ht_json_set(one, "message", ht_json_word(e->kind));
        ht_json_set(one, "bytes", ht_json_count(e->size));
        ht_json_set(one, "fields", ht_json_fields(j, e->fields));
        ht_json_set(one, "malformed", ht_json_malformed(e));
        ht_json_append(list, one);
    }
    if (tls->handshake.dropped)
        ht_json_truncated(j, "handshake messages", connection, -1, (int64_t)tls->handshake.dropped);
    return list;
}

static json_t *alerts(const struct ht_json *j, const struct ht_tls *tls)
{
    json_t *list = json_array();
    for (const struct ht_tls_alert *a = tls->alerts; a; a = a->next) {
        json_t *one = json_object();
        const char *level = a->level == 1 ? "warning" : a->level == 2 ? "fatal" : NULL;
        ht_json_set(one, "t_us", ht_json_time(j, a->t_us));
        ht_json_set(one, "dir", ht_json_word(ht_dir_name(a->dir)));
        ht_json_set(one, "level", ht_json_named(level, a->level, 2));
        ht_json_set(one, "description", ht_json_named(a->name, a->description, 2));
        ht_json_set(one, "code", json_integer(a->description));
        ht_json_append(list, one);
    }
    return list;
}

static void set_parsed(json_t *out, const struct ht_certificate *c)
{
    ht_json_set(out, "subject", c->parsed ? ht_json_text(c->subject) : json_null());
    ht_json_set(out, "issuer", c->parsed ? ht_json_text(c->issuer) : json_null());
    ht_json_set(out, "san", texts(&c->san));
    ht_json_set(out, "not_before", c->parsed ? ht_json_date(c->not_before_s) : json_null());
    ht_json_set(out, "not_after", c->parsed ? ht_json_date(c->not_after_s) : json_null());
    ht_json_set(out, "sha256", hex_or_null(c->sha256));
    ht_json_set(out, "spki_sha256", hex_or_null(c->spki_sha256));
    ht_json_set(out, "serial", hex_or_null(c->serial));
    ht_json_set(out, "key", ht_json_ready(c->key));
    ht_json_set(out, "signature", ht_json_ready(c->signature));
    ht_json_set(out, "is_ca", json_boolean(c->is_ca));
    ht_json_set(out, "self_issued", json_boolean(c->self_issued));
    ht_json_set(out, "has_sct", json_boolean(c->has_sct));
    ht_json_set(out, "must_staple", json_boolean(c->must_staple));
}

static json_t *certificates(struct ht_json *j, const struct ht_tls *tls, int32_t connection)
{
    json_t *list = json_array();
    for (size_t i = 0; i < tls->certificate_count; i++) {
        const struct ht_certificate *c = &tls->certificates[i];
        json_t *one = json_object();
        set_parsed(one, c);
        ht_json_set(one, "bytes", ht_json_count((int64_t)c->der.len));
        ht_json_append(list, one);
        if (c->san.count >= HT_CAP_SANS)
            ht_json_truncated(j, "subject alternative names", connection, -1, -1);
    }
    if (tls->certificates_cut)
        ht_json_truncated(j, "certificates", connection, -1, -1);
    return list;
}

static json_t *verify(const struct ht_tls *tls)
{
    /* before a certificate came there was nothing to verify: OpenSSL's word is then what it begins with */
    bool nothing = tls->certificate_count == 0 && !tls->ok && tls->verify_result == 0;
    if (tls->verify_result == UNKNOWN_VERIFY || nothing)
        return json_null();
    json_t *out = json_object();
    bool ok = tls->verify_result == 0 && (!tls->hostname_checked || tls->hostname_ok);
    ht_json_set(out, "ok", json_boolean(ok));
    ht_json_set(out, "code", json_integer(tls->verify_result));
    ht_json_set(out, "message", tls->verify_result ? ht_json_text_or_null(tls->verify_text) : json_null());
    ht_json_set(out, "hostname_ok", tls->hostname_checked ? json_boolean(tls->hostname_ok) : json_null());
    return out;
}

static const char *outcome_of(const struct ht_tls *tls)
{
    return ht_outcome_name(tls->failed ? HT_OUTCOME_FAILED : tls->ok ? HT_OUTCOME_OK : HT_OUTCOME_PENDING);
}

static json_t *alpn(const struct ht_tls *tls)
{
    json_t *out = json_object();
    ht_json_set(out, "offered", texts(&tls->client_hello.alpn));
    ht_json_set(out, "selected", ht_json_text_or_null(tls->alpn));
    return out;
}

static void set_agreed(json_t *out, const struct ht_tls *tls)
{
    const struct ht_tls_hello *hello = &tls->client_hello;
    ht_json_set(out, "version",
                tls->version ? ht_json_named(ht_tls_version_name(tls->version), tls->version, 4)
                             : json_null());
    ht_json_set(out, "cipher", ht_json_text_or_null(tls->cipher));
    ht_json_set(out, "group", ht_json_text_or_null(tls->group));
    ht_json_set(out, "signature", ht_json_text_or_null(tls->signature));
    ht_json_set(out, "resumed", json_boolean(tls->resumed));
    ht_json_set(out, "early_data", json_boolean(tls->early_data_accepted));
    ht_json_set(out, "hello_retry", json_boolean(tls->hello_retry));
    ht_json_set(out, "sni", ht_json_text_or_null(hello->server_name));
    ht_json_set(out, "alpn", alpn(tls));
    ht_json_set(out, "ja3", hex_or_null(tls->ja3));
    ht_json_set(out, "ja4", hex_or_null(tls->ja4));
    ht_json_set(out, "ja3s", hex_or_null(tls->ja3s));
    ht_json_set(out, "ech", json_string(hello->ech_outer ? "outer" : "none"));
}

json_t *ht_json_tls(struct ht_json *j, const struct ht_tls *tls, int32_t connection)
{
    if (!tls)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "start_us", ht_json_time(j, tls->begin_us));
    ht_json_set(out, "duration_us", ht_json_span_us(tls->begin_us, tls->end_us));
    ht_json_set(out, "outcome", ht_json_word(outcome_of(tls)));
    ht_json_set(out, "error", ht_json_text_or_null(tls->error_text));
    set_agreed(out, tls);
    ht_json_set(out, "handshake", handshake(j, tls, connection));
    ht_json_set(out, "alerts", alerts(j, tls));
    ht_json_set(out, "certificates", certificates(j, tls, connection));
    ht_json_set(out, "verify", verify(tls));
    ht_json_set(out, "ocsp", ht_json_word(ht_ocsp_status_name(tls->ocsp)));
    return out;
}
