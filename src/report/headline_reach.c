/* SPDX-License-Identifier: MIT */
/* Takes a transfer that failed before its request could be sent, gives one plain sentence made of what was
 * seen: lookup, connect, proxy, TLS (RFC 1928, RFC 5280, RFC 8446). */
#include "base/clock.h"
#include "decode/socks/socks.h"
#include "report/headline_death.h"
#include "report/names.h"
#include "report/show.h"

#include <inttypes.h>
#include <string.h>

#define SOCKS_NO_METHOD 255 /* RFC 1928 section 3 */

/* OpenSSL's verify results that have a sentence of their own (X509_V_ERR_*); stable since 1.0. */
enum { VERIFY_NOT_YET_VALID = 9, VERIFY_EXPIRED = 10, VERIFY_REVOKED = 23 };

/* ---- resolve ---- */

static const char *eai_words(const char *name)
{
    static const struct {
        const char *name, *words;
    } rows[] = {{"EAI_NONAME", "the name is not known"},
                {"EAI_AGAIN", "the resolver has no answer for now"},
                {"EAI_FAIL", "the resolver failed"},
                {"EAI_NODATA", "the name has no address"},
                {"EAI_ADDRFAMILY", "the name has no address of that family"}};
    for (size_t i = 0; name && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].words;
    }
    return "the lookup failed";
}

void ht_died_resolve(const struct ht_death *d)
{
    const struct ht_resolve *r = d->c ? &d->c->resolve : NULL;
    const char *name = r ? ht_eai_name(r->error) : NULL;
    if (!r || !r->host.len) {
        ht_sink_puts(d->out, "The name was not resolved");
        ht_death_because(d);
        return;
    }
    ht_sink_puts(d->out, "No address for ");
    ht_show_text(d->out, r->host);
    if (r->error) {
        ht_sink_printf(d->out, ": %s%s%s%s.", eai_words(name), name ? " (" : "", name ? name : "",
                       name ? ")" : "");
    } else if (ht_death_timed_out(d) && r->start_us >= 0) {
        ht_sink_puts(d->out, ": the resolver did not answer for ");
        ht_sink_duration(d->out, d->transfer->end_us - r->start_us);
        ht_sink_char(d->out, '.');
    } else {
        ht_death_because(d);
    }
}

/* ---- connect ---- */

static void endpoint(struct ht_sink *out, const struct ht_attempt *a)
{
    bool v6 = ht_span_find_byte(a->address, ':', 0) < a->address.len;
    ht_sink_puts(out, v6 ? "[" : "");
    ht_show_text(out, a->address);
    ht_sink_puts(out, v6 ? "]" : "");
    if (a->port > 0)
        ht_sink_printf(out, ":%" PRId64, a->port);
}

static void attempt_failed(const struct ht_death *d, const struct ht_attempt *a)
{
    switch (a->outcome) {
    case HT_ATTEMPT_REFUSED:
        ht_sink_puts(d->out, "Connection refused by ");
        endpoint(d->out, a);
        return;
    case HT_ATTEMPT_UNREACHABLE:
    case HT_ATTEMPT_FAILED:
        ht_sink_puts(d->out, "No connection to ");
        endpoint(d->out, a);
        ht_sink_printf(d->out, ": %s", a->error > 0 ? strerrordesc_np((int)a->error) : "it failed");
        return;
    default:
        ht_sink_puts(d->out, "No connection: ");
        endpoint(d->out, a);
        ht_sink_puts(d->out, " did not answer for ");
        ht_sink_duration(d->out, (a->end_us >= 0 ? a->end_us : d->transfer->end_us) - a->start_us);
    }
}

static void others(const struct ht_death *d)
{
    size_t count = d->c->attempt_count - 1;
    const char *plural = count == 1 ? "" : "es";
    bool same = true;
    for (const struct ht_attempt *a = d->c->attempts; a; a = a->next)
        same = same && a->outcome == d->c->attempts->outcome;
    if (count && same && d->c->attempts->outcome == HT_ATTEMPT_REFUSED)
        ht_sink_printf(d->out, " and %zu more address%s", count, plural);
    else if (count)
        ht_sink_printf(d->out, "; %zu more address%s failed as well", count, plural);
}

