/* SPDX-License-Identifier: MIT */
/* Tests of the text report: golden texts, widths, colours, days left. */
#include "unit.h"

#include "report/golden.h"
#include "report/paint.h"
#include "report/sample.h"

#include <stdio.h>
#include <string.h>

static struct ht_sink render(const char *name, const struct ht_report_options *options)
{
    struct sample *s = sample_new(name);
    struct ht_sink out = ht_sink(0);
    ht_report_text(&out, &s->trace, s->transfer, options);
    sample_free(s);
    return out;
}

static void check_golden(const char *name, int width, bool unicode, bool color)
{
    struct ht_report_options options = {.width = width, .unicode = unicode, .color = color};
    struct ht_sink out = render(name, &options);
    char file[128];
    snprintf(file, sizeof file, "%s.%d.%s%s.txt", name, width, unicode ? "utf8" : "ascii",
             color ? ".color" : "");
    golden_check(file, ht_sink_text(&out), out.len);
    ht_sink_free(&out);
}

static void test_golden(void **state)
{
    static const int widths[] = {40, 80, 120};
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            check_golden(sample_rows[i].name, widths[w], true, false);
        check_golden(sample_rows[i].name, 80, false, false);
        check_golden(sample_rows[i].name, 80, true, true);
    }
}

/* Whether every line fits; a word longer than the line is cut, so none may stick out. */
static void check_width(const char *name, int width, bool unicode)
{
    struct ht_report_options options = {.width = width, .unicode = unicode};
    struct ht_sink out = render(name, &options);
    for (char *line = out.text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        if (ht_paint_columns(line) > (size_t)width)
            fail_msg("%s at %d: %zu columns: %s", name, width, ht_paint_columns(line), line);
        assert_false(end > line && end[-1] == ' ');
    }
    ht_sink_free(&out);
}

static void test_every_width_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        for (int width = 40; width <= 200; width += 4) {
            check_width(sample_rows[i].name, width, true);
            check_width(sample_rows[i].name, width, false);
        }
    }
}

static void check_ascii(const char *name)
{
    struct ht_report_options options = {.width = 80};
    struct ht_sink out = render(name, &options);
    for (size_t i = 0; i < out.len; i++)
        assert_true((out.text[i] >= 0x20 && out.text[i] < 0x7F) || out.text[i] == '\n');
    ht_sink_free(&out);
}

static void test_ascii_is_ascii(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++)
        check_ascii(sample_rows[i].name);
}

static void test_extreme_widths_do_not_break(void **state)
{
    static const int widths[] = {-5, 0, 1, 20, 30, 39, 201, 100000};
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            struct ht_report_options options = {.width = widths[w], .unicode = true, .color = true};
            struct ht_sink out = render(sample_rows[i].name, &options);
            assert_true(out.len > 0);
            ht_sink_free(&out);
        }
    }
}

static void assert_says(const char *name, const char *text, bool says)
{
    struct ht_report_options options = {.width = 200, .unicode = true};
    struct ht_sink out = render(name, &options);
    if ((strstr(out.text, text) != NULL) != says)
        fail_msg("%s: %s expected: %s\n%s", name, says ? "" : "not", text, out.text);
    ht_sink_free(&out);
}

static void test_says(void **state)
{
    (void)state;
    assert_says("h2_redirect",
                "200 OK \u00b7 HTTP/2 \u00b7 TLS 1.3 \u00b7 93.184.216.34:443 \u00b7 1.2 KiB in 147.0 ms",
                true);
    assert_says("h2_redirect", "*.example.com, 74 days left", true);
    assert_says("h2_redirect", "redirect \u2192 GET https://example.com/home", true);
    assert_says("h2_redirect", "no interception point found", true);
    assert_says("https_proxy", "503 Service Unavailable", true);
    assert_says("https_proxy", "No backend", true);
    assert_says("tls_alert", "alert handshake_failure", true);
    assert_says("tls_alert", "no interception point found", false);
    assert_says("dropped", "last received  nothing", true);
    assert_says("dropped", "exit 28 (libcurl: Operation timed out", true);
    assert_says("tls_alert", "SSL routines: sslv3 alert", true);
    assert_says("tls_alert", "reset by the other side", true);
    assert_says("refused", "::1 port 9 refused after 0.1 ms", true);
    assert_says("interrupted", "Interrupted in the wait phase", true);
    assert_says("unresolved", "EAI_NONAME", true);
}

