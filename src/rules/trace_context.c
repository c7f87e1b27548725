/* SPDX-License-Identifier: MIT */
/* Distributed tracing: takes the field that a request carried and the one that came back, tells where the
 * trace was lost on the way (W3C Trace Context). */
#include "rules/http_facts.h"
#include "rules/tables.h"

enum { ID_AT = 3, ID_LEN = 32 };

static struct ht_span sent_field(const struct ht_case *c, const char *name)
{
    const struct ht_span *value = ht_headers_get(&c->exchange->request.headers, name);
    return value ? *value : (struct ht_span){0};
}

/* The trace-id of a traceparent or traceresponse; empty where it is none. */
static struct ht_span trace_id(struct ht_span field)
{
    bool fits = field.len >= ID_AT + ID_LEN && field.data[ID_AT - 1] == '-';
    return fits ? ht_span(field.data + ID_AT, ID_LEN) : (struct ht_span){0};
}

static bool holds(struct ht_span text, struct ht_span part)
{
    return part.len && text.len && memmem(text.data, text.len, part.data, part.len);
}

/* Only what was asked for is expected: few servers echo anything. */
static bool is_lost(const struct ht_case *c, const char *name)
{
    struct ht_span echo = ht_http_field(c, name), same = sent_field(c, name);
    struct ht_span id = trace_id(sent_field(c, "traceparent"));
    if (!same.len && !id.len)
        return false;
    return !(echo.len && same.len && ht_span_eq(echo, same)) && !holds(echo, id);
}

static void tell(const struct ht_case *c, struct ht_claim *claim, const char *name)
{
    bool own = sent_field(c, name).len > 0;
    ht_claim_fact(claim, ht_case_last_dir(c, "request", HT_DIR_OUT), "sent with %s",
                  own ? name : "traceparent");
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "the answer, status %d, has %s %s",
                  c->exchange->response.status, ht_http_has_field(c, name) ? "another value of" : "no", name);
}

static bool trace_id_lost(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span echo = c->transfer->echo_header;
    if (!echo.len || !c->last || !c->exchange->response.status)
        return false;
    const char *name = ht_claim_text(claim, echo);
    if (!is_lost(c, name))
        return false;
    tell(c, claim, name);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "http.trace_id_lost",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The answer does not carry the trace id back",
     .explanation =
         "--echo-header says that the answer repeats what identifies the request, and it does not: something "
         "on "
         "the way dropped or replaced the field, or answered in the server's place. Spans of the server "
         "will not be found under this id.",
     .also_explained_by = "a server that does not echo this field at all, or only for some requests",
     .next_steps = {"look whether the field reaches the server: its access log, or a request past the proxy",
                    "compare with a request that is answered well: httptrace -v --echo-header NAME URL"},
     .reference = "W3C Trace Context sections 3.2 and 4",
     .holds = trace_id_lost},
};

const struct ht_rule_table ht_rules_trace_context = HT_RULE_TABLE(rows);
