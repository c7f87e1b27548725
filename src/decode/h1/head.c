/* SPDX-License-Identifier: MIT */
/* Heads: takes a request's or response's head, gives its start-line and fields and the first byte that breaks
 * the grammar (RFC 9112 sections 2 to 4). */
#include "decode/h1/grammar.h"

/* A start-line under way. */
struct cursor {
    struct ht_span text;
    size_t base; /* offset of the line in the head */
    size_t at;
    struct ht_h1_head *out;
};

static void mark(struct cursor *c, const char *why)
{
    ht_h1_mark(c->out, c->base + c->at, why);
}

static bool at_end(const struct cursor *c)
{
    return c->at >= c->text.len;
}

static bool at_digit(const struct cursor *c)
{
    return !at_end(c) && ht_h1_is_digit(c->text.data[c->at]);
}

static bool take(struct cursor *c, char expected)
{
    if (at_end(c) || c->text.data[c->at] != (uint8_t)expected)
        return false;
    c->at++;
    return true;
}

/* Exactly one SP; more is marked and skipped, as RFC 9112 section 3 lets a lenient recipient do. */
static bool take_space(struct cursor *c, const char *why)
{
    bool found = take(c, ' ');
    if (!found || (!at_end(c) && ht_h1_is_blank(c->text.data[c->at])))
        mark(c, why);
    while (!at_end(c) && ht_h1_is_blank(c->text.data[c->at])) {
        c->at++;
        found = true;
    }
    return found;
}

static bool take_version_number(struct cursor *c)
{
    size_t major_at = c->at;
    if (!at_digit(c))
        return false;
    uint8_t major = c->text.data[c->at++];
    if (!take(c, '.') || !at_digit(c))
        return false;
    uint8_t minor = c->text.data[c->at++];
    if (major != '1')
        ht_h1_mark(c->out, c->base + major_at, "the version is not HTTP/1.x (RFC 9112 section 2.3)");
    else
        c->out->version = minor == '0' ? HT_HTTP_1_0 : HT_HTTP_1_1; /* RFC 9110 section 2.5 */
    return true;
}

static bool take_version(struct cursor *c, const char *not_http)
{
    for (const char *name = "HTTP/"; *name; name++) {
        if (!take(c, *name)) {
            mark(c, not_http);
            return false;
        }
    }
    if (take_version_number(c))
        return true;
    mark(c, "bad HTTP version (RFC 9112 section 2.3)");
    return false;
}

/* Three digits; 0 where they are not. */
static int take_status(struct cursor *c)
{
    size_t start = c->at;
    int status = 0;
    while (at_digit(c) && c->at - start < 3)
        status = status * 10 + (c->text.data[c->at++] - '0');
    if (c->at - start < 3 || at_digit(c)) {
        mark(c, "the status code is not three digits (RFC 9112 section 4)");
        return 0;
    }
    if (status < 100) {
        ht_h1_mark(c->out, c->base + start, "the status code is below 100 (RFC 9110 section 15)");
        return 0;
    }
    return status;
}

static void decode_status_line(struct cursor *c)
{
    if (!take_version(c, "not an HTTP status line (RFC 9112 section 4)") ||
        !take_space(c, "no single space before the status code (RFC 9112 section 4)"))
        return;
    c->out->status = take_status(c);
    /* "HTTP/1.1 200" lacks a space that many servers leave out, and that nothing hangs on. */
    if (c->out->status == 0 || at_end(c))
        return;
    if (!take(c, ' ')) {
        mark(c, "no space behind the status code (RFC 9112 section 4)");
        return;
    }
    c->out->reason = ht_span_from(c->text, c->at);
    ht_h1_mark_text(c->out, c->out->reason, c->base + c->at);
}

static struct ht_span take_method(struct cursor *c)
{
    size_t start = c->at;
    while (!at_end(c) && ht_h1_is_tchar(c->text.data[c->at]))
        c->at++;
    return ht_h1_cut(c->text, start, c->at);
}

/* Visible bytes; bytes past ASCII belong percent-encoded (RFC 3986 section 2.1). */
static struct ht_span take_target(struct cursor *c)
{
    size_t start = c->at;
    for (; !at_end(c) && c->text.data[c->at] != ' '; c->at++) {
        if (c->text.data[c->at] < 0x21 || c->text.data[c->at] >= 0x7f)
            mark(c, "illegal byte in the request target (RFC 9112 section 3.2)");
    }
    if (c->at == start)
        mark(c, "no request target (RFC 9112 section 3)");
    return ht_h1_cut(c->text, start, c->at);
}

static void decode_request_line(struct cursor *c)
{
    c->out->method = take_method(c);
    if (c->out->method.len == 0)
        mark(c, "no method (RFC 9112 section 3.1)");
    if (!take_space(c, "no single space behind the method (RFC 9112 section 3)"))
        return;
    c->out->target = take_target(c);
    if (!take_space(c, "no single space behind the request target (RFC 9112 section 3)"))
        return;
    if (take_version(c, "no HTTP version (RFC 9112 section 2.3)") && !at_end(c))
        mark(c, "bytes behind the version (RFC 9112 section 3)");
}

static void copy_spans(struct ht_arena *arena, struct ht_h1_head *out)
{
    out->method = ht_arena_dup(arena, out->method);
    out->target = ht_arena_dup(arena, out->target);
    out->reason = ht_arena_dup(arena, out->reason);
}

void ht_h1_decode_head(struct ht_arena *arena, struct ht_span bytes, bool is_response, struct ht_h1_head *out)
{
    *out = (struct ht_h1_head){.is_response = is_response};
    struct ht_h1_line line = {0};
    size_t at = 0;
    if (!ht_h1_next_line(bytes, &at, &line, out) || !line.terminated)
        ht_h1_mark(out, bytes.len, "the start-line ends early (RFC 9112 section 2.1)");
    struct cursor c = {.text = line.text, .out = out};
    if (is_response)
        decode_status_line(&c);
    else
        decode_request_line(&c);
    copy_spans(arena, out);
    if (line.terminated)
        ht_h1_decode_fields(arena, bytes, at, &out->headers, out);
}
