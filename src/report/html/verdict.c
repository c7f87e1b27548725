/* SPDX-License-Identifier: MIT */
/* Takes a transfer, writes its banner: how it went, where something broke in, and the facts of it in short.
 */
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>

static const struct ht_html_tone fine = {"ok", "\u2713", "OK"}, answered = {"suspect", "!", "Error answer"},
                                 stopped = {"failed", "\u2717", "Interrupted"},
                                 broken = {"failed", "\u2717", "Failed"};

static const struct ht_html_tone tones[] = {
    [HT_VERDICT_OK] = {"ok", "\u2713", "OK"},
    [HT_VERDICT_SUSPECT] = {"suspect", "!", "Suspect"},
    [HT_VERDICT_INTERCEPTED] = {"intercepted", "\u2717", "Intercepted"},
    [HT_VERDICT_FAILED] = {"failed", "\u2717", "Failed"},
};

const struct ht_html_tone *ht_html_tone_of(const struct ht_html *h)
{
    const struct ht_exchange *x = ht_last_exchange(h->transfer);
    enum ht_verdict_status status = h->transfer->verdict.status;
    if (ht_was_stopped(h->transfer))
        return &stopped;
    if (status != HT_VERDICT_OK && (size_t)status < sizeof tones / sizeof *tones)
        return &tones[status];
    if (!ht_text_succeeded(&h->text))
        return &broken;
    return x && x->response.status >= 400 ? &answered : &fine;
}

static bool is_suspicious(const struct ht_html *h)
{
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            if (f->severity > HT_SEVERITY_NOTICE)
                return true;
    return false;
}

/* What each locus means, in the words of the documentation. */
static const char *const places[] = {
    [HT_LOCUS_UNKNOWN] = "place not known: the facts fit more than one",
    [HT_LOCUS_LOCAL] = "on this host",
    [HT_LOCUS_PATH] = "on the path between this host and the server",
    [HT_LOCUS_PROXY] = "at the proxy",
    [HT_LOCUS_FRONT] =
        "at the front: what holds the server\u2019s address, such as a load balancer, a CDN edge or a WAF",
    [HT_LOCUS_ORIGIN] = "at the origin: the application behind the front",
};

static void where(const struct ht_html *h)
{
    const struct ht_verdict *v = &h->transfer->verdict;
    if (!is_suspicious(h) && ht_text_succeeded(&h->text) && v->status == HT_VERDICT_OK) {
        ht_sink_puts(h->out, "<p class=\"where\">no interception point found</p>\n");
        return;
    }
    if (!v->has_phase || v->status == HT_VERDICT_OK || (size_t)v->locus >= sizeof places / sizeof *places)
        return;
    ht_sink_printf(h->out,
                   "<p class=\"where\"><strong>%s</strong> \u00b7 in the %s phase \u00b7 %s confidence</p>\n",
                   places[v->locus], ht_phase_name(v->phase), ht_confidence_name(v->confidence));
}

/* ---- facts ---- */

static void moment_of_start(const struct ht_html *h)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_rfc3339(&text, h->transfer->wall_start_us, true);
    ht_html_fact(h, "started", &text);
}

static void bytes_moved(const struct ht_html *h)
{
    const struct ht_transfer *t = h->transfer;
    struct ht_sink text = ht_sink(0);
    if (t->end_us < 0)
        return;
    ht_sink_size(&text, t->bytes_sent);
    ht_sink_puts(&text, " sent \u00b7 ");
    ht_sink_size(&text, t->bytes_received);
    ht_sink_puts(&text, " received \u00b7 ");
    ht_sink_duration(&text, t->end_us - t->start_us);
    ht_html_fact(h, "in all", &text);
}

static void exit_code(const struct ht_html *h)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    struct ht_text t = h->text;
    t.paint.out = &text;
    ht_text_exit(&t);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    for (size_t i = 0; i < text.len; i++)
        if (text.text[i] != '\n')
            ht_sink_char(&line, text.text[i]);
    ht_html_fact(h, "ended with", &line);
    ht_sink_free(&text);
}

static void made_by(const struct ht_html *h)
{
    const struct ht_run_info *info = &h->text.trace->info;
    const struct ht_span parts[] = {info->tool, info->libcurl, info->tls, info->nghttp2};
    static const char *const names[] = {"httptrace ", "libcurl ", "", "nghttp2 "};
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].len)
            continue;
        ht_sink_puts(ht_part(&text), names[i]);
        ht_show_text(&text, parts[i]);
    }
    ht_html_fact(h, "made with", &text);
}

static void take_fact(void *ctx, const char *name, const char *value)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_puts(&text, value);
    ht_html_fact(ctx, name, &text);
}

/* What the text report says of a failure, or of an answer with an error status. */
static void failure(const struct ht_html *h)
{
    struct ht_text t = h->text;
    t.fact = take_fact;
    t.fact_ctx = (void *)(uintptr_t)h;
    ht_text_answer(&t);
    ht_text_failure(&t);
}

static void checks(const struct ht_html *h)
{
    const struct ht_report_options *options = h->text.options;
    if (options->check_count)
        ht_sink_puts(h->out, "<ul class=\"checks\">\n");
    for (size_t i = 0; i < options->check_count; i++) {
        const struct ht_check *check = &options->checks[i];
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_sink_printf(h->out, "<li class=\"%s\"><span class=\"sign\" aria-hidden=\"true\">%s</span> ",
                       check->ok ? "good" : "bad", check->ok ? "\u2713" : "\u2717");
        ht_sink_printf(&text, "expect %s ", check->ok ? "ok:" : "failed:");
        ht_show_ready(&text, check->text);
        if (!check->ok) {
            ht_sink_puts(&text, ": got ");
            ht_show_ready(&text, check->got ? check->got : "nothing");
        }
        ht_html_put(h, &text);
        ht_sink_puts(h->out, "</li>\n");
    }
    if (options->check_count)
        ht_sink_puts(h->out, "</ul>\n");
}

static void headline(const struct ht_html *h)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_headline(&line, h->transfer, h->secrets);
    ht_sink_printf(h->out, "<h2 id=\"t%zu-headline\">", h->number);
    ht_html_put(h, &line);
    ht_sink_puts(h->out, "</h2>\n");
}

static void answer(const struct ht_html *h)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT), shown = ht_sink(HT_CAP_TEXT);
    ht_headline_answer(&line, h->transfer);
    ht_headline(&shown, h->transfer, h->secrets);
    if (line.len != shown.len || memcmp(line.text, shown.text, line.len) != 0)
        ht_html_fact(h, "answer", &line);
    ht_sink_free(&line);
    ht_sink_free(&shown);
}

void ht_html_verdict(const struct ht_html *h)
{
    const struct ht_html_tone *tone = ht_html_tone_of(h);
    ht_sink_printf(h->out,
                   "<header class=\"verdict %s\">\n<p class=\"badge\"><span class=\"sign\" "
                   "aria-hidden=\"true\">%s</span> %s</p>\n",
                   tone->class, tone->sign, tone->word);
    headline(h);
    ht_sink_puts(h->out, "<p class=\"url\"><b>");
    ht_html_wire(h, h->transfer->method);
    ht_sink_puts(h->out, "</b> ");
    ht_html_url(h, h->transfer->url);
    ht_sink_puts(h->out, "</p>\n");
    where(h);
    ht_html_path(h);
    checks(h);
    ht_sink_puts(h->out, "<dl class=\"facts\">\n");
    answer(h);
    failure(h);
    exit_code(h);
    bytes_moved(h);
    moment_of_start(h);
    made_by(h);
    ht_sink_puts(h->out, "</dl>\n</header>\n");
}
