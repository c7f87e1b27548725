/* SPDX-License-Identifier: MIT */
/* What the files of the HTTP Archive report share (HAR 1.2). */
#ifndef HT_REPORT_HAR_HAR_H
#define HT_REPORT_HAR_HAR_H

#include "report/json/value.h"

/* One exchange as an entry of log.entries; `page` is the id of its transfer's page. A new reference. */
json_t *ht_har_entry(struct ht_json *j, const struct ht_exchange *exchange, const char *page);

/* Its two messages; the response of an exchange that got none has status 0. */
json_t *ht_har_request(const struct ht_json *j, const struct ht_exchange *exchange);
json_t *ht_har_response(const struct ht_json *j, const struct ht_exchange *exchange);

/* response.content and request.postData (NULL where nothing was sent). Bodies are in them only with
 * options->bodies. */
json_t *ht_har_content(const struct ht_json *j, const struct ht_exchange *exchange);
json_t *ht_har_post_data(const struct ht_json *j, const struct ht_exchange *exchange);

/* A moment of the run by its clock: "2026-11-20T21:00:00.123456Z". */
json_t *ht_har_date(const struct ht_json *j, int64_t t_us);
/* Milliseconds to three decimals. */
json_t *ht_har_ms(int64_t duration_us);

#endif
