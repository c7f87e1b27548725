/* SPDX-License-Identifier: MIT */
/* What the sentences on a failure share. */
#ifndef HT_REPORT_HEADLINE_DEATH_H
#define HT_REPORT_HEADLINE_DEATH_H

#include "report/headline.h"

struct ht_death {
    const struct ht_transfer *transfer;
    const struct ht_exchange *x;
    const struct ht_connection *c; /* of the exchange; may be NULL */
    bool secrets;
    struct ht_sink *out;
};

bool ht_death_timed_out(const struct ht_death *d);
/* Who holds the other end of what failed, in words. */
const char *ht_death_peer(const struct ht_death *d);
/* Ends the sentence with libcurl's reason, if it gave one. */
void ht_death_because(const struct ht_death *d);
/* How long nothing was heard before the end. Needs a connection. */
void ht_death_silence(const struct ht_death *d);
/* How the other side ended the connection or the stream, followed by `instead`; false, and nothing appended,
 * where it did not. */
bool ht_death_ended(const struct ht_death *d, const char *instead);
/* The fatal alert that decided, the other side's first; or NULL. */
const struct ht_tls_alert *ht_death_alert_of(const struct ht_tls *tls);
void ht_death_alert(const struct ht_death *d, const struct ht_tls_alert *alert);

/* One whole sentence each. */
void ht_died_resolve(const struct ht_death *d);
void ht_died_connect(const struct ht_death *d);
void ht_died_proxy(const struct ht_death *d);
void ht_died_tls(const struct ht_death *d);

#endif
