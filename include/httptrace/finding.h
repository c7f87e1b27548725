/* SPDX-License-Identifier: MIT */
/* Findings: claims about a request, each with the events that prove it, and the verdict they add up to. */
#ifndef HTTPTRACE_FINDING_H
#define HTTPTRACE_FINDING_H

#include <httptrace/event.h>

enum ht_locus {
    HT_LOCUS_UNKNOWN,
    HT_LOCUS_LOCAL,
    HT_LOCUS_PATH,
    HT_LOCUS_PROXY,
    HT_LOCUS_FRONT,
    HT_LOCUS_ORIGIN
};
enum ht_severity { HT_SEVERITY_INFO, HT_SEVERITY_NOTICE, HT_SEVERITY_WARNING, HT_SEVERITY_ERROR };
enum ht_confidence { HT_CONFIDENCE_LOW, HT_CONFIDENCE_MEDIUM, HT_CONFIDENCE_HIGH };
enum ht_verdict_status { HT_VERDICT_OK, HT_VERDICT_SUSPECT, HT_VERDICT_INTERCEPTED, HT_VERDICT_FAILED };

/* Evidence that no event shows: an option of the run, a file of this host, libcurl's last word. */
#define HT_NO_EVENT UINT64_MAX

/* One fact behind a finding: the event it was read from, or HT_NO_EVENT, and the sentence with its figures.
 */
struct ht_evidence {
    uint64_t event;
    const char *fact;
    struct ht_evidence *next;
};

/* Owned by the arena of the exchange it speaks of. Texts are static or in that arena. */
struct ht_finding {
    const char *code;
    enum ht_severity severity;
    enum ht_phase phase;
    enum ht_locus locus;
    enum ht_confidence confidence;
    const char *title, *explanation, *also_explained_by;
    const char *const *next_steps; /* NULL-terminated */
    const char *reference;
    struct ht_evidence *evidence;
    int32_t connection, exchange;
    struct ht_finding *next;
};

struct ht_verdict {
    enum ht_verdict_status status;
    bool has_phase; /* false: nothing went wrong anywhere */
    enum ht_phase phase;
    enum ht_locus locus;
    enum ht_confidence confidence;
    const char *headline; /* one plain sentence, in the transfer's arena; NULL: no rule explains it, tell what
                             was seen */
};

#endif
