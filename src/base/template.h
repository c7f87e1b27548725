/* SPDX-License-Identifier: MIT */
/* Templates of --write-out: their text in, their pieces out, one by one. */
#ifndef HT_BASE_TEMPLATE_H
#define HT_BASE_TEMPLATE_H

#include <httptrace/span.h>

#include <stdbool.h>

enum ht_template_kind {
    HT_TEMPLATE_END,
    HT_TEMPLATE_TEXT,     /* bytes to write as they are */
    HT_TEMPLATE_VARIABLE, /* %{NAME} */
    HT_TEMPLATE_HEADER,   /* %header{NAME}, %header{NAME:all:SEPARATOR} */
    HT_TEMPLATE_OUTPUT,   /* %output{FILE}, %output{>>FILE} */
    HT_TEMPLATE_TIME      /* %time{FORMAT} */
};

struct ht_template_piece {
    enum ht_template_kind kind;
    struct ht_span text; /* the bytes, or what is between the braces; borrowed from the template */
};

/* The piece at *at, which moves behind it. What curl would not understand is text, as with curl. */
struct ht_template_piece ht_template_next(const char **at);

/* Whether anything of it is written to standard output, where it begins; %{stderr} and %output{} lead away.
 */
bool ht_template_uses_stdout(const char *text);
/* Whether %{NAME} is in it, in any case. */
bool ht_template_names(const char *text, const char *name);

#endif
