/* SPDX-License-Identifier: MIT */
/* Takes a line of libcurl's verbose text, writes it with the fields, cookies and URLs that it repeats masked.
 */
#include "report/show.h"

#include "base/escape.h"
#include "base/mask.h"

/* What libcurl writes before a secret, up to 8.x; the line is searched for `before`. */
struct curl_secret {
    const char *before;
    enum { CURL_COOKIE, CURL_FIELD } what;
};

static const struct curl_secret curl_secrets[] = {
    {"Added cookie ", CURL_COOKIE}, {"Replaced cookie ", CURL_COOKIE}, {"cookie '", CURL_COOKIE},
    {"[HTTP/2] [", CURL_FIELD},     {"[HTTP/3] [", CURL_FIELD},        {"h2h3 [", CURL_FIELD},
    {"h2 [", CURL_FIELD},
};

static size_t find_text(struct ht_span s, const char *text, size_t from)
{
    return ht_span_find(s, ht_span_str(text), from);
}

/* name="value" and the like: only the name stays. */
static void show_cookie(struct ht_sink *out, struct ht_span s)
{
    size_t equals = find_text(s, "=", 0);
    ht_sink_bytes(out, ht_span_head(s, equals < s.len ? equals + 1 : 0));
    ht_sink_puts(out, HT_MASK);
}

/* Words that hold "://" are URLs. */
static void show_words(struct ht_sink *out, struct ht_span s)
{
    for (size_t at = 0; at < s.len;) {
        size_t end = at;
        while (end < s.len && !memchr(" '\"<>", s.data[end], 5))
            end++;
        struct ht_span word = ht_span(s.data + at, end - at);
        if (find_text(word, "://", 0) < word.len)
            ht_mask_url(out, word);
        else
            ht_sink_bytes(out, word);
        if (end < s.len)
            ht_sink_bytes(out, ht_span(s.data + end, 1));
        at = end + 1;
    }
}

/* "[name: value]", the last bracket pair of the line; a pseudo-field's name begins with a colon. */
static void show_bracketed(struct ht_sink *out, struct ht_span s)
{
    size_t open = find_text(s, "[", 0);
    size_t next = find_text(s, "[", open + 1);
    size_t start = (next < s.len ? next : open) + 1;
    size_t colon = find_text(s, ": ", start + 1);
    if (start > s.len || colon >= s.len) {
        show_words(out, s);
        return;
    }
    struct ht_span name = ht_span(s.data + start, colon - start), value = ht_span_from(s, colon + 2);
    bool closed = value.len && value.data[value.len - 1] == ']';
    ht_sink_bytes(out, ht_span_head(s, colon + 2));
    ht_mask_header(out, name, ht_span_head(value, value.len - closed));
    ht_sink_puts(out, closed ? "]" : "");
}

void ht_show_curl_text(struct ht_sink *out, struct ht_span text, bool secrets)
{
    if (secrets) {
        ht_sink_bytes(out, text);
        return;
    }
    for (size_t i = 0; i < sizeof curl_secrets / sizeof *curl_secrets; i++) {
        const struct curl_secret *row = &curl_secrets[i];
        size_t at = find_text(text, row->before, 0);
        if (at >= text.len)
            continue;
        at += strlen(row->before);
        /* a field's own bracket is the last byte of what was searched for */
        at -= row->what == CURL_FIELD;
        ht_sink_bytes(out, ht_span_head(text, at));
        (row->what == CURL_COOKIE ? show_cookie : show_bracketed)(out, ht_span_from(text, at));
        return;
    }
    show_words(out, text);
}

void ht_show_as_curl(struct ht_sink *out, struct ht_span text)
{
    struct ht_span mark = ht_span_str("::");
    for (size_t at; (at = ht_span_find(text, mark, 0)) < text.len; text = ht_span_from(text, at + mark.len)) {
        ht_escape_text(out, ht_span_head(text, at));
        ht_sink_puts(out, "::");
    }
    ht_escape_text(out, text);
}
