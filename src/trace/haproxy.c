/* SPDX-License-Identifier: MIT */
/* The PROXY protocol (--haproxy-protocol): takes bytes at a connection's begin, cuts its line from them;
 * takes the line, gives an event. */
#include "decode/haproxy/haproxy.h"

#include "trace/state.h"

size_t ht_intake_haproxy(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    size_t len = ht_haproxy_split(raw->bytes);
    if (len) {
        struct ht_raw unit = ht_unit_of(raw, HT_UNIT_HAPROXY, ht_span_head(raw->bytes, len));
        unit.u.unit.size = (int64_t)len;
        ht_tracer_deliver(tracer, &unit);
    }
    return len;
}

void ht_unit_haproxy(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_owner owner = {wire->connection, NULL};
    struct ht_haproxy_line line;
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "haproxy");
    if (!event)
        return;
    ht_haproxy_decode(wire->connection->arena, raw->bytes, &line);
    event->phase = HT_PHASE_CONNECT; /* whatever comes next: without the line there is no connection */
    event->size = (int64_t)raw->bytes.len;
    event->fields = line.fields;
    event->malformed = line.malformed;
    event->malformed_at = line.malformed_at;
    event->malformed_why = line.malformed_why;
    ht_event_tell(tracer, event, line.summary);
}