static void test_expired_certificate(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    struct ht_sink out = ht_sink(0);
    struct ht_report_options options = {.width = 200};
    (void)state;
    s->trace.connections->tls->certificates->not_after_s =
        s->transfer->wall_start_us / 1000000 - 86400 * 3 - 60;
    ht_report_text(&out, &s->trace, s->transfer, &options);
    assert_non_null(strstr(out.text, "expired 3 days ago"));
    ht_sink_free(&out);
    sample_free(s);
}

static void test_suspicious_finding_silences_the_all_clear(void **state)
{
    struct sample *s = sample_new("h1_chunked");
    struct ht_sink out = ht_sink(0);
    struct ht_report_options options = {.width = 80};
    (void)state;
    sample_event(s, s->trace.connections, NULL, 1, HT_DIR_OUT, HT_LAYER_TCP, "attempt", "");
    sample_finding(s, s->transfer->exchanges, HT_SEVERITY_WARNING);
    ht_report_text(&out, &s->trace, s->transfer, &options);
    assert_null(strstr(out.text, "no interception point found"));
    assert_non_null(strstr(out.text, "! tls.ch_dropped"));
    ht_sink_free(&out);
    sample_free(s);
}

static void assert_renders(struct sample *s, int exit_code, const char *text)
{
    struct ht_sink out = ht_sink(0);
    struct ht_report_options options = {.width = 100, .unicode = true, .exit_code = exit_code};
    ht_report_text(&out, &s->trace, s->transfer, &options);
    if (!strstr(ht_sink_text(&out), text))
        fail_msg("expected %s in\n%s", text, ht_sink_text(&out));
    ht_sink_free(&out);
}

static void test_stream_reset(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    struct ht_exchange *x = s->transfer->last_exchange;
    (void)state;
    x->reset_code = 7;
    x->reset_dir = HT_DIR_IN;
    x->response.complete = false;
    sample_phase(x, HT_PHASE_RESPONSE, 140900, 6100, HT_OUTCOME_FAILED);
    sample_end(s, 147000, 92, "stream was not closed cleanly");
    assert_renders(s, 92, "stream 3 reset by the other side: REFUSED_STREAM");
    assert_renders(s, 92, "The answer 200 OK broke off after 1.2 KiB");
    sample_free(s);
}

static void test_exit_line(void **state)
{
    struct sample *s = sample_new("refused");
    (void)state;
    assert_renders(s, 7, "exit 7 (libcurl: Failed to connect");
    assert_renders(s, 0, "exit 7 (libcurl: Failed to connect");
    assert_renders(s, 130, "exit 130 (Failed to connect");
    s->transfer->error = (struct ht_span){NULL, 0};
    assert_renders(s, 100, "\nexit 100\n");
    sample_free(s);
}

static void test_unknown_numbers_are_survived(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    struct ht_exchange *x = s->transfer->last_exchange;
    (void)state;
    x->response.status = 799;
    x->response.framing = (enum ht_framing)77;
    x->connection->tls->version = 0x7a7a;
    x->connection->resolve.source = (enum ht_resolve_source)99;
    assert_renders(s, 0, "799 \u00b7 HTTP/2 \u00b7 TLS 0x7a7a \u00b7");
    sample_free(s);
}

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(ht_paint_columns("abc"), 3);
    assert_int_equal(ht_paint_columns("\u4e2d\u6587"), 4);
    assert_int_equal(ht_paint_columns("e\u0301"), 1);
    assert_int_equal(ht_paint_columns("\u2588\u258f"), 2);
}

static void test_fit_cuts_by_columns(void **state)
{
    struct ht_sink out = ht_sink(0);
    struct ht_paint paint = {&out, false, true, 80};
    (void)state;
    assert_int_equal(ht_paint_fit(&paint, HT_STYLE_PLAIN, "\u4e2d\u6587\u5b57", 4), 3);
    assert_string_equal(out.text, "\u4e2d\u2026");
    ht_sink_reset(&out);
    assert_int_equal(ht_paint_fit(&paint, HT_STYLE_PLAIN, "abcd", 4), 4);
    assert_string_equal(out.text, "abcd");
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_every_width_fits),
        cmocka_unit_test(test_ascii_is_ascii),
        cmocka_unit_test(test_extreme_widths_do_not_break),
        cmocka_unit_test(test_says),
        cmocka_unit_test(test_expired_certificate),
        cmocka_unit_test(test_suspicious_finding_silences_the_all_clear),
        cmocka_unit_test(test_stream_reset),
        cmocka_unit_test(test_exit_line),
        cmocka_unit_test(test_unknown_numbers_are_survived),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_fit_cuts_by_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
