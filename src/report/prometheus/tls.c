/* SPDX-License-Identifier: MIT */
/* Takes a transfer, gives samples of what its last request's TLS session agreed on and of its certificates.
 */
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/prometheus/prometheus.h"

#define SECOND_US 1000000

static const struct ht_tls *tls_of(const struct ht_prometheus *p)
{
    return p->last && p->last->connection ? p->last->connection->tls : NULL;
}

/* 0: a date that is none. */
static bool expires(const struct ht_certificate *certificate)
{
    return certificate->parsed && certificate->not_after_s;
}

static const struct ht_certificate *leaf_of(const struct ht_prometheus *p)
{
    const struct ht_tls *tls = tls_of(p);
    return tls && tls->certificate_count && expires(&tls->certificates[0]) ? &tls->certificates[0] : NULL;
}

void ht_prometheus_tls(const struct ht_prometheus *p)
{
    const struct ht_tls *tls = tls_of(p);
    struct ht_sink labels = ht_sink(0);
    if (!tls || !tls->version)
        return;
    const char *version = ht_tls_version_name(tls->version);
    ht_prometheus_label(&labels, "version", version ? version : "unknown");
    ht_prometheus_label_text(&labels, "cipher", tls->cipher);
    ht_prometheus_label_text(&labels, "group", tls->group);
    ht_prometheus_label_text(&labels, "alpn", tls->alpn);
    ht_prometheus_info(p, &labels);
}

void ht_prometheus_certificate(const struct ht_prometheus *p)
{
    const struct ht_certificate *leaf = leaf_of(p);
    struct ht_sink labels = ht_sink(0);
    if (!leaf)
        return;
    ht_prometheus_label_text(&labels, "subject", leaf->subject);
    ht_prometheus_label_text(&labels, "issuer", leaf->issuer);
    ht_prometheus_label(&labels, "sha256", leaf->sha256);
    ht_prometheus_info(p, &labels);
}

void ht_prometheus_not_after(const struct ht_prometheus *p)
{
    const struct ht_certificate *leaf = leaf_of(p);
    if (leaf)
        ht_prometheus_integer(p, "", leaf->not_after_s);
}

void ht_prometheus_chain_not_after(const struct ht_prometheus *p)
{
    const struct ht_tls *tls = leaf_of(p) ? tls_of(p) : NULL;
    if (!tls)
        return;
    int64_t first = tls->certificates[0].not_after_s;
    for (size_t i = 1; i < tls->certificate_count; i++)
        if (expires(&tls->certificates[i]) && tls->certificates[i].not_after_s < first)
            first = tls->certificates[i].not_after_s;
    ht_prometheus_integer(p, "", first);
}

void ht_prometheus_expires_in(const struct ht_prometheus *p)
{
    const struct ht_certificate *leaf = leaf_of(p);
    if (leaf)
        ht_prometheus_integer(p, "", leaf->not_after_s - p->transfer->wall_start_us / SECOND_US);
}
