/* SPDX-License-Identifier: MIT */
/* Tests that nothing hostile and no secret of a run passes through any format. */
#include "unit.h"

#include "base/escape.h"
#include "report/sample.h"
#include "report/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends one format of the report. */
typedef void render(struct ht_sink *out, const struct sample *s, const struct ht_report_options *options);

static void as_json(struct ht_sink *out, const struct sample *s, const struct ht_report_options *options)
{
    ht_report_json(out, &s->trace, s->transfer, options);
}

static void as_text(struct ht_sink *out, const struct sample *s, const struct ht_report_options *options)
{
    ht_report_text(out, &s->trace, s->transfer, options);
}

static void as_live(struct ht_sink *out, const struct sample *s, const struct ht_report_options *options)
{
    char *text = NULL;
    size_t len = 0, count = 0;
    FILE *stream = open_memstream(&text, &len);
    struct ht_live *live = ht_live_new(stream, 3, options);
    const struct ht_observer *observer = ht_live_observer(live);
    const struct ht_event **events = ht_transfer_timeline(s->transfer, &count);
    for (size_t i = 0; i < count; i++)
        observer->event(observer->ctx, &s->trace, events[i]);
    free(events);
    ht_live_free(live);
    fclose(stream);
    ht_sink_bytes(out, ht_span(text, len));
    free(text);
}

static const char *const notes[] = {"digest: the first request goes without credentials"};
static const struct ht_plan plan = {.socks = "socks5://gotcha", .notes = notes, .note_count = 1};

static void as_request_json(struct ht_sink *out, const struct sample *s,
                            const struct ht_report_options *options)
{
    assert_true(ht_report_request_json(out, s->transfer, &plan, options));
}

static void as_request_text(struct ht_sink *out, const struct sample *s,
                            const struct ht_report_options *options)
{
    assert_true(ht_report_request_text(out, s->transfer, &plan, options));
}

static void as_command(struct ht_sink *out, const struct sample *s, const struct ht_report_options *options)
{
    struct ht_sink lines = ht_sink(0);
    ht_report_curl(out, &lines, s->transfer, options->show_secrets, (size_t)options->width);
    ht_sink_free(&lines);
}

/* The command for curl, the last one, is for a shell: what was sent stays in it as it is, within quotes. */
static render *const formats[] = {as_json, as_text, as_live, as_request_json, as_request_text, as_command};
static const size_t format_count = sizeof formats / sizeof *formats;

static struct ht_sink render_hostile(render *format, bool secrets, bool unicode)
{
    struct ht_report_options options = {
        .show_secrets = secrets, .timeline = true, .pretty = true, .unicode = unicode, .width = 120};
    struct sample *s = sample_new("hostile");
    struct ht_sink out = ht_sink(0);
    s->transfer->exchanges->request.first_us = s->transfer->start_us;
    format(&out, s, &options);
    sample_free(s);
    return out;
}

static void assert_harmless(const struct ht_sink *out)
{
    struct ht_span s = ht_span(out->text, out->len);
    for (size_t at = 0; at < s.len;) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(s, at, &c);
        assert_true(len > 0);
        assert_true(c == '\n' || c >= 0x20);
        assert_false(c >= 0x7F && c <= 0x9F);
        assert_false((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E));
        at += len;
    }
}

static void test_no_raw_byte_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        for (int form = 0; form < 4; form++) {
            struct ht_sink out = render_hostile(formats[i], form & 1, form & 2);
            assert_harmless(&out);
            ht_sink_free(&out);
        }
    }
}

static void test_no_workflow_command_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count - 1; i++) {
        struct ht_sink out = render_hostile(formats[i], true, true);
        assert_null(strstr(out.text, "::error"));
        assert_null(strstr(out.text, "##["));
        assert_non_null(strstr(out.text, "gotcha"));
        ht_sink_free(&out);
    }
}

static void test_no_secret_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        struct ht_sink out = render_hostile(formats[i], false, true);
        for (const char *const *secret = sample_secrets; *secret; secret++) {
            if (strstr(out.text, *secret))
                fail_msg("format %zu shows %s:\n%s", i, *secret, out.text);
        }
        assert_null(strstr(out.text, "533343524554")); /* nor its beginning in hex */
        assert_non_null(strstr(out.text, "[masked]"));
        ht_sink_free(&out);
    }
}

/* The test above would pass for a report that left everything out. */
static void test_every_secret_passes_where_asked_for(void **state)
{
    struct ht_sink all = ht_sink(0);
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        struct ht_sink out = render_hostile(formats[i], true, true);
        ht_sink_bytes(&all, ht_span(out.text, out.len));
        ht_sink_free(&out);
    }
    for (const char *const *secret = sample_secrets; *secret; secret++) {
        if (!strstr(all.text, *secret))
            fail_msg("%s is nowhere", *secret);
    }
    ht_sink_free(&all);
}

static void assert_shown(const char *wire, const char *wanted)
{
    struct ht_sink out = ht_sink(0);
    ht_show_text(&out, ht_span_str(wire));
    assert_string_equal(ht_sink_text(&out), wanted);
    ht_sink_free(&out);
}