void ht_died_connect(const struct ht_death *d)
{
    const struct ht_attempt *a = d->c ? d->c->attempts : NULL;
    if (!a) {
        ht_sink_puts(d->out, "No connection was made");
        ht_death_because(d);
        return;
    }
    if (d->c->connected_us >= 0) {
        ht_sink_puts(d->out, "The connection was made and then lost");
        ht_death_because(d);
        return;
    }
    attempt_failed(d, a);
    if (a->icmp.seen) {
        ht_sink_printf(d->out, " (ICMP %" PRId64 "/%" PRId64 " from ", a->icmp.type, a->icmp.code);
        ht_show_text(d->out, a->icmp.offender);
        ht_sink_char(d->out, ')');
    }
    others(d);
    ht_sink_puts(d->out, d->transfer->proxy.len ? ", the proxy." : ".");
}

/* ---- tls ---- */

static void certificate_fault(const struct ht_death *d, const struct ht_tls *tls)
{
    const struct ht_certificate *leaf = tls->certificate_count ? tls->certificates : NULL;
    struct ht_sink *out = d->out;
    if (tls->verify_result == VERIFY_EXPIRED)
        ht_sink_puts(out, "the certificate has expired");
    else if (tls->verify_result == VERIFY_NOT_YET_VALID)
        ht_sink_puts(out, "the certificate is not valid yet");
    else if (tls->verify_result == VERIFY_REVOKED)
        ht_sink_puts(out, "the certificate is revoked");
    else if (tls->verify_result > 0)
        ht_sink_puts(out, "the certificate is not trusted");
    else
        ht_sink_puts(out, "the certificate is for another name");
    if (tls->verify_result > 0 && tls->verify_text.len) {
        bool told = tls->verify_result == VERIFY_EXPIRED || tls->verify_result == VERIFY_NOT_YET_VALID ||
                    tls->verify_result == VERIFY_REVOKED;
        ht_sink_puts(out, told ? "" : " (");
        ht_show_text(out, told ? ht_span(NULL, 0) : tls->verify_text);
        ht_sink_puts(out, told ? "" : ")");
    } else if (leaf && leaf->parsed && leaf->subject_cn.len) {
        ht_sink_puts(out, " (");
        ht_show_text(out, leaf->subject_cn);
        ht_sink_char(out, ')');
    }
}

const struct ht_tls_alert *ht_death_alert_of(const struct ht_tls *tls)
{
    for (const struct ht_tls_alert *a = tls->alerts; a; a = a->next) {
        if (a->level == 2 && a->dir == HT_DIR_IN)
            return a;
    }
    for (const struct ht_tls_alert *a = tls->alerts; a; a = a->next) {
        if (a->level == 2)
            return a;
    }
    return NULL;
}

void ht_death_alert(const struct ht_death *d, const struct ht_tls_alert *a)
{
    const char *name = a->name ? a->name : "without a name";
    if (a->dir == HT_DIR_IN)
        ht_sink_printf(d->out, "%s sent the alert %s", ht_death_peer(d), name);
    else
        ht_sink_printf(d->out, "this side refused the handshake with the alert %s", name);
}

static void hello_unanswered(const struct ht_death *d, const struct ht_tls *tls)
{
    if (d->c->wire_bytes[HT_DIR_IN] > 0 && !d->c->proxy) {
        ht_sink_printf(d->out, "no ServerHello in what %s sent", ht_death_peer(d));
        if (tls->error_text.len) {
            ht_sink_puts(d->out, " (");
            ht_show_library_text(d->out, tls->error_text);
            ht_sink_char(d->out, ')');
        }
    } else if (ht_death_timed_out(d)) {
        ht_sink_puts(d->out, "the ClientHello was sent and nothing came back for ");
        ht_death_silence(d);
    } else if (!ht_death_ended(d, " after the ClientHello")) {
        ht_sink_puts(d->out, "no ServerHello came");
    }
}

