/* SPDX-License-Identifier: MIT */
/* --libcurl: a run's transfers as the source of a C program, in the form that the curl tool writes. */
#ifndef HT_FETCH_SOURCE_CODE_H
#define HT_FETCH_SOURCE_CODE_H

#include "base/sink.h"
#include "fetch/settings.h"

/* Zero-initialised is empty. The parts of the program in their order; numbers of its variables so far. */
struct ht_source_code {
    struct ht_sink declarations, lists, body, cleanup;
    unsigned forms, list_count;
};

/* What a transfer sets that its plan does not have. */
struct ht_source_facts {
    const struct ht_job *job; /* its URL completed */
    bool silent, verbose;     /* no progress; the debug callback was asked for by the user */
};

void ht_source_code_add(struct ht_source_code *code, const struct ht_setting_plan *plan,
                        const struct ht_source_facts *facts);
/* "-" is standard output. A file that cannot be written is told of on standard error, and does not matter to
 * the run, as with curl. */
void ht_source_code_write(const struct ht_source_code *code, const char *path);
void ht_source_code_clear(struct ht_source_code *code);

/* source_value.c: lines that set an option. An option of type curl_off_t is an `offset`. */
void ht_source_code_begin(struct ht_source_code *code, const char *option);
void ht_source_code_end(struct ht_source_code *code);
void ht_source_code_text(struct ht_source_code *code, const char *option, struct ht_span text);
void ht_source_code_number(struct ht_source_code *code, const char *option, bool offset, int64_t number);
/* By its name, or as bits by theirs, where curl has them. */
void ht_source_code_symbol(struct ht_source_code *code, const char *option, long number);
/* A string literal. */
void ht_source_code_string(struct ht_sink *out, struct ht_span text);
/* A new list that holds nothing yet; gives the number of its variable. */
unsigned ht_source_code_list(struct ht_source_code *code);
void ht_source_code_entry(struct ht_source_code *code, unsigned list, const char *text);

/* source_form.c: the parts of a form, to come before CURLOPT_MIMEPOST; gives the number of its variable. */
unsigned ht_source_code_form(struct ht_source_code *code, const struct ht_form_part *parts);

/* ---- source_table.c: what the curl tool sets, in its order ---- */
struct ht_source_row {
    const char *option;
    int64_t unsaid; /* the number that libcurl has anyway */
};
const struct ht_source_row *ht_source_rows(size_t *count);
/* The names that curl writes for values of this option, in its order; the last one is NULL. NULL: numbers. */
const char *const *ht_source_names(const char *option, bool *are_bits);
/* Whether curl sets it without a line of source. */
bool ht_source_is_unsaid(const char *option);

#endif
