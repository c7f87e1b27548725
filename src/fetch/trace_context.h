/* SPDX-License-Identifier: MIT */
/* The `traceparent` field of a request (W3C Trace Context, section 3.2): each transfer is a span of its own.
 */
#ifndef HT_FETCH_TRACE_CONTEXT_H
#define HT_FETCH_TRACE_CONTEXT_H

#include "fetch/settings.h"

/* The field of one transfer. It has to stay where it is as long as the handle is used. */
struct ht_trace_context {
    char field[80];
    struct curl_slist node;
};

/* Adds the field to the header fields that the plan sets, where the operation joins a trace. */
void ht_trace_context_set(struct ht_trace_context *context, CURL *easy, const struct ht_setting_plan *plan);

/* Another attempt is another span. */
void ht_trace_context_renew(struct ht_trace_context *context, const struct ht_operation *operation);

#endif
