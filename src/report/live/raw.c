/* SPDX-License-Identifier: MIT */
/* Takes raw events, writes their bytes as a hex dump; what may be secret in them is struck out first. */
#include "base/arena.h"
#include "base/mask.h"
#include "report/live/live.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE_BYTES   16u
#define SHOWN_BYTES  4096u /* of one unit; the rest is counted */
#define FRAME_HEADER 9u    /* RFC 9113 section 4.1 */
#define STRUCK       '*'

/* ---- what a unit may hold ---- */

/* Overwrites, at the same length, so that offsets stay true. */
static void strike(uint8_t *at, size_t len)
{
    memset(at, STRUCK, len);
}

/* The part of `value` that masking would change: all of it, or nothing. */
static void strike_if_masked(uint8_t *value, size_t len, struct ht_span name)
{
    struct ht_sink masked = ht_sink(0);
    struct ht_span bytes = ht_span(value, len);
    if (name.len)
        ht_mask_header(&masked, name, bytes);
    else
        ht_mask_url(&masked, bytes);
    if (!ht_span_eq(bytes, ht_span(ht_sink_text(&masked), masked.len)))
        strike(value, len);
    ht_sink_free(&masked);
}

static size_t find(const uint8_t *bytes, size_t len, size_t from, char c)
{
    return ht_span_find_byte(ht_span(bytes, len), (uint8_t)c, from);
}

/* A request-line's target, a status-line's nothing (RFC 9112 section 3). */
static void strike_start_line(uint8_t *bytes, size_t len)
{
    size_t from = find(bytes, len, 0, ' ') + 1, to = find(bytes, len, from, ' ');
    if (from < to)
        strike_if_masked(bytes + from, to - from, ht_span(NULL, 0));
}

static void strike_field_line(uint8_t *bytes, size_t len)
{
    size_t colon = find(bytes, len, 0, ':'), from = colon + 1;
    while (from < len && (bytes[from] == ' ' || bytes[from] == '\t'))
        from++;
    if (from < len)
        strike_if_masked(bytes + from, len - from, ht_span(bytes, colon));
}

static bool is_folded(const uint8_t *bytes, size_t len)
{
    return len > 0 && (bytes[0] == ' ' || bytes[0] == '\t');
}

/* A head or a trailer section. A line that continues a field (obs-fold) shares that field's fate. */
static void strike_h1(uint8_t *bytes, size_t len, bool start_line)
{
    bool struck = false;
    for (size_t at = 0; at < len;) {
        size_t end = find(bytes, len, at, '\n'), stop = end;
        while (stop > at && bytes[stop - 1] == '\r')
            stop--;
        if (at == 0 && start_line)
            strike_start_line(bytes, stop);
        else if (!is_folded(bytes + at, stop - at))
            strike_field_line(bytes + at, stop - at);
        else if (struck)
            strike(bytes + at, stop - at);
        struck = stop > at && bytes[stop - 1] == STRUCK;
        at = end + 1;
    }
}

/* HPACK (RFC 7541) is no secret-keeping: the header block of HEADERS, PUSH_PROMISE and CONTINUATION goes
 * whole. */
static void strike_h2(uint8_t *bytes, size_t len)
{
    if (len > FRAME_HEADER && (bytes[3] == 1 || bytes[3] == 5 || bytes[3] == 9))
        strike(bytes + FRAME_HEADER, len - FRAME_HEADER);
}

/* What a client says during a SOCKS handshake may be its name and password (RFC 1929). */
static void strike_socks(uint8_t *bytes, size_t len, enum ht_dir dir)
{
    bool greeting = len > 0 && bytes[0] == 5;
    if (dir == HT_DIR_OUT && !greeting && len > 1)
        strike(bytes + 1, len - 1);
}

