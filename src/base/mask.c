/* SPDX-License-Identifier: MIT */
/* Secrets: takes fields and URLs, writes them with what must stay secret masked (RFC 9110, RFC 6265, RFC
 * 3986). */
#include "base/mask.h"

struct secret_word {
    const char *text;
    bool whole; /* the parameter must equal it; else contain it */
};

static const struct secret_word secret_words[] = {
    {"token", false},       {"secret", false},       {"password", false},   {"passwd", false},
    {"passphrase", false},  {"pwd", true},           {"pass", true},        {"pw", true},
    {"apikey", false},      {"_key", false},         {"-key", false},       {"key", true},
    {"auth", true},         {"authorization", true}, {"bearer", true},      {"sig", true},
    {"signature", false},   {"hmac", true},          {"credential", false}, {"assertion", false},
    {"samlresponse", true}, {"session", false},      {"sid", true},         {"code", true},
    {"ticket", true},       {"jwt", true},           {"private", false},    {"otp", true},
    {"pin", true},
};

static size_t find(struct ht_span s, size_t from, const char *any)
{
    while (from < s.len && !(s.data[from] && strchr(any, s.data[from])))
        from++;
    return from;
}

static struct ht_span cut(struct ht_span s, size_t from, size_t to)
{
    return ht_span_head(ht_span_from(s, from), to - from);
}

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

/* Of a part of a field's name: its end, so that "X-AccessToken" is one and "x-ratelimit-remaining-tokens" is
 * none. */
static bool is_secret_part(struct ht_span part)
{
    static const char *const ends[] = {"authorization", "token",  "secret",      "password", "passwd",
                                       "passphrase",    "apikey", "credentials", "jwt",      "sessionid"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (part.len >= len && ht_span_ieq_str(ht_span_from(part, part.len - len), ends[i]))
            return true;
    }
    return false;
}

/* X-Api-Key, Private-Token, X-Amz-Security-Token: what services have for Authorization. */
static bool is_named_like_secret(struct ht_span name)
{
    static const char *const pairs[] = {"api-key", "auth-key", "access-key", "session-id"};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (contains_word(name, pairs[i]))
            return true;
    for (size_t at = 0, end; at < name.len; at = end + 1) {
        end = find(name, at, "-_");
        if (is_secret_part(cut(name, at, end)))
            return true;
    }
    return false;
}

bool ht_mask_is_secret_header(struct ht_span name)
{
    return ht_span_ieq_str(name, "cookie") || ht_span_ieq_str(name, "set-cookie") ||
           is_named_like_secret(name);
}

/* One name=value pair. Whether its value is a secret was decided by its name, or by where it stands. */
static void mask_pair(struct ht_sink *out, struct ht_span pair, bool secret)
{
    size_t equals = find(pair, 0, "=");
    struct ht_span value = ht_span_from(pair, equals + 1);
    ht_sink_bytes(out, ht_span_head(pair, equals + 1));
    if (secret && value.len)
        ht_sink_puts(out, HT_MASK);
    else
        ht_sink_bytes(out, value);
}

static bool has_secret_name(struct ht_span pair)
{
    return is_secret_parameter(ht_span_head(pair, find(pair, 0, "=")));
}

/*
 * Query and fragment. A harmless pair ends at any character that somebody takes for a separator, because a
 * secret may follow it; a secret one only where no value goes on: "?password=a;b" holds no second parameter
 * for most servers.
 */
static void mask_parameters(struct ht_sink *out, struct ht_span s)
{
    for (size_t at = 0, end; at < s.len; at = end + 1) {
        end = find(s, at, "&;#?");
        bool secret = has_secret_name(cut(s, at, end));
        if (secret)
            end = find(s, at, "&# <>\"");
        mask_pair(out, cut(s, at, end), secret);
        ht_sink_bytes(out, ht_span_head(ht_span_from(s, end), 1));
    }
}

/* Where the authority begins (RFC 3986 section 3.2); the URL's length where it has none. A URL as typed may
 * lack its scheme or have more slashes than two, and libcurl takes it. */
static size_t find_authority(struct ht_span url)
{
    size_t at = find(url, 0, "/?#");
    bool after_scheme = at < url.len && at > 0 && url.data[at - 1] == ':';
    bool relative = at == 0 && url.len > 1 && url.data[0] == '/' && url.data[1] == '/';
    if (!after_scheme && !relative)
        return at == 0 ? url.len : 0;
    while (at < url.len && url.data[at] == '/')
        at++;
    return at;
}

