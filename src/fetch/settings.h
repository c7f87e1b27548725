/* SPDX-License-Identifier: MIT */
/* An operation's settings, applied to easy handles by the names of libcurl's options. */
#ifndef HT_FETCH_SETTINGS_H
#define HT_FETCH_SETTINGS_H

#include "base/error.h"

#include <curl/curl.h>
#include <httptrace/job.h>

/* An operation's settings with their options found and their values made, once for all its transfers:
 * libcurl's own search by name costs more than the rest of a small transfer's set-up. */
struct ht_setting_plan {
    const struct ht_operation *operation; /* borrowed; it outlives the plan */
    struct ht_setting_step {
        const struct curl_easyoption *option;
        const struct ht_setting *setting;
        long number;             /* of a SYMBOL or BITS */
        struct curl_slist *list; /* of a LIST: the handles borrow it */
    } * steps;
    size_t count;
};

/* HT_ERR_USAGE names the setting that this libcurl does not know, by the user's spelling; the plan is to be
 * cleared then, too, and always after the handles that it was applied to. */
HT_MUST_USE enum ht_status ht_setting_plan_make(struct ht_setting_plan *plan,
                                                const struct ht_operation *operation, struct ht_error *error);
void ht_setting_plan_clear(struct ht_setting_plan *plan);
/* HT_ERR_USAGE names the setting that this libcurl lacks or refuses. */
HT_MUST_USE enum ht_status ht_settings_apply(CURL *easy, const struct ht_setting_plan *plan,
                                             struct ht_error *error);

/* Keeps the handle from writing, at its end, the cookie jar and the caches of HSTS and Alt-Svc that the
 * operation names; what was read of them holds. For handles that do not make the transfer. */
void ht_settings_leave_files(CURL *easy, const struct ht_operation *operation);

/* The list that the plan sets `option` to; NULL: none. */
struct curl_slist *ht_setting_plan_list(const struct ht_setting_plan *plan, CURLoption option);

bool ht_setting_is_given(const struct ht_operation *operation, const char *option);
/* The number that the last setting of `option` gives, or `otherwise` where the job has none. */
int64_t ht_setting_number(const struct ht_operation *operation, const char *option, int64_t otherwise);
/* Likewise its text. */
const char *ht_setting_text(const struct ht_operation *operation, const char *option, const char *otherwise);

#endif
