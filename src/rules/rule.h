/* SPDX-License-Identifier: MIT */
/*
 * What a file of rules includes. A rule is a row: what it is called, what it means, and a function that tells
 * from facts alone whether it holds for one exchange. Rules see a const trace and may be asked about any
 * prefix of it.
 */
#ifndef HT_RULES_RULE_H
#define HT_RULES_RULE_H

#include "model/model.h"
#include "rules/rules.h"

/* How findings of one exchange rank as the cause of what happened, weakest first. */
enum ht_rank {
    HT_RANK_CONTEXT, /* worth knowing; never the cause of a failure */
    HT_RANK_ROLLUP,  /* sums causes up ("no ServerHello"), or says no more than where it ended */
    HT_RANK_CAUSE,
    HT_RANK_ROOT /* what brought the causes about: it leads where both are of equal gravity */
};

/* What a rule is asked about. Everything but `exchange` may be NULL. */
struct ht_case {
    const struct ht_rule *rule;
    const struct ht_trace *trace;
    const struct ht_rules_options *options;
    const struct ht_transfer *transfer;
    const struct ht_exchange *exchange;
    const struct ht_connection *connection; /* the exchange's */
    const struct ht_tls *tls;               /* the origin's session */
    const struct ht_h2 *h2;
    const struct ht_exchange *next; /* what libcurl sent after it, e.g. a retry */
    bool last;                      /* the transfer's last exchange: the transfer's result is its own */
    bool ended, failed; /* the transfer is over; it (or, if not last, this exchange) did not succeed */
    int64_t now_us;
};

/* What a rule claims. Filled with the row's own values before the rule is asked; a rule changes what facts
 * demand. */
struct ht_claim {
    struct ht_arena *arena;
    enum ht_severity severity;
    enum ht_phase phase;
    enum ht_locus locus;
    enum ht_confidence confidence;
    const char *title, *explanation, *also_explained_by; /* replaced by texts in the arena, or static ones */
    struct ht_evidence *evidence;
    int64_t start_us; /* of the transfer */
};

struct ht_rule {
    const char *code;
    enum ht_phase phase;
    enum ht_severity severity;
    enum ht_locus locus;
    enum ht_confidence confidence;
    enum ht_rank rank;
    bool early;        /* may speak while the transfer is under way */
    int number;        /* a parameter of its function: an alert's number, an error code */
    const char *title; /* one line, without a final full stop */
    const char *explanation;
    const char *also_explained_by; /* NULL: nothing else */
    const char *next_steps[5];     /* NULL-terminated */
    const char *reference;         /* "RFC 8446 section 6.2" */
    const char *supersedes; /* globs of codes that say less where this one holds, space-separated; or NULL */
    bool (*holds)(const struct ht_case *c, struct ht_claim *claim);
};

/* One per file; the catalogue lists them in src/rules/catalogue.c. */
struct ht_rule_table {
    const struct ht_rule *rows;
    size_t count;
};

#define HT_RULE_TABLE(rows)                                                                                  \
    {                                                                                                        \
        (rows), sizeof(rows) / sizeof *(rows)                                                                \
    }

/* ---- evidence ---- */

/* Adds a fact to the claim: a sentence with its figures, and the event it was read from (NULL: none is at
 * hand). */
void ht_claim_fact(struct ht_claim *claim, const struct ht_event *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* libcurl's own words on why the transfer failed. */
void ht_claim_libcurl(struct ht_claim *claim, const struct ht_case *c);
/* Wire text for use in a fact: escaped, in the claim's arena, cut at 200 bytes. */
const char *ht_claim_text(struct ht_claim *claim, struct ht_span text);
/* "12.1 ms", "10.0 s": in the claim's arena. */
const char *ht_claim_time(struct ht_claim *claim, int64_t us);
/* The same of a moment of the run: the time since the transfer began, as reports count. */
const char *ht_claim_moment(struct ht_claim *claim, int64_t t_us);

/* The first and the last event of that kind among the exchange's and its connection's; NULL where there is
 * none. */
const struct ht_event *ht_case_first(const struct ht_case *c, const char *kind);
const struct ht_event *ht_case_last(const struct ht_case *c, const char *kind);
/* The same for one direction. */
const struct ht_event *ht_case_last_dir(const struct ht_case *c, const char *kind, enum ht_dir dir);

/* ---- facts that many rules ask for ---- */

/* Bytes of ours that the peer's TCP acknowledged after the SYN (A), and payload bytes received (R), from the
 * newest sample that counts; -1 where no sample tells. See docs/findings.md. */
int64_t ht_case_acked(const struct ht_case *c);
int64_t ht_case_received(const struct ht_case *c);
/* The newest TCP_INFO sample, NULL where there is none; and the one taken when it connected. */
const struct ht_sample *ht_case_sample(const struct ht_case *c);
const struct ht_sample *ht_case_connect_sample(const struct ht_case *c);
/* The transfer ended because time was up (libcurl's code 28), or is under way and silent. */
bool ht_case_timed_out(const struct ht_case *c);
/* How long nothing came, up to now. */
int64_t ht_case_silence_us(const struct ht_case *c);
/* The connection was made, and how it ended. */
bool ht_case_connected(const struct ht_case *c);
enum ht_tcp_end ht_case_end(const struct ht_case *c);
bool ht_case_ended_by(const struct ht_case *c, enum ht_tcp_end end);
/* The origin's TLS said close_notify: nobody between could have (RFC 8446 section 6.1). */
bool ht_case_said_goodbye(const struct ht_case *c);
/* Some other exchange of this transfer came after this one and was answered. */
bool ht_case_recovered(const struct ht_case *c);
/* The host the user asked for, and the one connected to (a proxy's, where there is one). */
struct ht_span ht_case_host(const struct ht_case *c);

/* ---- small tools ---- */
bool ht_glob_any(const char *globs, const char *text); /* space-separated shell globs */

#endif
