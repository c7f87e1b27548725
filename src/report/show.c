/* SPDX-License-Identifier: MIT */
/* Takes text of the model, writes it harmless and masked for any report (RFC 3986, RFC 9110 section 11). */
#include "report/show.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/mask.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>

static bool is_address_byte(uint8_t c)
{
    return isxdigit(c) || c == ':' || c == '.';
}

/* "::add-mask::" is a workflow command, not an address and a rest. */
static bool is_word_byte(uint8_t c)
{
    return isalnum(c) || c == '-' || c == '_';
}

static bool is_ipv6(struct ht_span s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (s.len < 3 || s.len >= sizeof text)
        return false;
    memcpy(text, s.data, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* Length of the IPv6 address that begins at `at`, which must begin a word; 0 where there is none. */
static size_t address_at(struct ht_span s, size_t at)
{
    size_t end = at;
    if (at > 0 && (is_word_byte(s.data[at - 1]) || s.data[at - 1] == ':'))
        return 0;
    while (end < s.len && end - at <= INET6_ADDRSTRLEN && is_address_byte(s.data[end]))
        end++;
    if (end < s.len && (is_word_byte(s.data[end]) || is_address_byte(s.data[end])))
        return 0;
    if (end > at + 3 && (s.data[end - 1] == ':' || s.data[end - 1] == '.') && s.data[end - 2] != ':')
        end--; /* "2001:db8::1: refused" */
    return is_ipv6(ht_span(s.data + at, end - at)) ? end - at : 0;
}

static void escape_ready(struct ht_sink *out, struct ht_span s)
{
    size_t plain = 0;
    for (size_t at = 1; at < s.len; at++) {
        bool mark = (s.data[at] == ':' || s.data[at] == '#') && s.data[at] == s.data[at - 1];
        if (!mark)
            continue;
        ht_escape_utf8(out, ht_span(s.data + plain, at - plain));
        ht_sink_printf(out, "\\x%02x", s.data[at]);
        plain = at + 1;
    }
    ht_escape_utf8(out, ht_span_from(s, plain));
}

/* Everything through `escape`, IPv6 addresses excepted. */
static void around_addresses(struct ht_sink *out, struct ht_span s,
                             void (*escape)(struct ht_sink *, struct ht_span))
{
    size_t plain = 0;
    for (size_t at = 0; at < s.len; at++) {
        size_t len = is_address_byte(s.data[at]) ? address_at(s, at) : 0;
        if (!len)
            continue;
        escape(out, ht_span(s.data + plain, at - plain));
        ht_sink_bytes(out, ht_span(s.data + at, len));
        plain = at + len;
        at = plain - 1;
    }
    if (plain < s.len)
        escape(out, ht_span_from(s, plain));
}

void ht_show_text(struct ht_sink *out, struct ht_span wire)
{
    around_addresses(out, wire, ht_escape_text);
}

/* OpenSSL's "SSL routines::" and "system library::", as they are and as escaping leaves them; both are
 * written with one colon and a space. */
static const char *const routines[] = {"routines::", "routines:\\x3a", "library::", "library:\\x3a"};

/* Where the first of them begins, and its length; the span's length where there is none. */
static size_t find_routines(struct ht_span text, size_t *len)
{
    size_t first = text.len;
    for (size_t i = 0; i < sizeof routines / sizeof *routines; i++) {
        size_t at = ht_span_find(text, ht_span_str(routines[i]), 0);
        if (at < first)
            *len = strlen(routines[i]);
        first = at < first ? at : first;
    }
    return first;
}

static void around_routines(struct ht_sink *out, struct ht_span text,
                            void (*show)(struct ht_sink *, struct ht_span))
{
    size_t len = 0;
    for (size_t at; (at = find_routines(text, &len)) < text.len;) {
        struct ht_span mark = ht_span(text.data + at, len);
        show(out, ht_span_head(text, at));
        ht_sink_bytes(out, ht_span_head(mark, ht_span_find(mark, ht_span_str(":"), 0)));
        ht_sink_puts(out, ": ");
        text = ht_span_from(text, at + len);
    }
    show(out, text);
}

void ht_show_library_text(struct ht_sink *out, struct ht_span text)
{
    around_routines(out, text, ht_show_text);
}

static void show_ready(struct ht_sink *out, struct ht_span text)
{
    around_addresses(out, text, escape_ready);
}

void ht_show_ready(struct ht_sink *out, const char *text)
{
    show_ready(out, ht_span_str(text));
}

static void show_sink(struct ht_sink *out, struct ht_sink *masked)
{
    ht_show_text(out, ht_span(ht_sink_text(masked), masked->len));
    ht_sink_free(masked);
}

void ht_show_sentence(struct ht_sink *out, const char *text, bool secrets)
{
    struct ht_sink masked = ht_sink(0);
    ht_show_curl_text(&masked, ht_span_str(text), secrets);
    around_routines(out, ht_span(ht_sink_text(&masked), masked.len), show_ready);
    ht_sink_free(&masked);
}

void ht_show_step(struct ht_sink *out, const char *text, bool secrets)
{
    const char *mark = strstr(text, "::");
    if (!mark || mark[2] == ':' || strstr(mark + 2, "::")) {
        ht_show_sentence(out, text, secrets);
        return;
    }
    struct ht_sink before = ht_sink(0);
    ht_sink_bytes(&before, ht_span(text, (size_t)(mark - text)));
    ht_show_sentence(out, ht_sink_text(&before), secrets);
    ht_sink_puts(out, "::");
    ht_show_sentence(out, mark + 2, secrets);
    ht_sink_free(&before);
}

void ht_show_url(struct ht_sink *out, struct ht_span url, bool secrets)
{
    struct ht_sink masked = ht_sink(0);
    if (secrets)
        ht_sink_bytes(&masked, url);
    else
        ht_mask_url(&masked, url);
    show_sink(out, &masked);
}

void ht_show_header(struct ht_sink *out, struct ht_span name, struct ht_span value, bool secrets)
{
    struct ht_sink masked = ht_sink(0);
    if (secrets)
        ht_sink_bytes(&masked, value);
    else
        ht_mask_header(&masked, name, value);
    show_sink(out, &masked);
}

static const struct ht_field *text_child(const struct ht_field *map, const char *name)
{
    const struct ht_field *f = map && map->type == HT_FIELD_MAP ? map->value.children.first : NULL;
    while (f && !(f->name && strcmp(f->name, name) == 0 && f->type == HT_FIELD_TEXT))
        f = f->next;
    return f;
}

static bool is_url_field(const struct ht_field *field)
{
    static const char *const names[] = {"url",      "uri",  "target", "request_target",
                                        "location", "path", "origin"};
    for (size_t i = 0; field->name && i < sizeof names / sizeof *names; i++) {
        if (strcmp(field->name, names[i]) == 0)
            return true;
    }
    return false;
}

void ht_show_field(struct ht_sink *out, const struct ht_field *map, const struct ht_field *field,
                   bool secrets)
{
    const struct ht_field *name = text_child(map, "name");
    struct ht_span value = field->value.bytes;
    bool of_header = name && field->name && strcmp(field->name, "value") == 0;
    if (secrets)
        ht_show_text(out, value);
    else if (of_header && (!field->secret || ht_mask_is_secret_header(name->value.bytes)))
        ht_show_header(out, name->value.bytes, value, false);
    else if (field->secret)
        ht_sink_puts(out, HT_MASK);
    else if (is_url_field(field))
        ht_show_url(out, value, false);
    else
        ht_show_text(out, value);
}

static void show_opaque(struct ht_sink *out, struct ht_span value, size_t most)
{
    ht_sink_hex(out, ht_span_head(value, most));
    if (value.len > most)
        ht_sink_printf(out, "\u2026 (%zu bytes)", value.len);
}

void ht_show_value(struct ht_sink *out, const struct ht_field *map, const struct ht_field *f, size_t most,
                   bool secrets)
{
    if (f->type == HT_FIELD_TEXT)
        ht_show_field(out, map, f, secrets);
    else if (f->secret && !secrets)
        ht_sink_puts(out, HT_MASK);
    else if (f->type == HT_FIELD_BYTES)
        show_opaque(out, f->value.bytes, most);
    else if (f->type == HT_FIELD_BOOL)
        ht_sink_puts(out, f->value.number ? "true" : "false");
    else if (f->type == HT_FIELD_NAMED && f->label)
        ht_show_ready(out, f->label);
    else if (f->type == HT_FIELD_NAMED)
        ht_sink_printf(out, "0x%" PRIx64, f->value.number);
    else
        ht_sink_printf(out, "%" PRIu64, f->value.number);
}

/* libcurl ends its lines; here each is a line of its own. */
static struct ht_span without_line_end(const char *text)
{
    static const char *const ends[] = {"\\x0a", "\\x0d", "\n", "\r"};
    struct ht_span s = ht_span_str(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (s.len >= len && memcmp(s.data + s.len - len, ends[i], len) == 0)
            s.len -= len;
    }
    return s;
}

void ht_show_summary(struct ht_sink *out, const struct ht_event *event, bool secrets)
{
    if (event->layer != HT_LAYER_CURL) {
        ht_show_ready(out, event->summary);
        return;
    }
    struct ht_sink masked = ht_sink(0);
    ht_show_curl_text(&masked, without_line_end(event->summary), secrets);
    ht_show_ready(out, ht_sink_text(&masked));
    ht_sink_free(&masked);
}

void ht_show_rtt(struct ht_sink *out, int64_t rtt_us)
{
    ht_sink_puts(out, "rtt ");
    if (rtt_us < 100)
        ht_sink_puts(out, "under 0.1 ms");
    else
        ht_sink_duration(out, rtt_us);
}