/* Writes the part up to the end of the authority, and gives where the rest begins. */
static size_t mask_authority(struct ht_sink *out, struct ht_span url)
{
    size_t start = find_authority(url), end = find(url, start, "/?#"), at = end;
    if (start == url.len)
        return 0;
    while (at > start && url.data[at - 1] != '@')
        at--;
    ht_sink_bytes(out, cut(url, 0, start));
    if (at > start + 1) {
        size_t colon = find(url, start, ":@");
        if (url.data[colon] == ':')
            ht_sink_bytes(out, cut(url, start, colon + 1));
        ht_sink_puts(out, HT_MASK "@");
    } else {
        at = start;
    }
    ht_sink_bytes(out, cut(url, at, end));
    return end;
}

/* Parameters of a path's segments, as ";jsessionid=" (RFC 3986 section 3.3). */
static void mask_path(struct ht_sink *out, struct ht_span path)
{
    for (size_t at = 0, end; at < path.len; at = end) {
        end = find(path, at + 1, ";/");
        bool parameter = path.data[at] == ';' && has_secret_name(cut(path, at + 1, end));
        mask_pair(out, cut(path, at, end), parameter);
    }
}

void ht_mask_url(struct ht_sink *out, struct ht_span url)
{
    size_t at = mask_authority(out, url);
    size_t query = find(url, at, "?#");
    mask_path(out, cut(url, at, query));
    ht_sink_bytes(out, ht_span_head(ht_span_from(url, query), 1));
    mask_parameters(out, ht_span_from(url, query + 1));
}

/* A cookie without a name is all value (RFC 6265 section 5.2). */
static void mask_cookie(struct ht_sink *out, struct ht_span pair)
{
    size_t blank = 0;
    while (blank < pair.len && (pair.data[blank] == ' ' || pair.data[blank] == '\t'))
        blank++;
    ht_sink_bytes(out, ht_span_head(pair, blank));
    pair = ht_span_from(pair, blank);
    if (pair.len && find(pair, 0, "=") == pair.len)
        ht_sink_puts(out, HT_MASK);
    else
        mask_pair(out, pair, true);
}

static void mask_cookies(struct ht_sink *out, struct ht_span s)
{
    for (size_t at = 0, end; at < s.len; at = end + 1) {
        end = find(s, at, ";");
        mask_cookie(out, cut(s, at, end));
        ht_sink_bytes(out, ht_span_head(ht_span_from(s, end), 1));
    }
}

static void mask_set_cookie(struct ht_sink *out, struct ht_span value)
{
    size_t end = find(value, 0, ";");
    mask_cookie(out, ht_span_head(value, end));
    ht_sink_bytes(out, ht_span_from(value, end));
}

/* "Bearer abc" keeps its scheme; a value without one is masked whole (RFC 9110 section 11.4), and so is that
 * of a field that has none. */
static void mask_credentials(struct ht_sink *out, struct ht_span name, struct ht_span value)
{
    size_t space = find(value, 0, " ");
    if (space < value.len && contains_word(name, "authorization"))
        ht_sink_bytes(out, cut(value, 0, space + 1));
    if (value.len)
        ht_sink_puts(out, HT_MASK);
}

static bool is_url_header(struct ht_span name)
{
    static const char *const urls[] = {
        "location",       "referer",         "content-location", ":path",          "refresh",
        "link",           "alt-svc",         "destination",      "x-original-url", "x-rewrite-url",
        "x-original-uri", "x-forwarded-uri", "x-forwarded-url",  "report-to",      "reporting-endpoints"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        if (ht_span_ieq_str(name, urls[i]))
            return true;
    }
    return false;
}

bool ht_mask_may_change(struct ht_span name)
{
    return ht_mask_is_secret_header(name) || is_url_header(name);
}

void ht_mask_header(struct ht_sink *out, struct ht_span name, struct ht_span value)
{
    if (ht_span_ieq_str(name, "cookie")) {
        mask_cookies(out, value);
        return;
    }
    if (ht_span_ieq_str(name, "set-cookie")) {
        mask_set_cookie(out, value);
        return;
    }
    if (ht_mask_is_secret_header(name)) {
        mask_credentials(out, name, value);
        return;
    }
    if (is_url_header(name))
        ht_mask_url(out, value);
    else
        ht_sink_bytes(out, value);
}