static void test_library_text(void **state)
{
    struct ht_sink out = ht_sink(0);
    (void)state;
    ht_show_library_text(&out, ht_span(NULL, 0));
    assert_int_equal(out.len, 0);
    ht_show_library_text(&out, ht_span_str("error:0A:SSL routines::bad \x1b"));
    assert_string_equal(ht_sink_text(&out), "error:0A:SSL routines: bad \\x1b");
    ht_sink_reset(&out);
    ht_show_library_text(&out, ht_span_str("error:80000002:system library::No such file"));
    assert_string_equal(ht_sink_text(&out), "error:80000002:system library: No such file");
    ht_sink_free(&out);
}

static void assert_broken_up(const char *wire, const char *command)
{
    struct ht_sink out = ht_sink(0);
    ht_show_text(&out, ht_span_str(wire));
    ht_sink_char(&out, '\n');
    ht_show_ready(&out, wire);
    assert_null(strstr(ht_sink_text(&out), command));
    ht_sink_free(&out);
}

static void test_commands_do_not(void **state)
{
    (void)state;
    assert_broken_up("::error::x", "::error");
    assert_broken_up("::add-mask::x", "::add");
    assert_broken_up("::add::x", "::add");
    assert_broken_up("x ::group::", "::group");
    assert_broken_up("1::debug::2", "::debug");
    assert_broken_up("##vso[task]", "##");
}

static void test_addresses_stay(void **state)
{
    (void)state;
    assert_shown("2001:db8::1", "2001:db8::1");
    assert_shown("[2001:db8::1]:443", "[2001:db8::1]:443");
    assert_shown("::1", "::1");
    assert_shown("2001:db8::1: refused", "2001:db8::1: refused");
    assert_shown("::ffff:192.0.2.1, fe80::1", "::ffff:192.0.2.1, fe80::1");
    assert_shown("a::b", "a::b");
}

static void test_ready_text_is_escaped_once(void **state)
{
    struct ht_sink once = ht_sink(0), twice = ht_sink(0);
    (void)state;
    ht_show_ready(&once, "a\x1b[0m::set-output::\\x41");
    ht_show_ready(&twice, ht_sink_text(&once));
    assert_string_equal(ht_sink_text(&once), ht_sink_text(&twice));
    assert_null(strstr(twice.text, "::"));
    ht_sink_free(&once);
    ht_sink_free(&twice);
}

static void assert_curl_text(const char *text, const char *wanted)
{
    struct ht_sink out = ht_sink(0);
    ht_show_curl_text(&out, ht_span_str(text), false);
    assert_string_equal(ht_sink_text(&out), wanted);
    ht_sink_free(&out);
}

static void test_curl_text_is_masked(void **state)
{
    (void)state;
    assert_curl_text("Connected to a (::1) port 80", "Connected to a (::1) port 80");
    assert_curl_text("[HTTP/2] [1] [authorization: Basic eHk=]",
                     "[HTTP/2] [1] [authorization: Basic [masked]]");
    assert_curl_text("[HTTP/2] [1] [user-agent: x]", "[HTTP/2] [1] [user-agent: x]");
    assert_curl_text("[HTTP/2] [1] [:path: /?token=x]", "[HTTP/2] [1] [:path: /?token=[masked]]");
    assert_curl_text("[HTTP/2] [1] OPENED stream for https://u:p@a/",
                     "[HTTP/2] [1] OPENED stream for https://u:[masked]@a/");
    assert_curl_text("h2h3 [cookie: a=b]", "h2h3 [cookie: a=[masked]]");
    assert_curl_text("Added cookie a=\"b\" for domain c", "Added cookie a=[masked]");
    assert_curl_text("Issue another request to this URL: 'https://u:p@a/?key=1'",
                     "Issue another request to this URL: 'https://u:[masked]@a/?key=[masked]'");
}

/* curl's "::HOST:PORT" is readable; what could be a workflow command is not left. */
static void test_steps(void **state)
{
    static const struct {
        const char *step, *shown;
    } rows[] = {
        {"httptrace --connect-to ::HOST:443 URL", "httptrace --connect-to ::HOST:443 URL"},
        {"::error::x", ":\\x3aerror:\\x3ax"},
        {":::x", ":\\x3a\\x3ax"},
        {"no mark", "no mark"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_sink out = ht_sink(0);
        ht_show_step(&out, rows[i].step, false);
        assert_string_equal(ht_sink_text(&out), rows[i].shown);
        ht_sink_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_no_raw_byte_passes),
        cmocka_unit_test(test_no_workflow_command_passes),
        cmocka_unit_test(test_no_secret_passes),
        cmocka_unit_test(test_every_secret_passes_where_asked_for),
        cmocka_unit_test(test_addresses_stay),
        cmocka_unit_test(test_library_text),
        cmocka_unit_test(test_commands_do_not),
        cmocka_unit_test(test_ready_text_is_escaped_once),
        cmocka_unit_test(test_curl_text_is_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
