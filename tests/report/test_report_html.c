/* SPDX-License-Identifier: MIT */
/* Tests of the HTML report: what each part says, that links lead somewhere, that the page needs nobody. */
#include "unit.h"

#include "report/document.h"

#include <string.h>

static struct ht_sink html_of(const struct sample *sample, struct ht_report_options options)
{
    return document_of(ht_format_by_name(ht_span_str("html")), sample, &options);
}

static struct ht_sink html(const char *name)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = html_of(sample, (struct ht_report_options){0});
    sample_free(sample);
    return out;
}

static void has(const struct ht_sink *out, const char *text)
{
    if (!strstr(ht_sink_text(out), text))
        fail_msg("%s is not in:\n%s", text, ht_sink_text(out));
}

static void has_not(const struct ht_sink *out, const char *text)
{
    if (strstr(ht_sink_text(out), text))
        fail_msg("%s is in:\n%s", text, ht_sink_text(out));
}

static void test_the_page_forbids_all_but_its_own_style(void **state)
{
    struct ht_sink out = html("h1_chunked");
    (void)state;
    has(&out, "content=\"default-src &#39;none&#39;; style-src &#39;sha256-");
    has_not(&out, "<script");
    has_not(&out, " style=");
    has_not(&out, " src=");
    has_not(&out, "href=\"http");
    has_not(&out, "@import");
    ht_sink_free(&out);
}

static void test_a_good_transfer(void **state)
{
    struct ht_sink out = html("h2_redirect");
    (void)state;
    has(&out, "<header class=\"verdict ok\">");
    has(&out, "</span> OK</p>");
    has(&out, "no interception point found");
    has(&out, "<title>tls from ");
    has(&out, "<section class=\"part h2\" id=\"t1-h2\"");
    has(&out, "class=\"cause\">redirect ");
    has_not(&out, "id=\"contents\"");
    ht_sink_free(&out);
}

static void test_a_failure_names_its_place(void **state)
{
    struct ht_sink out = html("dropped");
    (void)state;
    has(&out, "<li class=\"here path\" aria-current=\"true\">");
    has(&out, "<li class=\"beyond front\">");
    has(&out, "<dt>failed in</dt><dd>tls");
    has_not(&out, "id=\"t1-h2\"");
    ht_sink_free(&out);
}

/* The link of a finding's evidence leads to a row of the table of events. */
static void test_evidence_leads_to_its_event(void **state)
{
    static const char link[] = "<a class=\"time\" href=\"#";
    struct sample *sample = sample_new("h2_redirect");
    struct ht_evidence evidence = {.event = sample->transfer->exchanges->events.first->id, .fact = "a fact"};
    (void)state;
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_ERROR);
    sample->transfer->exchanges->findings->evidence = &evidence;
    struct ht_sink out = html_of(sample, (struct ht_report_options){0});
    const char *at = strstr(ht_sink_text(&out), link);
    assert_non_null(at);
    char row[64];
    at += strlen(link);
    snprintf(row, sizeof row, "<tr id=\"%.*s\"", (int)strcspn(at, "\""), at);
    has(&out, row);
    has(&out, "\u2717 evidence of tls.ch_dropped</a>");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_checks(void **state)
{
    static const struct ht_check checks[] = {{"status<300 & more", true, NULL},
                                             {"header.x=\"1\"", false, "nothing <of it>"}};
    struct sample *sample = sample_new("h1_chunked");
    struct ht_sink out = html_of(sample, (struct ht_report_options){.checks = checks, .check_count = 2});
    (void)state;
    has(&out, "expect ok: status&lt;300 &amp; more</li>");
    has(&out, "expect failed: header.x=&quot;1&quot;: got nothing &lt;of it&gt;</li>");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_several_transfers_have_a_summary_above_them(void **state)
{
    const struct ht_format *format = ht_format_by_name(ht_span_str("html"));
    static const char *const names[] = {"h1_chunked", "refused", "h2_redirect"};
    struct ht_document document = {.format = format, .out = ht_sink(0), .notes = ht_sink(0)};
    struct ht_error error = {0};
    (void)state;
    document.options.several = true;
    assert_int_equal(format->begin(&document, &error), HT_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sample *sample = sample_new(names[i]);
        format->transfer(&document, &sample->trace, sample->transfer);
        assert_int_equal(document.out.len, 0);
        sample_free(sample);
        document.transfers++;
    }
    assert_int_equal(format->end(&document, &error), HT_OK);
    has(&document.out, "<title>httptrace: 3 transfers</title>");
    has(&document.out, "3 transfers: 2 OK, 1 Failed</h2>");
    has(&document.out, "<a href=\"#t2\">");
    has(&document.out, "<article class=\"transfer\" id=\"t3\"");
    assert_true(strstr(document.out.text, "id=\"contents\"") < strstr(document.out.text, "id=\"t1\""));
    ht_sink_free(&document.out);
    ht_sink_free(&document.notes);
}

/* Of a long conversation the begin and the end are drawn. */
static void test_a_long_conversation(void **state)
{
    struct sample *sample = sample_new("h1_chunked");
    struct ht_exchange *x = sample->transfer->exchanges;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char words[32];
        snprintf(words, sizeof words, "message %d.", i);
        sample_event(sample, x->connection, x, 200000 + i, HT_DIR_IN, HT_LAYER_HTTP1, "response", words);
    }
    struct ht_sink out = html_of(sample, (struct ht_report_options){0});
    has(&out, "messages that are not drawn</text>");
    has(&out, "<title>received: message 0.</title>");
    has(&out, "<title>received: message 999.</title>");
    has_not(&out, "<title>received: message 500.</title>");
    has(&out, ">message 500.</span>");
    has(&out, "<div class=\"chunk lazy\">");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_no_transfer(void **state)
{
    struct ht_sink out = html_of(NULL, (struct ht_report_options){0});
    (void)state;
    has(&out, "<title>httptrace</title>");
    has(&out, "No transfer took place.");
    has(&out, "</html>\n");
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_forbids_all_but_its_own_style),
        cmocka_unit_test(test_a_good_transfer),
        cmocka_unit_test(test_a_failure_names_its_place),
        cmocka_unit_test(test_evidence_leads_to_its_event),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_several_transfers_have_a_summary_above_them),
        cmocka_unit_test(test_a_long_conversation),
        cmocka_unit_test(test_no_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
