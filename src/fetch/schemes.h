/* SPDX-License-Identifier: MIT */
/* Schemes: which of those that --proto and --proto-redir allow can be traced. */
#ifndef HT_FETCH_SCHEMES_H
#define HT_FETCH_SCHEMES_H

#include "base/sink.h"

#include <curl/curl.h>
#include <httptrace/job.h>

/* Of the names in `list`, which commas separate, those that are HTTP on the way; ftp is where an HTTP proxy
 * is asked for it. */
void ht_schemes_write(struct ht_sink *out, const char *list, bool with_ftp);

/*
 * Allows `easy` the schemes that the job's operation does, as far as they can be traced: http and https, and,
 * through an HTTP proxy without a tunnel, ftp, whose URLs libcurl requests there by HTTP. After the
 * operation's settings, which leave this alone.
 */
void ht_schemes_allow(CURL *easy, const struct ht_job *job);
/* Whether this setting is what ht_schemes_allow() looks at. */
bool ht_schemes_has(CURLoption option);

#endif
