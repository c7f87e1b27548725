/* SPDX-License-Identifier: MIT */
/* Our own errors: usage, input and output, libcurl's set-up. What is wrong on the wire is data, not an error.
 */
#ifndef HT_BASE_ERROR_H
#define HT_BASE_ERROR_H

#define HT_MUST_USE __attribute__((warn_unused_result))

enum ht_status { HT_OK, HT_ERR_USAGE, HT_ERR_IO, HT_ERR_FORMAT, HT_ERR_CURL };

/* One sentence of context, without a final newline; printed in main only. */
struct ht_error {
    enum ht_status status;
    int exit_code; /* 2, or libcurl's code */
    char text[512];
};

/* Fills `error` (NULL is allowed) and gives `status` back, so that a function may end with it. Exit code 2.
 */
enum ht_status ht_fail(struct ht_error *error, enum ht_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
