/* SPDX-License-Identifier: MIT */
/* Takes the TLS sessions of a transfer, writes what was agreed and the chain of certificates (RFC 8446, RFC
 * 5280). */
#include "base/clock.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>

#define SANS_SHOWN 12u
#define DAY_S      86400

static void span_fact(const struct ht_html *h, const char *name, struct ht_span value)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_show_text(&text, value);
    ht_html_fact(h, name, &text);
}

static void list_fact(const struct ht_html *h, const char *name, const struct ht_span_list *list, size_t most)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT * 4);
    for (size_t i = 0; i < list->count && i < most; i++) {
        ht_sink_puts(&text, i ? ", " : "");
        ht_show_text(&text, list->at[i]);
    }
    if (list->count > most)
        ht_sink_printf(&text, " and %zu more", list->count - most);
    ht_html_fact(h, name, &text);
}

/* ---- what was agreed ---- */

static void verify(const struct ht_html *h, const struct ht_tls *tls)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    bool names_fit = !tls->hostname_checked || tls->hostname_ok;
    if (tls->verify_result == 0 && tls->certificate_count)
        ht_sink_puts(&text, names_fit ? "\u2713 the chain ends in a trusted root"
                                      : "\u2717 the name is not in the certificate");
    else if (tls->verify_result > 0) {
        ht_sink_puts(&text, "\u2717 ");
        ht_show_text(&text, tls->verify_text);
    }
    if (h->transfer->insecure && text.len)
        ht_sink_puts(&text, " (not required: -k)");
    ht_html_fact(h, "verified", &text);
}

static void alerts(const struct ht_html *h, const struct ht_tls *tls)
{
    for (const struct ht_tls_alert *a = tls->alerts; a; a = a->next) {
        struct ht_sink text = ht_sink(0);
        ht_sink_printf(&text, "%s %s (%u) at ", a->dir == HT_DIR_IN ? "received" : "sent",
                       a->name ? a->name : "without a name", a->description);
        ht_sink_duration(&text, a->t_us - h->transfer->start_us);
        ht_html_fact(h, "alert", &text);
    }
}

static void library_error(const struct ht_html *h, const struct ht_tls *tls)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (tls->failed)
        ht_show_library_text(&text, tls->error_text);
    ht_html_fact(h, "error", &text);
}

static void agreed(const struct ht_html *h, const struct ht_tls *tls)
{
    const struct ht_tls_hello *hello = &tls->client_hello;
    ht_sink_puts(h->out, "<dl class=\"facts\">\n");
    ht_html_fact_text(h, "version", tls->version ? ht_tls_version_name(tls->version) : "none agreed");
    span_fact(h, "cipher suite", tls->cipher);
    span_fact(h, "group", tls->group);
    span_fact(h, "signature", tls->signature);
    list_fact(h, "ALPN offered", &hello->alpn, SANS_SHOWN);
    span_fact(h, "ALPN selected", tls->alpn);
    span_fact(h, "server name", hello->server_name);
    ht_html_fact_text(h, "resumed", tls->resumed ? "yes" : NULL);
    ht_html_fact_text(h, "early data", tls->early_data_accepted ? "accepted" : NULL);
    ht_html_fact_text(h, "second ClientHello", tls->hello_retry ? "asked for by HelloRetryRequest" : NULL);
    ht_html_fact_text(h, "client certificate",
                      tls->client_certificate_sent        ? "asked for and sent"
                      : tls->client_certificate_requested ? "asked for, none sent"
                                                          : NULL);
    ht_html_fact_text(h, "OCSP staple", ht_ocsp_status_name(tls->ocsp));
    verify(h, tls);
    alerts(h, tls);
    library_error(h, tls);
    ht_html_fact_text(h, "JA4", tls->ja4[0] ? tls->ja4 : NULL);
    ht_html_fact_text(h, "JA3", tls->ja3[0] ? tls->ja3 : NULL);
    ht_html_fact_text(h, "JA3S", tls->ja3s[0] ? tls->ja3s : NULL);
    ht_sink_puts(h->out, "</dl>\n");
}

/* ---- the chain ---- */

static void date_fact(const struct ht_html *h, const char *name, int64_t seconds)
{
    struct ht_sink text = ht_sink(0);
    bool fits = seconds > INT64_MIN / 1000000 && seconds < INT64_MAX / 1000000;
    if (fits)
        ht_sink_rfc3339(&text, seconds * 1000000, false);
    ht_html_fact(h, name, &text);
}

/* How the certificate stands at the time of the transfer; false where it is not valid. */
static bool validity(const struct ht_html *h, const struct ht_certificate *c, struct ht_sink *out)
{
    int64_t now_s = h->transfer->wall_start_us / 1000000;
    int64_t left_s = c->not_after_s - now_s;
    int64_t days = (left_s < 0 ? -left_s : left_s) / DAY_S;
    const char *plural = days == 1 ? "" : "s";
    if (now_s < c->not_before_s)
        ht_sink_puts(out, "\u2717 not valid yet");
    else if (left_s < 0)
        ht_sink_printf(out, "\u2717 expired %" PRId64 " day%s ago", days, plural);
    else
        ht_sink_printf(out, "\u2713 %" PRId64 " day%s left", days, plural);
    return now_s >= c->not_before_s && left_s >= 0;
}

