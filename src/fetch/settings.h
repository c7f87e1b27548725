/* SPDX-License-Identifier: MIT */
/* A job's settings, applied to an easy handle by the names of libcurl's options. */
#ifndef HT_FETCH_SETTINGS_H
#define HT_FETCH_SETTINGS_H

#include "base/error.h"

#include <curl/curl.h>
#include <httptrace/job.h>

/* The lists that an easy handle borrows. Zero-initialised is empty. */
struct ht_setting_lists {
    struct ht_setting_list {
        const char *option;
        struct curl_slist *list;
    } * at;
    size_t count;
};

/*
 * `lists` must outlive the handle, also after a failure. HT_ERR_USAGE names the setting that this libcurl
 * lacks or refuses, by the user's spelling.
 */
HT_MUST_USE enum ht_status ht_settings_apply(CURL *easy, const struct ht_operation *operation,
                                             struct ht_setting_lists *lists, struct ht_error *error);
void ht_setting_lists_free(struct ht_setting_lists *lists);

bool ht_setting_is_given(const struct ht_operation *operation, const char *option);
/* The number that the last setting of `option` gives, or `otherwise` where the job has none. */
int64_t ht_setting_number(const struct ht_operation *operation, const char *option, int64_t otherwise);
/* Likewise its text. */
const char *ht_setting_text(const struct ht_operation *operation, const char *option, const char *otherwise);

#endif
