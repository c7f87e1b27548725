/* SPDX-License-Identifier: MIT */
/* Dry runs: takes a transfer whose job was set, changes what would look a name up, write a file, wait for
 * somebody, or refuse the peer. What goes into the request stays. */
#include "tap/dry.h"

#include <string.h>
#include <strings.h>

#define MOST_MS 15000L /* the peer answers at once; a protocol that it does not speak ends here */

/* Any value: what a real run would do with them is behind the request. */
static const CURLoption off[] = {
    CURLOPT_SSL_VERIFYPEER,       CURLOPT_SSL_VERIFYHOST,   CURLOPT_PROXY_SSL_VERIFYPEER,
    CURLOPT_PROXY_SSL_VERIFYHOST, CURLOPT_SSL_VERIFYSTATUS, CURLOPT_FOLLOWLOCATION,
    CURLOPT_FAILONERROR,          CURLOPT_TCP_FASTOPEN,     CURLOPT_LOCALPORT,
    CURLOPT_DNS_CACHE_TIMEOUT,    CURLOPT_LOW_SPEED_LIMIT,
};

static const CURLoption none[] = {
    CURLOPT_INTERFACE, CURLOPT_PINNEDPUBLICKEY, CURLOPT_PROXY_PINNEDPUBLICKEY,
    CURLOPT_PRE_PROXY, CURLOPT_DOH_URL,
};

static const CURLoption on[] = {CURLOPT_FORBID_REUSE, CURLOPT_FRESH_CONNECT};

bool ht_dry_is_socks(const struct ht_job *job)
{
    const char *type = ht_setting_text(job->operation, "PROXYTYPE", "");
    bool scheme = job->proxy && strstr(job->proxy, "://");
    if (!job->proxy || !*job->proxy)
        return false;
    return scheme ? strncasecmp(job->proxy, "socks", 5) == 0 : strncmp(type, "CURLPROXY_SOCKS", 15) == 0;
}

/* A ticket for Negotiate would be asked for over the network, before the first request; others begin without.
 */
static void defer_negotiate(CURL *easy, const struct ht_operation *operation, const char *name,
                            CURLoption option)
{
    if (strcmp(ht_setting_text(operation, name, ""), "CURLAUTH_NEGOTIATE") == 0)
        curl_easy_setopt(easy, option, (long)CURLAUTH_ANY);
}

void ht_dry_set(CURL *easy, struct ht_tap *tap, const struct ht_job *job)
{
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        curl_easy_setopt(easy, off[i], 0L);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        curl_easy_setopt(easy, none[i], NULL);
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        curl_easy_setopt(easy, on[i], 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, MOST_MS);
    defer_negotiate(easy, job->operation, "HTTPAUTH", CURLOPT_HTTPAUTH);
    defer_negotiate(easy, job->operation, "PROXYAUTH", CURLOPT_PROXYAUTH);
    ht_settings_leave_files(easy, job->operation);
    bool socks = ht_dry_is_socks(job);
    if (socks) /* an empty one keeps libcurl from asking the environment */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    tap->through_proxy = job->proxy && *job->proxy && !socks && !job->operation->unix_socket;
}

void ht_dry_silence(struct ht_fetch *fetch, struct ht_operation *silent)
{
    *silent = *fetch->job.operation;
    silent->output = (struct ht_output_rules){0};
    silent->retry = (struct ht_retry_rules){0};
    fetch->job.operation = silent;
    fetch->job.output = NULL;
    fetch->job.remote_name = false;
}

/* Verification is off, but --cert-status asks for its proof in the ClientHello. */
void ht_dry_set_tls(SSL_CTX *ctx, const struct ht_operation *operation)
{
    if (ht_setting_number(operation, "SSL_VERIFYSTATUS", 0))
        SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
}
