/* SPDX-License-Identifier: MIT */
/* Other schemes through HTTP proxies: what of them is HTTP. */
#ifndef HT_FETCH_PROXIED_H
#define HT_FETCH_PROXIED_H

#include <curl/curl.h>
#include <httptrace/job.h>

/*
 * Through an HTTP proxy, libcurl asks for ftp:// URLs with HTTP requests, so that they are traced like any:
 * allows them on `easy` where the job goes through such a proxy without a tunnel and --proto does not say
 * otherwise. After the operation's settings.
 */
void ht_proxied_allow(CURL *easy, const struct ht_job *job);

#endif
