/* SPDX-License-Identifier: MIT */
/* Dry runs: transfers whose requests go to a peer within the process. */
#ifndef HT_TAP_DRY_H
#define HT_TAP_DRY_H

#include "fetch/fetch.h"
#include "tap/run.h"

/* Last of all that is set on the handle of `job`, for a tap that has a peer. */
void ht_dry_set(CURL *easy, struct ht_tap *tap, const struct ht_job *job);
/* Takes from what is prepared all that would be written; `silent` lives as long as the fetch. What the names
 * of files tell, as the length to resume at does, was told before. */
void ht_dry_silence(struct ht_fetch *fetch, struct ht_operation *silent);
void ht_dry_set_tls(SSL_CTX *ctx, const struct ht_operation *operation);
/* Its proxy is one that speaks SOCKS, which a dry run leaves out. */
bool ht_dry_is_socks(const struct ht_job *job);

#endif