static void strike_secrets(const struct ht_raw *raw, uint8_t *bytes, size_t len)
{
    if (raw->kind != HT_RAW_UNIT)
        return;
    switch (raw->u.unit.unit) {
    case HT_UNIT_H1_HEAD:
        strike_h1(bytes, len, true);
        break;
    case HT_UNIT_H1_TRAILERS:
        strike_h1(bytes, len, false);
        break;
    case HT_UNIT_H2_FRAME:
        strike_h2(bytes, len);
        break;
    case HT_UNIT_SOCKS:
        strike_socks(bytes, len, raw->dir);
        break;
    default:
        break;
    }
}

/* ---- the dump ---- */

static const char *const unit_names[HT_UNIT_KIND_COUNT] = {
    [HT_UNIT_H1_HEAD] = "head",       [HT_UNIT_H1_CHUNK] = "chunk",     [HT_UNIT_H1_TRAILERS] = "trailers",
    [HT_UNIT_H1_BAD] = "bad chunk",   [HT_UNIT_H2_PREFACE] = "preface", [HT_UNIT_H2_FRAME] = "frame",
    [HT_UNIT_SOCKS] = "socks",        [HT_UNIT_PAYLOAD] = "payload",    [HT_UNIT_TLS_RUN] = "tls run",
    [HT_UNIT_HAPROXY] = "PROXY line", [HT_UNIT_OPAQUE] = "opaque",
};

static void dump_line(struct ht_sink *out, const uint8_t *bytes, size_t at, size_t len)
{
    ht_sink_printf(out, "%04zx:", at);
    for (size_t i = 0; i < LINE_BYTES; i++) {
        if (i < len)
            ht_sink_printf(out, " %02x", bytes[at + i]);
        else
            ht_sink_puts(out, "   ");
    }
    ht_sink_puts(out, "  |");
    for (size_t i = 0; i < len; i++) {
        uint8_t c = bytes[at + i];
        /* no two colons or hashes in a row: the text column of a log is no place for workflow commands */
        bool mark = (c == ':' || c == '#') && i > 0 && bytes[at + i - 1] == c;
        ht_sink_char(out, c >= 0x20 && c < 0x7F && !mark ? (char)c : '.');
    }
    ht_sink_char(out, '|');
}

static void dump(struct ht_live *live, const struct ht_raw *raw, char mark)
{
    size_t len = raw->bytes.len < SHOWN_BYTES ? raw->bytes.len : SHOWN_BYTES;
    uint8_t *bytes = ht_malloc(raw->bytes.len);
    struct ht_sink text = ht_sink(0);
    memcpy(bytes, raw->bytes.data, raw->bytes.len);
    if (!live->options.show_secrets)
        strike_secrets(raw, bytes, raw->bytes.len);
    for (size_t at = 0; at < len; at += LINE_BYTES) {
        ht_sink_reset(&text);
        dump_line(&text, bytes, at, len - at < LINE_BYTES ? len - at : LINE_BYTES);
        ht_live_more(live, mark, raw->t_us, ht_sink_text(&text));
    }
    if (len < raw->bytes.len) {
        ht_sink_reset(&text);
        ht_sink_printf(&text, "and %zu bytes more", raw->bytes.len - len);
        ht_live_more(live, mark, raw->t_us, ht_sink_text(&text));
    }
    ht_sink_free(&text);
    free(bytes);
}

void ht_live_raw(struct ht_live *live, const struct ht_raw *raw)
{
    bool message = raw->kind == HT_RAW_TLS_MESSAGE;
    bool unit = raw->kind == HT_RAW_UNIT && raw->u.unit.unit < HT_UNIT_KIND_COUNT;
    if ((!unit && !message) || raw->bytes.len == 0)
        return;
    struct ht_sink title = ht_sink(0);
    char mark = raw->dir == HT_DIR_OUT ? '}' : '{';
    ht_sink_printf(&title, "%s of %zu bytes, TLS level %u",
                   message ? "message" : unit_names[raw->u.unit.unit], raw->bytes.len, raw->level);
    if (!message && raw->u.unit.size > (int64_t)raw->bytes.len)
        ht_sink_printf(&title, ", for %" PRId64 " on the wire", raw->u.unit.size);
    ht_live_line(live, mark, raw->t_us, "bytes", ht_sink_text(&title));
    dump(live, raw, mark);
    ht_sink_free(&title);
}
