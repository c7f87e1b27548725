/* SPDX-License-Identifier: MIT */
/* Facts about one request and its answer: takes a case, tells what was sent, what came and how it ended (RFC
 * 9110, RFC 9112). */
#include "rules/http_facts.h"

#include <strings.h>

bool ht_http_sent(const struct ht_case *c)
{
    return c->exchange->request.first_us >= 0;
}

bool ht_http_hint(const struct ht_case *c, int64_t curl_code)
{
    return c->last && c->ended && c->transfer->curl_code == curl_code;
}

bool ht_http_cut_by(const struct ht_case *c, enum ht_tcp_end end)
{
    return c->ended && c->failed && ht_http_sent(c) && ht_case_ended_by(c, end) &&
           !c->exchange->response.complete;
}

bool ht_http_waited(const struct ht_case *c)
{
    return ht_http_sent(c) && !c->exchange->response.complete && c->ended &&
           (ht_case_timed_out(c) || ht_http_cut_by(c, HT_TCP_TIMEOUT));
}

const struct ht_event *ht_http_part(const struct ht_case *c, struct ht_span *head)
{
    const struct ht_exchange *x = c->exchange;
    for (const struct ht_event *e = x->events.first; e && !x->response.status && ht_http_sent(c);
         e = e->next) {
        const struct ht_field *field = ht_field_find(e->fields, "head");
        if (e->dir != HT_DIR_IN || strcmp(e->kind, "opaque") != 0 || !field)
            continue;
        if (head)
            *head = field->value.bytes;
        return e;
    }
    return NULL;
}

bool ht_http_looks_like_answer(struct ht_span head)
{
    struct ht_span name = ht_span_str("HTTP/");
    while (head.len && (head.data[0] == '\r' || head.data[0] == '\n'))
        head = ht_span_from(head, 1);
    return ht_span_eq(ht_span_head(head, name.len), ht_span_head(name, head.len));
}

const struct ht_event *ht_http_half_head(const struct ht_case *c)
{
    struct ht_span head = {0};
    const struct ht_event *part = ht_http_part(c, &head);
    if (part)
        return ht_http_looks_like_answer(head) ? part : NULL;
    if (c->exchange->response.status || c->exchange->stream < 0)
        return NULL;
    for (const struct ht_event *e = c->exchange->events.first; e; e = e->next) {
        if (e->dir == HT_DIR_IN && strcmp(e->kind, "HEADERS") == 0 && !e->malformed &&
            !c->exchange->response.informational_count)
            return e;
    }
    return NULL;
}

/* The kernel counts the SYN as one acknowledged byte; what was sent twice counts twice (linux/tcp.h). */
enum ht_ack ht_http_ack(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (!s || s->tcp.bytes_acked < 0 || s->tcp.bytes_sent < 0)
        return HT_ACK_UNKNOWN;
    int64_t sent = s->tcp.bytes_sent - (s->tcp.bytes_retrans > 0 ? s->tcp.bytes_retrans : 0);
    bool all = s->tcp.bytes_acked - 1 >= sent && s->tcp.notsent_bytes <= 0;
    return all ? HT_ACK_ALL : HT_ACK_NONE_OR_PART;
}

bool ht_http_unheard(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (ht_http_ack(c) != HT_ACK_NONE_OR_PART || s->tcp.total_retrans < 1)
        return false;
    int64_t again = s->tcp.bytes_retrans > 0 ? s->tcp.bytes_retrans : 0;
    return s->tcp.bytes_acked - 1 < s->tcp.bytes_sent - again;
}

bool ht_http_place_tcp(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_proxy *p = c->connection ? c->connection->proxy : NULL;
    if (!p || ht_case_said_goodbye(c))
        return false;
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->also_explained_by = ht_arena_printf(
        claim->arena, "%s%sthe proxy itself, or anything between it and the origin",
        claim->also_explained_by ? claim->also_explained_by : "", claim->also_explained_by ? "; " : "");
    ht_claim_fact(claim, ht_case_last(c, "connected"), "the TCP connection is with the proxy %s",
                  ht_claim_text(claim, p->url));
    return true;
}

