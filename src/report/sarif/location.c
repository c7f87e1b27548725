/* SPDX-License-Identifier: MIT */
/* Takes URLs and results, gives their places and fingerprints (SARIF 2.1.0 sections 3.29 and 3.27.16). */
#include "base/hash.h"
#include "base/mask.h"
#include "base/url.h"
#include "report/sarif/sarif.h"

#include <ctype.h>
#include <inttypes.h>

static bool is_escape(struct ht_span s, size_t at)
{
    return at + 2 < s.len && s.data[at] == '%' && isxdigit(s.data[at + 1]) && isxdigit(s.data[at + 2]);
}

/* Length of a full stop, also of an escaped one, as "%2e"; 0 where there is none. */
static size_t full_stop(struct ht_span s, size_t at)
{
    if (is_escape(s, at))
        return ht_span_ieq_str(ht_span(s.data + at, 3), "%2e") ? 3 : 0;
    return at < s.len && s.data[at] == '.';
}

/* "." and "..", which would lead elsewhere. */
static bool leads_away(struct ht_span segment)
{
    size_t first = full_stop(segment, 0), second = first ? full_stop(segment, first) : 0;
    return first && first + second == segment.len;
}

/* RFC 3986 section 3.3. Of two colons one is escaped: a log takes them for a command. */
static bool is_plain(struct ht_span s, size_t at)
{
    uint8_t c = s.data[at];
    if (c == ':')
        return !(at > 0 && s.data[at - 1] == ':') && !(at + 1 < s.len && s.data[at + 1] == ':');
    return (c < 0x80 && isalnum(c)) || (c && strchr("-._~!$&'()*+,;=@", c)) || is_escape(s, at);
}

static void put_segment(struct ht_sink *out, struct ht_span segment)
{
    if (segment.len == 0 || leads_away(segment))
        return;
    if (out->len)
        ht_sink_char(out, '/');
    for (size_t i = 0; i < segment.len; i++) {
        if (is_plain(segment, i))
            ht_sink_char(out, (char)segment.data[i]);
        else
            ht_sink_printf(out, "%%%02X", segment.data[i]);
    }
}

static struct ht_span without_user(struct ht_span authority)
{
    size_t from = authority.len;
    while (from > 0 && authority.data[from - 1] != '@')
        from--;
    return ht_span_from(authority, from);
}

static void put_path(struct ht_sink *out, struct ht_span path)
{
    for (size_t at = 0, end; at < path.len && !strchr("?#", path.data[at]); at = end) {
        at += path.data[at] == '/';
        for (end = at; end < path.len && !(path.data[end] && strchr("/?#", path.data[end]));)
            end++;
        put_segment(out, ht_span(path.data + at, end - at));
    }
}

void ht_sarif_path(struct ht_sink *out, struct ht_span url)
{
    struct ht_sink masked = ht_sink(0), path = ht_sink(0);
    ht_mask_url(&masked, url);
    struct ht_span shown = ht_span(ht_sink_text(&masked), masked.len), scheme = ht_url_scheme(shown);
    struct ht_span authority = ht_url_authority(shown);
    put_segment(&path, scheme.len ? scheme : ht_span_str("http"));
    put_segment(&path, without_user(authority));
    put_path(&path, ht_span_from(shown, (scheme.len ? scheme.len + 3 : 0) + authority.len));
    ht_sink_bytes(out, ht_span(ht_sink_text(&path), path.len));
    ht_sink_free(&masked);
    ht_sink_free(&path);
}

json_t *ht_sarif_place(struct ht_span url)
{
    json_t *out = json_object(), *artifact = json_object(), *region = json_object();
    struct ht_sink path = ht_sink(0);
    ht_sarif_path(&path, url);
    ht_json_set(artifact, "uri", json_string(ht_sink_text(&path)));
    ht_json_set(region, "startLine", json_integer(1));
    ht_json_set(out, "artifactLocation", artifact);
    ht_json_set(out, "region", region);
    ht_sink_free(&path);
    return out;
}

json_t *ht_sarif_fingerprints(const struct ht_transfer *transfer, const char *rule, const char *detail,
                              unsigned nth)
{
    struct ht_sink text = ht_sink(0);
    char print[40];
    json_t *out = json_object();
    ht_mask_url(&text, transfer->url);
    ht_sink_char(&text, '\n');
    ht_sink_bytes(&text, transfer->method);
    ht_sink_printf(&text, "\n%s\n%s", rule, detail);
    uint64_t hash = ht_hash(HT_HASH_START, ht_span(ht_sink_text(&text), text.len));
    snprintf(print, sizeof print, "%016" PRIx64 ":%u", ht_hash_mix(hash), nth);
    ht_json_set(out, "primaryLocationLineHash", json_string(print));
    ht_json_set(out, "httptraceResult/v1", json_string(print));
    ht_sink_free(&text);
    return out;
}
