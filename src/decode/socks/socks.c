/* SPDX-License-Identifier: MIT */
/* Which message of a SOCKS handshake comes next, where it ends and what it says: takes bytes of one direction
 * with what was before, gives messages (RFC 1928, RFC 1929, RFC 1961, SOCKS4, SOCKS4a). */
#include "decode/socks/parse.h"

#include <httptrace/caps.h>

enum { METHOD_GSSAPI = 1, METHOD_PASSWORD = 2, SUMMARY_BYTES = 2048 };

struct kind_row {
    const char *name; /* of the message, for one that is cut short */
    uint8_t version;
    const char *wrong_version; /* NULL: another version is another message */
    bool has_code;
    ht_socks_read_function *read;
    ht_socks_show_function *show;
};

static const struct kind_row rows[HT_SOCKS_KIND_COUNT] = {
    [HT_SOCKS_GREETING] = {"SOCKS5 greeting", 5, NULL, false, ht_socks_read_greeting, ht_socks_show_greeting},
    [HT_SOCKS_METHOD] = {"SOCKS5 method", 5, NULL, true, ht_socks_read_pair, ht_socks_show_method},
    [HT_SOCKS_SIGN_IN] = {"SOCKS5 sign-in", 1, NULL, false, ht_socks_read_sign_in, ht_socks_show_sign_in},
    [HT_SOCKS_SIGN_IN_STATUS] = {"SOCKS5 sign-in status", 1, "the version is not 1 (RFC 1929 section 2)",
                                 true, ht_socks_read_pair, ht_socks_show_status},
    [HT_SOCKS_GSSAPI] = {"SOCKS5 GSSAPI message", 1, NULL, false, ht_socks_read_gssapi, ht_socks_show_gssapi},
    [HT_SOCKS_REQUEST] = {"SOCKS5 request", 5, NULL, false, ht_socks_read_address, ht_socks_show_request},
    [HT_SOCKS_REPLY] = {"SOCKS5 reply", 5, NULL, true, ht_socks_read_address, ht_socks_show_reply},
    [HT_SOCKS_REQUEST_4] = {"SOCKS4 request", 4, NULL, false, ht_socks_read_request_4,
                            ht_socks_show_request_4},
    [HT_SOCKS_REPLY_4] = {"SOCKS4 reply", 0, NULL, true, ht_socks_read_reply_4, ht_socks_show_reply_4},
};

static enum ht_socks_kind next_out(const struct ht_socks_state *state, uint8_t first)
{
    if (!state->greeted)
        return state->five ? HT_SOCKS_GREETING : HT_SOCKS_REQUEST_4;
    if (!state->five)
        return HT_SOCKS_OTHER;
    if (first != 1)
        return HT_SOCKS_REQUEST;
    return state->method == METHOD_GSSAPI ? HT_SOCKS_GSSAPI : HT_SOCKS_SIGN_IN;
}

static enum ht_socks_kind next_in(const struct ht_socks_state *state, uint8_t first)
{
    if (!state->five)
        return HT_SOCKS_REPLY_4;
    if (!state->chosen)
        return HT_SOCKS_METHOD;
    if (state->method == METHOD_PASSWORD && !state->signed_in)
        return HT_SOCKS_SIGN_IN_STATUS;
    return state->method == METHOD_GSSAPI && first == 1 ? HT_SOCKS_GSSAPI : HT_SOCKS_REPLY;
}

static enum ht_socks_kind kind_of(const struct ht_socks_state *state, enum ht_dir dir, struct ht_span bytes)
{
    if (state->lost[dir] || bytes.len == 0)
        return HT_SOCKS_OTHER;
    uint8_t first = bytes.data[0];
    enum ht_socks_kind kind = dir == HT_DIR_OUT ? next_out(state, first) : next_in(state, first);
    bool fits = kind != HT_SOCKS_OTHER && (rows[kind].wrong_version || rows[kind].version == first);
    return fits ? kind : HT_SOCKS_OTHER;
}

