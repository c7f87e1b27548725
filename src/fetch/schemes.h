/* SPDX-License-Identifier: MIT */
/* Schemes: which of those that --proto and --proto-redir allow can be traced. */
#ifndef HT_FETCH_SCHEMES_H
#define HT_FETCH_SCHEMES_H

#include "base/sink.h"

#include <curl/curl.h>
#include <httptrace/job.h>

/* Ways to the origin, each with all that the ones before it allow: a proxy is asked for ftp URLs by HTTP, and
 * by HTTP for every tunnel. */
enum ht_schemes_way { HT_SCHEMES_DIRECT, HT_SCHEMES_PROXY, HT_SCHEMES_TUNNEL };

/* Of the names in `list`, which commas separate, those that are HTTP on the way, or on its first part. */
void ht_schemes_write(struct ht_sink *out, const char *list, enum ht_schemes_way way);

/*
 * Allows `easy` the schemes that the job's operation does, as far as they can be traced. In tunnels that is
 * whatever goes over TCP, so that the proxy's answer is seen; what comes after it is for the caller to
 * prevent. After the operation's settings, which leave this alone.
 */
void ht_schemes_allow(CURL *easy, const struct ht_job *job);
/* Whether what `easy` is at, which may be a redirect's, is HTTP by its URL. */
bool ht_schemes_can_be_traced(CURL *easy);
/* Whether the job's URLs go through tunnels, in which anything may be spoken. */
bool ht_schemes_are_tunnelled(const struct ht_job *job);
/* Whether this setting is what ht_schemes_allow() looks at. */
bool ht_schemes_has(CURLoption option);

#endif