/* The time of its validity that has passed. */
static void lifetime(const struct ht_html *h, const struct ht_certificate *c, bool valid)
{
    struct ht_html_scale scale = {c->not_before_s,
                                  c->not_after_s > c->not_before_s ? c->not_after_s - c->not_before_s : 1};
    struct ht_sink passed = ht_sink(0);
    ht_html_percent(&passed, ht_html_place(&scale, h->transfer->wall_start_us / 1000000));
    ht_sink_printf(
        h->out,
        "<svg class=\"lifetime%s\" width=\"100%%\" height=\"8\" role=\"img\"><title>%s of its validity has "
        "passed</title><rect class=\"whole\" width=\"100%%\" height=\"8\" rx=\"4\"/><rect class=\"passed\" "
        "width=\"%s\" height=\"8\" rx=\"4\"/></svg>\n",
        valid ? "" : " bad", ht_sink_text(&passed), ht_sink_text(&passed));
    ht_sink_free(&passed);
}

static const char *role_of(const struct ht_certificate *c, size_t at)
{
    if (at == 0)
        return c->self_issued ? "leaf, issued by itself" : "leaf";
    return c->self_issued ? "root" : "intermediate";
}

static void identity(const struct ht_html *h, const struct ht_certificate *c)
{
    ht_sink_puts(h->out, "<dl class=\"facts\">\n");
    span_fact(h, "subject", c->subject);
    span_fact(h, "issuer", c->issuer);
    list_fact(h, "names", &c->san, SANS_SHOWN);
    date_fact(h, "not before", c->not_before_s);
    date_fact(h, "not after", c->not_after_s);
    ht_html_fact_text(h, "key", c->key);
    ht_html_fact_text(h, "signed with", c->signature);
    ht_html_fact_text(h, "SHA-256", c->sha256);
    ht_html_fact_text(h, "SPKI SHA-256", c->spki_sha256);
    ht_html_fact_text(h, "serial", c->serial);
    ht_html_fact_text(h, "must staple", c->must_staple ? "yes" : NULL);
    ht_sink_puts(h->out, "</dl>\n");
}

static void certificate(const struct ht_html *h, const struct ht_certificate *c, size_t at)
{
    struct ht_sink standing = ht_sink(0);
    bool valid = c->parsed && validity(h, c, &standing);
    struct ht_span name = c->subject_cn.len ? c->subject_cn : c->san.count ? c->san.at[0] : c->subject;
    ht_sink_printf(h->out, "<li class=\"certificate%s\"><div class=\"card\"><p class=\"role\">%s</p><h5>",
                   valid ? "" : " bad", role_of(c, at));
    if (c->parsed)
        ht_html_wire(h, name);
    else
        ht_sink_puts(h->out, "not a certificate that can be read");
    ht_sink_puts(h->out, "</h5>\n");
    if (c->parsed) {
        ht_sink_puts(h->out, "<p class=\"standing\">");
        ht_html_put(h, &standing);
        ht_sink_puts(h->out, "</p>\n");
        lifetime(h, c, valid);
        ht_sink_puts(h->out, "<p class=\"issuer\">issued by ");
        ht_html_wire(h, c->issuer_cn.len ? c->issuer_cn : c->issuer);
        ht_sink_puts(h->out, "</p>\n<details><summary>All of it</summary>\n");
        identity(h, c);
        ht_sink_puts(h->out, "</details>\n");
    }
    ht_sink_puts(h->out, "</div></li>\n");
    ht_sink_free(&standing);
}

static void chain(const struct ht_html *h, const struct ht_tls *tls)
{
    if (!tls->certificate_count)
        return;
    ht_sink_puts(h->out, "<ol class=\"chain\">\n");
    for (size_t i = 0; i < tls->certificate_count; i++)
        certificate(h, &tls->certificates[i], i);
    ht_sink_puts(h->out, "</ol>\n");
    if (tls->certificates_cut)
        ht_sink_puts(h->out, "<p class=\"more\">More certificates came than are kept.</p>\n");
}

static void session(const struct ht_html *h, const struct ht_connection *c, const struct ht_tls *tls,
                    const char *whom)
{
    if (!tls)
        return;
    ht_sink_printf(h->out, "<div class=\"session\"><h4>With the %s, connection %d</h4>\n", whom, c->id);
    agreed(h, tls);
    chain(h, tls);
    ht_sink_puts(h->out, "</div>\n");
}

bool ht_html_has_tls(const struct ht_html *h)
{
    for (size_t i = 0; i < h->connection_count; i++)
        if (h->connections[i]->tls || h->connections[i]->proxy_tls)
            return true;
    return false;
}

void ht_html_tls(const struct ht_html *h)
{
    for (size_t i = 0; i < h->connection_count; i++) {
        session(h, h->connections[i], h->connections[i]->proxy_tls, "proxy");
        session(h, h->connections[i], h->connections[i]->tls, "server");
    }
}