static void handshake_cut(const struct ht_death *d, const struct ht_tls *tls)
{
    if (ht_death_timed_out(d)) {
        ht_sink_puts(d->out, "the handshake stood still for ");
        ht_death_silence(d);
    } else if (tls->error_text.len) {
        ht_show_library_text(d->out, tls->error_text);
    } else if (!ht_death_ended(d, " within the handshake")) {
        ht_sink_puts(d->out, "the handshake was not finished");
    }
}

/* The handshake was well, and libcurl did not like something about it: a pin, a staple. */
static void refused_after(const struct ht_death *d)
{
    ht_sink_puts(d->out, "the session was set up and not used (");
    ht_show_library_text(d->out, d->transfer->error);
    ht_sink_char(d->out, ')');
}

static void tls_failed(const struct ht_death *d, const struct ht_tls *tls)
{
    const struct ht_tls_alert *a = ht_death_alert_of(tls);
    bool unnamed =
        tls->certificate_count && tls->hostname_checked && !tls->hostname_ok && !d->transfer->insecure;
    ht_sink_puts(d->out, tls == d->c->proxy_tls ? "TLS with the proxy failed: " : "TLS failed: ");
    if (a && a->dir == HT_DIR_IN)
        ht_death_alert(d, a);
    else if ((tls->verify_result > 0 && !d->transfer->insecure) || unnamed)
        certificate_fault(d, tls);
    else if (a)
        ht_death_alert(d, a);
    else if (tls->ok)
        refused_after(d);
    else if (!tls->server_hello.present)
        hello_unanswered(d, tls);
    else
        handshake_cut(d, tls);
    ht_sink_char(d->out, '.');
}

void ht_died_tls(const struct ht_death *d)
{
    const struct ht_tls *tls = d->c ? d->c->tls : NULL;
    if (!tls && d->c)
        tls = d->c->proxy_tls;
    if (tls) {
        tls_failed(d, tls);
        return;
    }
    ht_sink_puts(d->out, "TLS failed");
    ht_death_because(d);
}

/* ---- proxy ---- */

void ht_died_proxy(const struct ht_death *d)
{
    const struct ht_proxy *p = d->c ? d->c->proxy : NULL;
    if (d->c && d->c->proxy_tls && !d->c->proxy_tls->ok) {
        tls_failed(d, d->c->proxy_tls);
        return;
    }
    if (p && p->response.status) {
        ht_sink_puts(d->out, p->response.status == 407 ? "The proxy asks for a password: "
                                                       : "The proxy opened no tunnel: ");
        ht_status_line(d->out, &p->response);
        ht_sink_char(d->out, '.');
    } else if (p && p->socks_method == SOCKS_NO_METHOD) {
        ht_sink_puts(d->out, "The SOCKS proxy takes none of the ways to sign in that were offered.");
    } else if (p && p->socks_auth > 0) {
        ht_sink_puts(d->out, "The SOCKS proxy refused the name and password.");
    } else if (p && p->socks_reply > 0) {
        const char *name = ht_socks_reply_name(p->kind == HT_PROXY_SOCKS5, (uint8_t)p->socks_reply);
        ht_sink_printf(d->out, "The SOCKS proxy made no connection: reply %d, %s.", p->socks_reply,
                       name ? name : "a code without a name");
    } else if (p && p->stray.len) {
        ht_sink_printf(d->out, "The proxy's answer is not of SOCKS%c.",
                       p->kind == HT_PROXY_SOCKS5 ? '5' : '4');
    } else if (p && ht_death_timed_out(d)) {
        ht_sink_puts(d->out, "No answer from the proxy for ");
        ht_death_silence(d);
        ht_sink_char(d->out, '.');
    } else {
        ht_sink_puts(d->out, "The proxy did not let the request through");
        ht_death_because(d);
    }
}
