/* SPDX-License-Identifier: MIT */
/* Takes the trace of a dry run, gives the facts of its request: where it would go, what its body is (RFC
 * 9110). */
#include "report/request.h"

#include "model/model.h"

const struct ht_exchange *ht_request_seen(const struct ht_transfer *transfer)
{
    const struct ht_exchange *x = transfer->exchanges;
    return x && x->request.first_us >= 0 ? x : NULL;
}

static const struct ht_attempt *first_attempt(const struct ht_transfer *transfer)
{
    const struct ht_exchange *x = transfer->exchanges;
    return x && x->connection ? x->connection->attempts : NULL;
}

struct ht_reach ht_request_reach(const struct ht_transfer *transfer)
{
    struct ht_reach reach = {.port = -1, .unix_socket = transfer->unix_socket};
    const struct ht_attempt *attempt = first_attempt(transfer);
    if (transfer->unix_socket.len || !attempt) {
        reach.known = transfer->unix_socket.len > 0;
        return reach;
    }
    const struct ht_resolve *resolve = &transfer->exchanges->connection->resolve;
    reach.known = true;
    reach.port = attempt->port;
    reach.host = resolve->host;
    reach.lookup = resolve->source == HT_SOURCE_RESOLVER || resolve->source == HT_SOURCE_HOSTS ||
                   resolve->source == HT_SOURCE_CACHE;
    if (!reach.lookup)
        reach.address = attempt->address;
    return reach;
}

/* -1 for what is no number, or too long for one. */
static int64_t number_of(struct ht_span digits)
{
    int64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || i >= 18)
            return -1;
        number = number * 10 + (digits.data[i] - '0');
    }
    return digits.len ? number : -1;
}

struct ht_body ht_request_body(const struct ht_request *request)
{
    const struct ht_span *length = ht_headers_get(&request->headers, "content-length");
    const struct ht_span *coding = ht_headers_get(&request->headers, "transfer-encoding");
    const struct ht_span *type = ht_headers_get(&request->headers, "content-type");
    struct ht_body body = {.kind = HT_BODY_NONE};
    if (coding && ht_span_ieq_str(*coding, "chunked"))
        body.kind = HT_BODY_CHUNKED;
    else if (length && number_of(*length) >= 0)
        body = (struct ht_body){.kind = HT_BODY_LENGTH, .bytes = number_of(*length)};
    else if (!request->complete || request->body_bytes > 0)
        body.kind = HT_BODY_OPEN;
    if (type)
        body.type = *type;
    return body;
}

bool ht_request_may_fall_back(const struct ht_exchange *exchange)
{
    const struct ht_connection *c = exchange->connection;
    const struct ht_tls *tls = c ? c->tls : NULL;
    bool others = false;
    for (size_t i = 0; tls && i < tls->client_hello.alpn.count; i++)
        others = others || !ht_span_ieq_str(tls->client_hello.alpn.at[i], "h2");
    return exchange->request.version == HT_HTTP_2 && others;
}
