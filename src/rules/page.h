/* SPDX-License-Identifier: MIT */
/* Pages that are not the application's: block pages of edges and filters, told by marks that only their own
 * refusal carries. */
#ifndef HT_RULES_PAGE_H
#define HT_RULES_PAGE_H

#include "rules/rule.h"

enum ht_mark_kind {
    HT_MARK_REFUSAL, /* only the product's own refusal carries it */
    HT_MARK_PRESENCE /* every answer through the product carries it */
};

/* Every member that is not NULL must hold. Texts are compared without case. */
struct ht_page_mark {
    const char *product;
    enum ht_mark_kind kind;
    enum ht_locus locus;
    bool any_status;           /* so specific that the status does not matter: some refuse with 200 */
    int status;                /* only with this one; 0: any that refuses */
    const char *field, *value; /* a field that is there, and what it holds */
    const char *server;        /* what Server holds */
    const char *body;          /* what the head of the body holds */
    const char *source;        /* where this is written down */
};

extern const struct ht_page_mark ht_page_marks[];
extern const size_t ht_page_mark_count;

/* The beginning of the body in clear, as far as it was kept, in the arena. */
struct ht_span ht_page_text(const struct ht_case *c, struct ht_arena *arena);
/* The mark of a refusal that the answer carries; NULL where there is none. */
const struct ht_page_mark *ht_page_refusal(const struct ht_case *c, struct ht_arena *arena);
bool ht_page_refuses(const struct ht_case *c);

#endif
