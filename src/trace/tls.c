/* SPDX-License-Identifier: MIT */
/* TLS sessions: takes messages and OpenSSL's word on the end, gives a connection's ht_tls (RFC 8446, RFC
 * 5246). */
#include "decode/x509/x509.h"
#include "trace/state.h"

/* The session whose plaintext is at `level`, and which hop it secures. */
static struct ht_tls *session_at(const struct ht_wire *wire, int level)
{
    const struct ht_connection *c = wire->connection;
    return c->proxy_tls && level == 1 ? c->proxy_tls : c->tls;
}

static struct ht_owner owner_of(const struct ht_tracer *tracer, const struct ht_wire *wire)
{
    return (struct ht_owner){wire->connection, ht_wire_exchange(tracer, wire)};
}

static bool secures_proxy(const struct ht_tracer *tracer, const struct ht_wire *wire, int level)
{
    const struct ht_transfer *t = ht_tracer_transfer(tracer, wire->transfer);
    return level == 1 && t && ht_span_ieq_str(ht_url_scheme(t->proxy), "https");
}

static struct ht_tls *session_begin(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_connection *c = wire->connection;
    struct ht_tls **slot = secures_proxy(tracer, wire, raw->level) ? &c->proxy_tls : &c->tls;
    if (*slot)
        return *slot;
    *slot = ht_arena_alloc(c->arena, sizeof **slot);
    (*slot)->begin_us = raw->t_us;
    (*slot)->end_us = -1;
    (*slot)->verify_result = (*slot)->anchor_public = -1;
    wire->levels[raw->level - 1].protocol = HT_PROTO_TLS;
    ht_wire_choose(wire);
    return *slot;
}

void ht_take_tls_begin(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (wire && raw->level > 0 && raw->level < HT_LEVELS)
        session_begin(tracer, wire, raw);
}

static void take_client_hello(struct ht_tls *tls, const struct ht_tls_message *m)
{
    tls->client_hello = *m->hello;
    ht_tls_ja3(m->hello, tls->ja3);
    ht_tls_ja4(m->hello, 't', tls->ja4);
}

static void take_server_hello(struct ht_tls *tls, const struct ht_tls_message *m)
{
    const struct ht_tls_hello *hello = m->hello;
    if (hello->hello_retry) {
        tls->hello_retry = true;
        return;
    }
    tls->server_hello = *hello;
    tls->version = hello->versions.count ? hello->versions.at[0] : hello->legacy_version;
    tls->alpn = m->alpn;
    tls->sct_in_tls = m->sct;
    if (hello->ciphers.count)
        tls->cipher = ht_span_str(ht_tls_cipher_name(hello->ciphers.at[0]));
    if (hello->key_shares.count)
        tls->group = ht_span_str(ht_tls_group_name(hello->key_shares.at[0]));
    ht_tls_ja3s(hello, tls->ja3s);
}

static void take_certificates(struct ht_tls *tls, const struct ht_raw *raw, const struct ht_tls_message *m)
{
    if (raw->dir == HT_DIR_OUT) {
        tls->client_certificate_sent = m->certificate_count > 0;
        return;
    }
    tls->certificates = m->certificates;
    tls->certificate_count = m->certificate_count;
    tls->certificates_cut = m->certificates_cut;
    tls->sct_in_tls |= m->sct;
}

static void take_alert(struct ht_arena *arena, struct ht_tls *tls, const struct ht_raw *raw,
                       const struct ht_tls_message *m)
{
    struct ht_tls_alert **at = &tls->alerts;
    size_t count = 0;
    for (; *at && count < HT_CAP_LIST; count++)
        at = &(*at)->next;
    if (*at)
        return;
    *at = ht_arena_alloc(arena, sizeof **at);
    **at = (struct ht_tls_alert){.dir = raw->dir,
                                 .t_us = raw->t_us,
                                 .level = m->alert_level,
                                 .description = m->alert_description,
                                 .name = ht_tls_alert_name(m->alert_description)};
}

