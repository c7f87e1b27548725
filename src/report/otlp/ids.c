/* SPDX-License-Identifier: MIT */
/* Takes a transfer, gives the trace and span ids of its spans (W3C Trace Context section 3.2.2). */
#include "base/hash.h"
#include "model/model.h"
#include "report/otlp/otlp.h"

#include <inttypes.h>
#include <string.h>

enum { ID_AT = 3, ID_LEN = 32, SPAN_AT = ID_AT + ID_LEN + 1, SPAN_LEN = 16 };

static void put(char out[17], uint64_t id)
{
    snprintf(out, 17, "%016" PRIx64, id ? id : 1);
}

static const struct ht_span *sent_field(const struct ht_transfer *transfer)
{
    const struct ht_exchange *first = transfer->exchanges;
    return first ? ht_headers_get(&first->request.headers, "traceparent") : NULL;
}

static bool is_hex(struct ht_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789abcdef", text.data[i], 16))
            return false;
    return true;
}

static bool is_whole(const struct ht_span *field)
{
    return field && field->len >= SPAN_AT + SPAN_LEN && field->data[ID_AT - 1] == '-' &&
           field->data[SPAN_AT - 1] == '-' && is_hex(ht_span(field->data + ID_AT, ID_LEN)) &&
           is_hex(ht_span(field->data + SPAN_AT, SPAN_LEN));
}

/* The wall clock's microsecond, the URL and the local port tell one transfer from another. */
static void make(struct ht_otlp_ids *ids, const struct ht_transfer *transfer)
{
    uint64_t seed = ht_hash(ht_hash_mix((uint64_t)transfer->wall_start_us), transfer->url);
    const struct ht_exchange *first = transfer->exchanges;
    if (first && first->connection)
        seed = ht_hash(seed, first->connection->local);
    seed = ht_hash_mix(seed + (uint64_t)transfer->id);
    put(ids->trace, ht_hash_mix(seed + 1));
    put(ids->trace + 16, ht_hash_mix(seed + 2));
    put(ids->span, ht_hash_mix(seed + 3));
}

void ht_otlp_ids_of(struct ht_otlp_ids *ids, const struct ht_transfer *transfer)
{
    const struct ht_span *field = sent_field(transfer);
    *ids = (struct ht_otlp_ids){.parent = ""};
    if (is_whole(field)) {
        memcpy(ids->trace, field->data + ID_AT, ID_LEN);
        memcpy(ids->span, field->data + SPAN_AT, SPAN_LEN);
    } else {
        make(ids, transfer);
    }
    if (transfer->trace_parent.len == SPAN_LEN && is_hex(transfer->trace_parent))
        memcpy(ids->parent, transfer->trace_parent.data, SPAN_LEN);
}

struct ht_otlp_ids ht_otlp_child(const struct ht_otlp_ids *parent, unsigned number)
{
    struct ht_otlp_ids child = *parent;
    memcpy(child.parent, parent->span, sizeof child.parent);
    put(child.span, ht_hash_mix(ht_hash(HT_HASH_START, ht_span(parent->span, SPAN_LEN)) + number));
    return child;
}