size_t ht_socks_split(const struct ht_socks_state *state, enum ht_dir dir, struct ht_span in)
{
    enum ht_socks_kind kind = kind_of(state, dir, in);
    struct ht_reader r = ht_reader(in);
    struct ht_socks_parts parts = {0};
    if (kind == HT_SOCKS_OTHER)
        return in.len;
    rows[kind].read(&r, &parts);
    if (parts.endless)
        return in.len;
    if (r.failed)
        return in.len < HT_CAP_SOCKS_MESSAGE ? 0 : in.len;
    return ht_reader_offset(&r);
}

static void note(struct ht_socks_state *state, enum ht_dir dir, const struct ht_socks_message *m)
{
    if (m->kind == HT_SOCKS_OTHER || m->truncated)
        state->lost[dir] = true;
    if (dir == HT_DIR_OUT)
        state->greeted = true;
    if (m->kind == HT_SOCKS_METHOD && !m->truncated) {
        state->chosen = true;
        state->method = (uint8_t)m->code;
    }
    if (m->kind == HT_SOCKS_SIGN_IN_STATUS)
        state->signed_in = true;
}

static void malformed(struct ht_socks_message *m, size_t at, const char *why)
{
    if (m->malformed)
        return;
    m->malformed = true;
    m->malformed_at = at;
    m->malformed_why = why;
}

/* Nothing is known of it, so what the client says may be what it signs in with. */
static void show_other(const struct ht_socks_state *state, struct ht_arena *arena, enum ht_dir dir,
                       struct ht_span bytes, struct ht_socks_message *m, struct ht_sink *summary)
{
    const char *name = dir == HT_DIR_IN ? ht_socks_other_name(bytes) : NULL;
    struct ht_field *head =
        ht_field_bytes(arena, m->fields, "bytes", ht_span_head(bytes, HT_CAP_OPAQUE_HEAD));
    head->secret = dir == HT_DIR_OUT;
    ht_sink_printf(summary, "%zu bytes that are no SOCKS%c message", bytes.len, state->five ? '5' : '4');
    if (name && !state->lost[dir])
        ht_sink_printf(summary, ", but look like %s", name);
}

static void show_truncated(const struct kind_row *row, struct ht_arena *arena, struct ht_span bytes,
                           struct ht_socks_message *m, struct ht_sink *summary)
{
    ht_field_uint(arena, m->fields, "version", bytes.data[0]);
    if (m->code >= 0)
        ht_field_uint(arena, m->fields, "code", (uint64_t)m->code);
    ht_sink_printf(summary, "%s, cut short after %zu bytes", row->name, bytes.len);
}

static void decode_row(const struct kind_row *row, struct ht_arena *arena, struct ht_span bytes,
                       struct ht_socks_message *m, struct ht_sink *summary)
{
    struct ht_reader r = ht_reader(bytes);
    struct ht_socks_parts parts = {0};
    row->read(&r, &parts);
    m->truncated = r.failed;
    if (row->has_code && bytes.len > 1)
        m->code = parts.code;
    if (bytes.data[0] != row->version)
        malformed(m, 0, row->wrong_version);
    if (parts.illegal)
        malformed(m, parts.illegal_at, parts.why);
    if (r.failed) {
        malformed(m, r.failed_at, "the message ends before it is whole");
        show_truncated(row, arena, bytes, m, summary);
        return;
    }
    if (!parts.endless && ht_reader_left(&r))
        malformed(m, ht_reader_offset(&r), "bytes after the end of the message");
    ht_field_uint(arena, m->fields, "version", parts.version);
    row->show(&parts, arena, m->fields, summary);
}

void ht_socks_decode(struct ht_socks_state *state, struct ht_arena *arena, enum ht_dir dir,
                     struct ht_span bytes, struct ht_socks_message *out)
{
    struct ht_sink summary = ht_sink(SUMMARY_BYTES);
    *out = (struct ht_socks_message){.kind = kind_of(state, dir, bytes), .code = -1};
    out->fields = ht_field_map(arena, NULL, NULL);
    if (out->kind == HT_SOCKS_OTHER)
        show_other(state, arena, dir, bytes, out, &summary);
    else
        decode_row(&rows[out->kind], arena, bytes, out, &summary);
    out->summary = ht_arena_text(arena, ht_span_str(ht_sink_text(&summary)));
    ht_sink_free(&summary);
    note(state, dir, out);
}