/* What a message adds to the typed facts of its session. */
static void take_facts(struct ht_arena *arena, struct ht_tls *tls, const struct ht_raw *raw,
                       const struct ht_tls_message *m)
{
    if (m->content_type == HT_TLS_ALERT)
        take_alert(arena, tls, raw, m);
    if (m->content_type != HT_TLS_HANDSHAKE)
        return;
    if (m->hello && m->type == HT_TLS_CLIENT_HELLO)
        take_client_hello(tls, m);
    if (m->hello && m->type == HT_TLS_SERVER_HELLO)
        take_server_hello(tls, m);
    if (m->type == HT_TLS_ENCRYPTED_EXTENSIONS && m->alpn.len)
        tls->alpn = m->alpn;
    if (m->type == HT_TLS_CERTIFICATE)
        take_certificates(tls, raw, m);
    if (m->type == HT_TLS_CERTIFICATE_REQUEST)
        tls->client_certificate_requested = true;
    if (m->signature_scheme && raw->dir == HT_DIR_IN)
        tls->signature = ht_span_str(ht_tls_signature_name(m->signature_scheme));
    if (m->group)
        tls->group = ht_span_str(ht_tls_group_name(m->group));
    if (m->ocsp_response.len)
        tls->ocsp = ht_ocsp_decode(m->ocsp_response);
}

/* The session keeps its own list: a reused connection shows it in later exchanges too. */
static void keep_in_handshake(struct ht_arena *arena, struct ht_tls *tls, const struct ht_event *event)
{
    struct ht_event *copy = ht_event_append(arena, &tls->handshake);
    if (!copy)
        return;
    *copy = *event;
    copy->next = NULL;
}

static struct ht_tls_message decode(struct ht_arena *arena, const struct ht_tls *tls,
                                    const struct ht_raw *raw)
{
    const struct ht_u16_list *cipher = &tls->server_hello.ciphers;
    struct ht_tls_context context = {raw->dir, tls->version, cipher->count ? cipher->at[0] : 0};
    struct ht_tls_message m;
    ht_tls_decode(arena, &context, (uint8_t)raw->u.tls_message.content_type, raw->bytes, &m);
    return m;
}

/* Past the caps of events an alert still counts: it is how the session ends. */
static void take_unshown(struct ht_arena *arena, struct ht_tls *tls, const struct ht_raw *raw)
{
    struct ht_arena *scratch = ht_arena_new();
    struct ht_tls_message m = decode(scratch, tls, raw);
    if (m.content_type == HT_TLS_ALERT)
        take_alert(arena, tls, raw, &m);
    ht_arena_free(scratch);
}

/* A handshake is its own phase; tickets, key updates and alerts that come later belong to what goes on then.
 */
static void set_phase(struct ht_event *event, const struct ht_tls *tls, const struct ht_owner *shown,
                      bool proxy)
{
    bool later = tls->end_us >= 0 && shown->exchange && shown->exchange->prereq_us >= 0;
    if (!later)
        event->phase = proxy ? HT_PHASE_PROXY : HT_PHASE_TLS;
}

/* Where no call shows the socket's bytes, messages tell how many there were at least, record headers
 * included. */
static void count_message(struct ht_connection *c, struct ht_tls *tls, const struct ht_raw *raw)
{
    const int64_t record_header = 5;
    int64_t size = (int64_t)raw->bytes.len + record_header;
    tls->bytes[raw->dir] = ht_sum(tls->bytes[raw->dir], size);
    c->wire_bytes[raw->dir] = ht_sum(c->wire_bytes[raw->dir], size);
    *(raw->dir == HT_DIR_OUT ? &c->last_out_us : &c->last_in_us) = raw->t_us;
}

void ht_take_tls_message(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || raw->level == 0 || raw->level >= HT_LEVELS)
        return;
    struct ht_tls *tls = session_begin(tracer, wire, raw);
    struct ht_arena *arena = wire->connection->arena;
    if (ht_span_eq_str(tracer->trace.info.tap, "callbacks"))
        count_message(wire->connection, tls, raw);
    /* The message lives as long as its connection: its facts are the session's. */
    struct ht_owner owner = {wire->connection, NULL}, shown = owner_of(tracer, wire);
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TLS, "message");
    if (!event) {
        take_unshown(arena, tls, raw);
        return;
    }
    struct ht_tls_message m = decode(arena, tls, raw);
    take_facts(arena, tls, raw, &m);
    set_phase(event, tls, &shown, tls == wire->connection->proxy_tls);
    event->exchange = shown.exchange ? shown.exchange->id : -1;
    event->kind = m.kind;
    event->fields = m.fields;
    event->size = (int64_t)raw->bytes.len;
    event->malformed = m.malformed;
    event->malformed_at = m.malformed_at;
    event->malformed_why = m.malformed_why;
    ht_event_tell(tracer, event, m.summary);
    if (m.content_type == HT_TLS_HANDSHAKE)
        keep_in_handshake(arena, tls, event);
}

