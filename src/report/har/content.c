/* SPDX-License-Identifier: MIT */
/* Takes the bodies of an exchange, gives response.content and request.postData of its HAR entry. */
#include "base/escape.h"
#include "decode/coding/coding.h"
#include "model/model.h"
#include "report/har/har.h"

static json_t *mime_type(const struct ht_headers *headers)
{
    const struct ht_span *type = ht_headers_get(headers, "content-type");
    return type ? ht_json_text(*type) : json_string("");
}

/* Lines of text that change nothing where they are shown; all else is written as base64. */
static bool is_plain(struct ht_span body)
{
    struct ht_sink shown = ht_sink(0);
    bool plain = true;
    while (plain && body.len) {
        size_t len = 0;
        while (len < body.len &&
               !(body.data[len] == '\n' || body.data[len] == '\r' || body.data[len] == '\t'))
            len++;
        ht_sink_reset(&shown);
        ht_escape_text(&shown, ht_span(body.data, len));
        plain = shown.len == len;
        len += len < body.len;
        body = ht_span(body.data + len, body.len - len);
    }
    ht_sink_free(&shown);
    return plain;
}

static void set_body(json_t *out, struct ht_span body, const char *encoding_member)
{
    struct ht_sink text = ht_sink(0);
    if (is_plain(body)) {
        ht_json_set(out, "text", json_stringn((const char *)body.data, body.len));
        return;
    }
    ht_sink_base64(&text, body);
    ht_json_set(out, "text", json_string(ht_sink_text(&text)));
    ht_json_set(out, encoding_member, json_string("base64"));
    ht_sink_free(&text);
}

static bool is_coded(const struct ht_response *response)
{
    return response->content_encoding.len && !ht_span_ieq_str(response->content_encoding, "identity");
}

/* Bytes after content codings were undone; -1 where nobody undid them. */
static int64_t decoded_size(const struct ht_json *j, const struct ht_exchange *x)
{
    bool last = x == j->transfer->last_exchange;
    if (!is_coded(&x->response))
        return x->response.body_bytes;
    /* libcurl handed over as much as came: it did not decode, since --compressed was not given */
    bool decoded =
        last && j->transfer->decoded_bytes >= 0 && j->transfer->decoded_bytes != x->response.body_bytes;
    return decoded ? j->transfer->decoded_bytes : -1;
}

static void note_cut(json_t *out, struct ht_span kept, int64_t all)
{
    char text[64];
    if ((int64_t)kept.len >= all)
        return;
    snprintf(text, sizeof text, "the first %zu of %lld bytes", kept.len, (long long)all);
    ht_json_set(out, "comment", json_string(text));
}

static int64_t add_response_body(json_t *out, const struct ht_response *response)
{
    struct ht_sink decoded = ht_sink(HT_CAP_BODY);
    ht_coding_decode(response->content_encoding, response->body_head, &decoded);
    set_body(out, ht_span(ht_sink_text(&decoded), decoded.len), "encoding");
    note_cut(out, response->body_head, response->body_bytes);
    bool whole = (int64_t)response->body_head.len == response->body_bytes && !decoded.cut;
    int64_t size = whole ? (int64_t)decoded.len : -1;
    ht_sink_free(&decoded);
    return size;
}

json_t *ht_har_content(const struct ht_json *j, const struct ht_exchange *x)
{
    const struct ht_response *response = &x->response;
    json_t *out = json_object();
    int64_t size = decoded_size(j, x), kept = -1;
    ht_json_set(out, "mimeType", mime_type(&response->headers));
    if (j->options->bodies && response->body_head.len)
        kept = add_response_body(out, response);
    size = size < 0 ? kept : size;
    ht_json_set(out, "size", json_integer(size < 0 ? response->body_bytes : size));
    if (size >= 0 && is_coded(response))
        ht_json_set(out, "compression", json_integer(size - response->body_bytes));
    return out;
}

json_t *ht_har_post_data(const struct ht_json *j, const struct ht_exchange *x)
{
    const struct ht_request *request = &x->request;
    if (request->body_bytes == 0)
        return NULL;
    json_t *out = json_object();
    ht_json_set(out, "mimeType", mime_type(&request->headers));
    if (j->options->bodies) {
        set_body(out, request->body_head, "_encoding");
        note_cut(out, request->body_head, request->body_bytes);
    }
    return out;
}
