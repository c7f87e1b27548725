/* SPDX-License-Identifier: MIT */
/* A message's fields: takes decoded header fields, says which rule of RFC 9113 section 8 they break, and
 * writes the message's one-line summary. */
#include "decode/h2/frame.h"

#define SECTION(n) " (RFC 9113 section " n "): PROTOCOL_ERROR"

enum { METHOD, SCHEME, AUTHORITY, PATH, PROTOCOL, STATUS };

struct pseudo_row {
    const char *name;
    bool request;
};

static const struct pseudo_row pseudo_fields[] = {
    [METHOD] = {":method", true}, [SCHEME] = {":scheme", true},     [AUTHORITY] = {":authority", true},
    [PATH] = {":path", true},     [PROTOCOL] = {":protocol", true}, [STATUS] = {":status", false},
};

static const char *const connection_specific[] = {"connection", "proxy-connection", "keep-alive",
                                                  "transfer-encoding", "upgrade"};

static int read_status(struct ht_span value)
{
    int status = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.len != 3 || value.data[i] < '0' || value.data[i] > '9')
            return 0;
        status = status * 10 + (value.data[i] - '0');
    }
    return status;
}

static const char *take_pseudo(struct ht_h2_message *m, struct ht_span name, struct ht_span value)
{
    if (m->regular_seen)
        return "a pseudo-header field after a regular one" SECTION("8.3");
    for (size_t i = 0; i < sizeof pseudo_fields / sizeof *pseudo_fields; i++) {
        if (!ht_span_eq_str(name, pseudo_fields[i].name))
            continue;
        if (pseudo_fields[i].request != m->is_request)
            return "a pseudo-header field of the other kind of message" SECTION("8.3");
        if (m->pseudo & 1u << i)
            return "a pseudo-header field twice" SECTION("8.3");
        m->pseudo |= 1u << i;
        if (i == METHOD)
            m->connect = ht_span_eq_str(value, "CONNECT");
        if (i == PATH && value.len == 0)
            return "an empty :path" SECTION("8.3.1");
        if (i != STATUS)
            return NULL;
        m->status = read_status(value);
        return m->status >= 100 ? NULL : ":status is not a status code" SECTION("8.3.2");
    }
    return "an unknown pseudo-header field" SECTION("8.3");
}

static const char *check_name(struct ht_span name)
{
    if (name.len == 0)
        return "an empty field name" SECTION("8.2.1");
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if (c >= 'A' && c <= 'Z')
            return "an upper-case letter in a field name" SECTION("8.2.1");
        if (c <= 0x20 || c >= 0x7f || (c == ':' && i > 0))
            return "an illegal byte in a field name" SECTION("8.2.1");
    }
    return NULL;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static const char *check_value(struct ht_span value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (c == 0 || c == '\r' || c == '\n')
            return "NUL, CR or LF in a field value" SECTION("8.2.1");
    }
    if (value.len && (is_blank(value.data[0]) || is_blank(value.data[value.len - 1])))
        return "white space at an end of a field value" SECTION("8.2.1");
    return NULL;
}

static const char *check_connection_specific(struct ht_span name, struct ht_span value)
{
    for (size_t i = 0; i < sizeof connection_specific / sizeof *connection_specific; i++) {
        if (ht_span_eq_str(name, connection_specific[i]))
            return "a connection-specific field" SECTION("8.2.2");
    }
    if (ht_span_eq_str(name, "te") && !ht_span_ieq_str(value, "trailers"))
        return "TE says other than trailers" SECTION("8.2.2");
    return NULL;
}

const char *ht_h2_message_field(struct ht_h2_message *m, struct ht_span name, struct ht_span value)
{
    const char *why = check_name(name);
    if (!why)
        why = check_value(value);
    if (why)
        return why;
    if (name.data[0] == ':')
        return take_pseudo(m, name, value);
    m->regular_seen = true;
    return check_connection_specific(name, value);
}

static const char *request_end(const struct ht_h2_message *m)
{
    const uint32_t always = 1u << SCHEME | 1u << PATH;
    bool has_protocol = m->pseudo & 1u << PROTOCOL;
    if (!(m->pseudo & 1u << METHOD))
        return "a request without :method" SECTION("8.3.1");
    if (has_protocol && !m->connect)
        return ":protocol without CONNECT (RFC 8441 section 4): PROTOCOL_ERROR";
    if (m->connect && !has_protocol) {
        if (m->pseudo & always || !(m->pseudo & 1u << AUTHORITY))
            return "CONNECT takes :authority, no :scheme and no :path" SECTION("8.5");
        return NULL;
    }
    if ((m->pseudo & always) != always)
        return "a request without :scheme or :path" SECTION("8.3.1");
    return NULL;
}

const char *ht_h2_message_end(const struct ht_h2_message *m, bool end_stream)
{
    if (m->pseudo == 0)
        return end_stream
                   ? NULL
                   : "a field section without pseudo-header fields does not end its stream" SECTION("8.1");
    if (m->is_request)
        return request_end(m);
    if (m->status == 101)
        return "status 101 in HTTP/2" SECTION("8.6");
    if (m->status >= 100 && m->status < 200 && end_stream)
        return "an informational response ends its stream" SECTION("8.1");
    return NULL;
}

static void put(struct ht_sink *s, const struct ht_span *value)
{
    if (value)
        ht_sink_bytes(s, *value);
}

static void put_target(struct ht_sink *s, const struct ht_headers *h, bool connect)
{
    const struct ht_span *scheme = ht_headers_get(h, ":scheme"), *host = ht_headers_get(h, ":authority");
    if (!host && !connect)
        host = ht_headers_get(h, "host");
    put(s, scheme);
    if (scheme)
        ht_sink_puts(s, "://");
    put(s, host);
    put(s, ht_headers_get(h, ":path"));
}

void ht_h2_detail_message(struct ht_h2_parse *p)
{
    const struct ht_headers *h = &p->out->headers;
    const struct ht_span *method = ht_headers_get(h, ":method"), *status = ht_headers_get(h, ":status");
    if (status) {
        ht_escape_text(&p->detail, *status);
        return;
    }
    if (!method) {
        ht_sink_printf(&p->detail, "trailers, %zu %s", h->count, h->count == 1 ? "field" : "fields");
        return;
    }
    struct ht_sink url = ht_sink(HT_CAP_HEADER_PLAIN), masked = ht_sink(HT_CAP_HEADER_PLAIN);
    put_target(&url, h, ht_span_eq_str(*method, "CONNECT"));
    if (url.len)
        ht_mask_url(&masked, ht_span(url.text, url.len));
    ht_escape_text(&p->detail, *method);
    ht_sink_char(&p->detail, ' ');
    ht_escape_text(&p->detail, ht_span(masked.text, masked.len));
    ht_sink_free(&url);
    ht_sink_free(&masked);
}