struct ht_span ht_http_field(const struct ht_case *c, const char *name)
{
    const struct ht_span *value = ht_headers_get(&c->exchange->response.headers, name);
    return value ? *value : (struct ht_span){0};
}

bool ht_http_has_field(const struct ht_case *c, const char *name)
{
    return ht_headers_get(&c->exchange->response.headers, name) != NULL;
}

int64_t ht_http_length(const struct ht_case *c)
{
    struct ht_span text = ht_http_field(c, "content-length");
    int64_t value = 0;
    if (c->exchange->response.content_length >= 0)
        return c->exchange->response.content_length;
    if (text.len == 0 || text.len > 18)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

bool ht_http_may_have_body(const struct ht_case *c)
{
    int status = c->exchange->response.status;
    return status >= 200 && status != 204 && status != 304 && !ht_span_eq_str(c->exchange->method, "HEAD");
}

void ht_http_tell_request(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_request *r = &c->exchange->request;
    const struct ht_event *event = ht_case_last_dir(c, "request", HT_DIR_OUT);
    const char *at = ht_claim_moment(claim, r->first_us);
    if (r->body_bytes || !r->complete)
        ht_claim_fact(claim, event, "request sent at %s, with %lld bytes of body%s", at,
                      (long long)r->body_bytes, r->complete ? "" : "; there was more to send");
    else
        ht_claim_fact(claim, event, "request sent at %s", at);
}

void ht_http_tell_ack(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (ht_http_ack(c) == HT_ACK_UNKNOWN)
        return;
    long long retransmits = s->tcp.total_retrans > 0 ? s->tcp.total_retrans : 0;
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "%lld of the %lld bytes sent on the connection were acknowledged; %lld retransmits",
                  (long long)ht_case_acked(c),
                  (long long)(s->tcp.bytes_sent - (s->tcp.bytes_retrans > 0 ? s->tcp.bytes_retrans : 0)),
                  retransmits);
}

void ht_http_tell_end(const struct ht_case *c, struct ht_claim *claim)
{
    static const char *const words[] = {"stayed open", "the peer closed the connection",
                                        "the peer reset the connection", "TCP gave up on the connection",
                                        "this side closed the connection"};
    enum ht_tcp_end end = ht_case_end(c);
    const struct ht_event *event = ht_case_last(c, "closed");
    if (end == HT_TCP_OPEN)
        return;
    if (c->connection->closed_us >= 0)
        ht_claim_fact(claim, event, "%s at %s", words[end], ht_claim_moment(claim, c->connection->closed_us));
    else
        ht_claim_fact(claim, ht_case_last(c, "sample"), "%s, by the kernel's word", words[end]);
    if (end == HT_TCP_FIN && c->connection->end == HT_TCP_RST)
        ht_claim_fact(claim, event, "the reset behind it answers what this side still said");
}

void ht_http_tell_answer(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    int64_t length = ht_http_length(c);
    if (!r->status)
        return;
    const struct ht_event *event = ht_case_last_dir(c, "response", HT_DIR_IN);
    ht_claim_fact(claim, event, "status %d at %s", r->status, ht_claim_moment(claim, r->first_us));
    event = ht_case_last_dir(c, "body", HT_DIR_IN);
    if (length >= 0)
        ht_claim_fact(claim, event, "%lld of %lld bytes of body came, the last at %s",
                      (long long)r->body_bytes, (long long)length, ht_claim_moment(claim, r->last_us));
    else
        ht_claim_fact(claim, event, "%lld bytes of body came, the last at %s, and not their end",
                      (long long)r->body_bytes, ht_claim_moment(claim, r->last_us));
}

const char *ht_http_status_text(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    return ht_arena_printf(claim->arena, "%d%s%s", r->status, r->reason.len ? " " : "",
                           ht_claim_text(claim, ht_span_head(r->reason, 60)));
}

bool ht_text_holds(struct ht_span text, const char *words)
{
    size_t len = strlen(words);
    for (size_t i = 0; len <= text.len && i <= text.len - len; i++) {
        if (strncasecmp((const char *)text.data + i, words, len) == 0)
            return true;
    }
    return false;
}
