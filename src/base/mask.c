/* SPDX-License-Identifier: MIT */
/* Secrets: takes fields and URLs, writes them with what must stay secret masked (RFC 9110, RFC 6265, RFC
 * 3986). */
#include "base/mask.h"

struct secret_word {
    const char *text;
    bool whole; /* the parameter must equal it; else contain it */
};

static const struct secret_word secret_words[] = {
    {"token", false},        {"secret", false},     {"password", false},   {"passwd", false},
    {"pwd", true},           {"pass", true},        {"apikey", false},     {"api_key", false},
    {"api-key", false},      {"key", true},         {"auth", true},        {"sig", true},
    {"signature", false},    {"credential", false}, {"session", false},    {"sid", true},
    {"code", true},          {"jwt", true},         {"access_key", false}, {"private", false},
    {"authorization", true}, {"otp", true},         {"pin", true},
};

static bool contains_word(struct ht_span name, const char *word)
{
    size_t len = strlen(word);
    for (size_t at = 0; at + len <= name.len; at++) {
        if (ht_span_ieq_str(ht_span(name.data + at, len), word))
            return true;
    }
    return false;
}

static bool is_secret_parameter(struct ht_span name)
{
    for (size_t i = 0; i < sizeof secret_words / sizeof *secret_words; i++) {
        const struct secret_word *word = &secret_words[i];
        if (word->whole ? ht_span_ieq_str(name, word->text) : contains_word(name, word->text))
            return true;
    }
    return false;
}

bool ht_mask_is_secret_header(struct ht_span name)
{
    static const char *const names[] = {"authorization", "proxy-authorization", "cookie", "set-cookie"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (ht_span_ieq_str(name, names[i]))
            return true;
    }
    return false;
}

static size_t find(struct ht_span s, size_t from, const char *any)
{
    while (from < s.len && !(s.data[from] && strchr(any, s.data[from])))
        from++;
    return from;
}

static struct ht_span cut(struct ht_span s, size_t from, size_t to)
{
    return ht_span(s.data + from, to - from);
}

/* name=value pairs between `separators`; the value is masked where `all`, or where the name says it is a
 * secret. */
static void mask_pairs(struct ht_sink *out, struct ht_span s, const char *separators, bool all)
{
    for (size_t at = 0; at < s.len;) {
        size_t end = find(s, at, separators);
        size_t equals = find(cut(s, at, end), 0, "=") + at;
        struct ht_span name = cut(s, at, equals);
        while (name.len && name.data[0] == ' ')
            name = ht_span_from(name, 1);
        bool secret = all || is_secret_parameter(name), bare = all && equals == end && name.len;
        if (bare) /* a cookie without a name is all value */
            ht_sink_puts(out, HT_MASK);
        else
            ht_sink_bytes(out, cut(s, at, equals));
        if (equals < end) {
            ht_sink_char(out, '=');
            if (secret && equals + 1 < end)
                ht_sink_puts(out, HT_MASK);
            else
                ht_sink_bytes(out, cut(s, equals + 1, end));
        }
        if (end < s.len)
            ht_sink_bytes(out, cut(s, end, end + 1));
        at = end + 1;
    }
}

/* Writes the part up to the end of the authority, and gives where the rest begins. */
static size_t mask_authority(struct ht_sink *out, struct ht_span url)
{
    size_t slash = find(url, 0, "/?#");
    if (slash == 0 || slash + 1 >= url.len || url.data[slash - 1] != ':' || url.data[slash + 1] != '/')
        return 0;
    size_t start = slash + 2, end = find(url, start, "/?#"), at = end;
    while (at > start && url.data[at - 1] != '@')
        at--;
    ht_sink_bytes(out, cut(url, 0, start));
    if (at > start) {
        size_t colon = find(url, start, ":@");
        bool password = colon < at - 1 && url.data[colon] == ':';
        ht_sink_bytes(out, password ? cut(url, start, colon + 1) : ht_span(NULL, 0));
        ht_sink_puts(out, HT_MASK "@");
    }
    ht_sink_bytes(out, cut(url, at, end));
    return end;
}

void ht_mask_url(struct ht_sink *out, struct ht_span url)
{
    size_t at = mask_authority(out, url);
    size_t query = find(url, at, "?#");
    ht_sink_bytes(out, cut(url, at, query));
    if (query < url.len) {
        ht_sink_bytes(out, cut(url, query, query + 1));
        mask_pairs(out, ht_span_from(url, query + 1), "&;#?", false);
    }
}

static void mask_set_cookie(struct ht_sink *out, struct ht_span value)
{
    size_t end = find(value, 0, ";");
    mask_pairs(out, cut(value, 0, end), ";", true);
    ht_sink_bytes(out, ht_span_from(value, end));
}

/* "Bearer abc" keeps its scheme; a value without one is masked whole (RFC 9110 section 11.4). */
static void mask_credentials(struct ht_sink *out, struct ht_span value)
{
    size_t space = find(value, 0, " ");
    if (space < value.len)
        ht_sink_bytes(out, cut(value, 0, space + 1));
    ht_sink_puts(out, HT_MASK);
}

void ht_mask_header(struct ht_sink *out, struct ht_span name, struct ht_span value)
{
    static const char *const urls[] = {"location", "referer", "content-location", ":path",
                                       "refresh",  "link",    "alt-svc"};
    if (ht_span_ieq_str(name, "cookie")) {
        mask_pairs(out, value, ";", true);
        return;
    }
    if (ht_span_ieq_str(name, "set-cookie")) {
        mask_set_cookie(out, value);
        return;
    }
    if (ht_mask_is_secret_header(name)) {
        mask_credentials(out, value);
        return;
    }
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        if (ht_span_ieq_str(name, urls[i])) {
            ht_mask_url(out, value);
            return;
        }
    }
    ht_sink_bytes(out, value);
}