static struct ht_span secured_host(const struct ht_tracer *tracer, const struct ht_wire *wire, bool proxy)
{
    const struct ht_exchange *x = ht_exchange_current(tracer, wire->transfer);
    if (!x)
        return (struct ht_span){0};
    return ht_url_host(proxy ? x->transfer->proxy : x->url);
}

static void tell_end(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                     const struct ht_tls *tls, bool proxy)
{
    const char *kind = tls->ok ? "handshake_done" : "handshake_failed";
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TLS, kind);
    if (!event)
        return;
    struct ht_arena *arena = ht_owner_arena(owner);
    const char *version = ht_tls_version_name(tls->version);
    event->phase = proxy ? HT_PHASE_PROXY : HT_PHASE_TLS;
    if (tls->ok)
        ht_event_tellf(
            tracer, owner, event, "%s, %s, %s, ALPN %s%s", version ? version : "unknown version",
            ht_safe_text(arena, tls->cipher), tls->group.len ? ht_safe_text(arena, tls->group) : "no group",
            tls->alpn.len ? ht_safe_text(arena, tls->alpn) : "none", tls->resumed ? ", resumed" : "");
    else
        ht_event_tellf(tracer, owner, event, "handshake failed: %s", ht_safe_text(arena, tls->error_text));
}

/* OpenSSL's word on the handshake, where the messages did not tell. */
static void take_end(struct ht_arena *arena, struct ht_tls *tls, const struct ht_raw *raw)
{
    tls->ok = raw->u.tls_end.ok;
    tls->failed = !tls->ok;
    tls->end_us = tls->ok ? raw->t_us : -1;
    if (raw->u.tls_end.version && tls->ok)
        tls->version = (uint16_t)raw->u.tls_end.version;
    if (raw->u.tls_end.cipher.len)
        tls->cipher = ht_arena_dup(arena, raw->u.tls_end.cipher);
    if (raw->u.tls_end.group.len && !tls->group.len)
        tls->group = ht_arena_dup(arena, raw->u.tls_end.group);
    tls->resumed = raw->u.tls_end.resumed;
    tls->early_data_accepted = raw->u.tls_end.early_data_accepted;
    tls->verify_result = raw->u.tls_end.verify_result;
    tls->verify_text = ht_arena_dup(arena, raw->u.tls_end.verify_text);
    tls->error_text = ht_arena_dup(arena, raw->u.tls_end.error_text);
    tls->verified_chain = raw->u.tls_end.verified_chain;
    tls->anchor = ht_arena_dup(arena, raw->bytes);
    tls->anchor_public = raw->u.tls_end.anchor_public;
    tls->kin = ht_arena_dup(arena, raw->u.tls_end.kin);
}

void ht_take_tls_end(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || raw->level == 0 || raw->level >= HT_LEVELS || !session_at(wire, raw->level))
        return;
    struct ht_tls *tls = session_at(wire, raw->level);
    bool proxy = tls == wire->connection->proxy_tls;
    take_end(wire->connection->arena, tls, raw);
    tls->hostname_checked = tls->certificate_count > 0;
    tls->hostname_ok =
        tls->hostname_checked && ht_x509_covers(tls->certificates, secured_host(tracer, wire, proxy));
    tell_end(tracer, owner_of(tracer, wire), raw, tls, proxy);
}

/* A peer that does not speak TLS is told by the first bytes it sent, in whatever pieces they came. */
static void keep_reply_head(struct ht_arena *arena, struct ht_tls *tls, struct ht_span bytes)
{
    struct ht_span old = tls->reply_head;
    struct ht_span more = ht_span_head(bytes, HT_CAP_OPAQUE_HEAD - old.len);
    if (!more.len)
        return;
    uint8_t *joined = ht_arena_alloc(arena, old.len + more.len);
    if (old.len)
        memcpy(joined, old.data, old.len);
    memcpy(joined + old.len, more.data, more.len);
    tls->reply_head = ht_span(joined, old.len + more.len);
}

void ht_unit_tls_run(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_tls *tls = session_at(wire, raw->level + 1);
    struct ht_owner owner = owner_of(tracer, wire);
    if (tls)
        tls->bytes[raw->dir] = ht_sum(tls->bytes[raw->dir], raw->u.unit.size);
    if (tls && raw->dir == HT_DIR_IN && tls->reply_head.len < HT_CAP_OPAQUE_HEAD)
        keep_reply_head(wire->connection->arena, tls, raw->bytes);
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TLS, "records");
    if (!event)
        return;
    event->size = raw->u.unit.size;
    ht_event_tellf(tracer, owner, event, "%lld bytes of TLS records", (long long)event->size);
}
