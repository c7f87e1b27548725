/* SPDX-License-Identifier: MIT */
/* Takes an operation that joins a trace, gives a transfer's request its `traceparent` with a span id of its
 * own. */
#include "fetch/trace_context.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

/* Not zero, which means none. */
static uint64_t span_id(void)
{
    uint64_t id = 0;
    while (id == 0 && getrandom(&id, sizeof id, 0) == (ssize_t)sizeof id)
        continue;
    return id ? id : 1;
}

void ht_trace_context_renew(struct ht_trace_context *context, const struct ht_operation *operation)
{
    const struct ht_trace_rules *trace = &operation->trace;
    if (trace->id)
        snprintf(context->field, sizeof context->field, "traceparent: 00-%s-%016" PRIx64 "-%s", trace->id,
                 span_id(), trace->flags);
}

void ht_trace_context_set(struct ht_trace_context *context, CURL *easy, const struct ht_setting_plan *plan)
{
    if (!plan->operation->trace.id)
        return;
    ht_trace_context_renew(context, plan->operation);
    context->node = (struct curl_slist){context->field, ht_setting_plan_list(plan, CURLOPT_HTTPHEADER)};
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, &context->node);
}
