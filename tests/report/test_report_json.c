/* SPDX-License-Identifier: MIT */
/* Tests of what the JSON report says; its shape is held against the schema by validate.py. */
#include "unit.h"

#include "report/json/value.h"
#include "report/names.h"
#include "report/sample.h"

#include <jansson.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(const struct sample *s, const struct ht_report_options *options)
{
    struct ht_sink out = ht_sink(0);
    json_error_t error;
    ht_report_json(&out, &s->trace, s->transfer, options);
    assert_int_equal(out.text[out.len - 1], '\n');
    json_t *value = json_loads(out.text, JSON_REJECT_DUPLICATES, &error);
    if (!value)
        fail_msg("%s at %d: %s", error.text, error.position, out.text);
    ht_sink_free(&out);
    return value;
}

static json_t *report_of(const char *name)
{
    struct sample *s = sample_new(name);
    json_t *value = load(s, &(struct ht_report_options){.timeline = true});
    sample_free(s);
    return value;
}

/* The value at "connections.0.tls.version". */
static const json_t *at(const json_t *value, const char *path)
{
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *step = strtok_r(copy, ".", &rest); step; step = strtok_r(NULL, ".", &rest)) {
        value = json_is_array(value) ? json_array_get(value, strtoul(step, NULL, 10))
                                     : json_object_get(value, step);
        if (!value)
            fail_msg("%s: no %s", path, step);
    }
    return value;
}

static void assert_text(const json_t *report, const char *path, const char *wanted)
{
    const json_t *value = at(report, path);
    if (wanted)
        assert_string_equal(json_string_value(value), wanted);
    else
        assert_true(json_is_null(value));
}

static void assert_number(const json_t *report, const char *path, json_int_t wanted)
{
    assert_true(json_is_integer(at(report, path)));
    assert_int_equal(json_integer_value(at(report, path)), wanted);
}

static void test_good_transfer(void **state)
{
    json_t *r = report_of("h2_redirect");
    (void)state;
    assert_text(r, "started_at", "2026-11-20T21:00:00.123456Z");
    assert_number(r, "duration_us", 147000);
    assert_number(r, "outcome.curl_code", 0);
    assert_text(r, "outcome.curl_error", NULL);
    assert_text(r, "verdict.phase", NULL);
    assert_text(r, "exchanges.0.redirect.location", "https://example.com/home");
    assert_int_equal(json_integer_value(at(r, "exchanges.0.redirect.status")), 301);
    assert_text(r, "exchanges.1.redirect", NULL);
    assert_text(r, "exchanges.1.cause", "redirect");
    assert_text(r, "exchanges.1.phases.4.outcome", "reused");
    assert_text(r, "exchanges.1.http_version", "2");
    assert_number(r, "exchanges.1.stream", 3);
    assert_number(r, "exchanges.1.response.informational.0.status", 103);
    assert_text(r, "connections.0.tls.version", "TLSv1.3");
    assert_text(r, "connections.0.tls.alpn.offered.1", "http/1.1");
    assert_text(r, "connections.0.tls.certificates.0.not_after", "2027-02-02T22:00:00Z");
    assert_number(r, "connections.0.h2.local_settings.MAX_CONCURRENT_STREAMS", 100);
    assert_number(r, "connections.0.h2.peer_settings.0x4242", 7);
    assert_number(r, "connections.0.h2.frames.received.DATA", 9);
    assert_number(r, "connections.0.h2.frames.received.0x0b", 1);
    assert_number(r, "connections.0.h2.frames.received.other", 2);
    assert_number(r, "connections.0.tcp.rtt_us", 23900);
    assert_number(r, "connections.0.tcp.bytes_acked", 1285);
    assert_text(r, "connections.0.attempts.0.errno", NULL);
    json_decref(r);
}

static void test_phases_add_up(void **state)
{
    json_t *r = report_of("h1_chunked");
    json_int_t end = 0, sum = 0;
    (void)state;
    for (size_t p = 0; p < HT_PHASE_COUNT; p++) {
        const json_t *phase = json_array_get(at(r, "exchanges.0.phases"), p);
        json_int_t start = json_integer_value(json_object_get(phase, "start_us"));
        assert_int_equal(start, end);
        sum += json_integer_value(json_object_get(phase, "duration_us"));
        end = start + json_integer_value(json_object_get(phase, "duration_us"));
    }
    assert_int_equal(sum, json_integer_value(at(r, "exchanges.0.duration_us")));
    json_decref(r);
}

static void test_failures(void **state)
{
    json_t *r = report_of("refused");
    (void)state;
    assert_text(r, "connections.0.attempts.0.errno", "ECONNREFUSED");
    assert_text(r, "connections.0.attempts.0.address", "::1");
    assert_text(r, "connections.0.attempts.1.errno", "EHOSTUNREACH");
    assert_text(r, "connections.0.attempts.1.icmp.from", "10.0.0.1");
    assert_text(r, "connections.0.tcp", NULL);
    assert_text(r, "exchanges.0.response", NULL);
    assert_text(r, "verdict.phase", "connect");
    json_decref(r);
    r = report_of("unresolved");
    assert_text(r, "connections.0.resolve.error", "EAI_NONAME");
    json_decref(r);
    r = report_of("tls_alert");
    assert_text(r, "connections.0.tls.outcome", "failed");
    assert_text(r, "connections.0.tls.version", NULL);
    assert_text(r, "connections.0.tls.verify", NULL);
    assert_text(r, "connections.0.tls.alerts.0.description", "handshake_failure");
    assert_text(r, "connections.0.tcp.close_errno", "ECONNRESET");
    json_decref(r);
}

static void test_finding_refers_to_the_timeline(void **state)
{
    json_t *r = report_of("dropped");
    (void)state;
    assert_text(r, "findings.1.code", "tls.ch_dropped");
    assert_text(r, "findings.1.locus", "path");
    assert_int_equal(json_integer_value(at(r, "findings.1.evidence.0.event")),
                     json_integer_value(at(r, "timeline.0.id")));
    /* A fact without an event of its own stands beside the one before it. */
    assert_int_equal(json_integer_value(at(r, "findings.1.evidence.1.event")),
                     json_integer_value(at(r, "findings.1.evidence.0.event")));
    json_decref(r);
}

static void test_interrupted(void **state)
{
    json_t *r = report_of("interrupted");
    (void)state;
    assert_text(r, "outcome.curl_code", NULL);
    assert_true(json_is_true(at(r, "outcome.interrupted")));
    assert_number(r, "duration_us", 84400);
    assert_text(r, "exchanges.0.phases.6.outcome", "pending");
    assert_text(r, "exchanges.0.duration_us", NULL);
    json_decref(r);
}

static void test_interrupted_by_the_user(void **state)
{
    struct sample *s = sample_new("refused");
    (void)state;
    s->transfer->interrupted = true;
    json_t *r = load(s, &(struct ht_report_options){.exit_code = 130});
    assert_true(json_is_true(at(r, "outcome.interrupted")));
    assert_number(r, "outcome.curl_code", 7);
    json_decref(r);
    sample_free(s);
}

static void test_proxies(void **state)
{
    json_t *r = report_of("proxy_connect");
    (void)state;
    assert_text(r, "connections.0.proxy.kind", "http");
    assert_number(r, "connections.0.proxy.response.status", 407);
    assert_text(r, "connections.0.proxy.request.headers.0.1", "Basic [masked]");
    assert_text(r, "connections.0.proxy.tls", NULL);
    json_decref(r);
    r = report_of("https_proxy");
    assert_text(r, "connections.0.proxy.tls.sni", "proxy.example");
    assert_text(r, "connections.0.tls.sni", "example.com");
    json_decref(r);
}

static void test_fields(void **state)
{
    json_t *r = report_of("h2_redirect");
    (void)state;
    assert_text(r, "connections.0.tls.handshake.0.fields.legacy_version", "TLSv1.2");
    assert_number(r, "connections.0.tls.handshake.0.fields.cipher_suite", 0x0a0a);
    assert_text(r, "connections.0.tls.handshake.0.fields.large", "18446744073709551615");
    assert_text(r, "connections.0.tls.handshake.0.fields.session_id", "dead");
    json_decref(r);
    r = report_of("hostile");
    assert_text(r, "connections.0.tls.handshake.0.fields.hidden", "[masked]");
    assert_number(r, "connections.0.tls.handshake.0.fields.twice", 0);
    assert_number(r, "connections.0.tls.handshake.0.fields.twice_3", 2);
    json_decref(r);
}

/* A name repeated thousands of times must neither hang nor grow the report. */
static void test_many_equal_names(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    struct ht_field *fields = s->trace.connections->tls->handshake.first->fields;
    (void)state;
    for (int i = 0; i < 50000; i++)
        ht_field_uint(s->arena, fields, "again", (uint64_t)i);
    json_t *r = load(s, &(struct ht_report_options){0});
    assert_true(json_object_size(at(r, "connections.0.tls.handshake.0.fields")) < 100);
    json_decref(r);
    sample_free(s);
}

/* Deeper than any decoder builds: the recursion stops. */
static void test_deep_fields(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    struct ht_field *at_field = s->trace.connections->tls->handshake.first->fields;
    (void)state;
    for (int i = 0; i < 5000; i++)
        at_field = ht_field_map(s->arena, at_field, "in");
    json_t *r = load(s, &(struct ht_report_options){0});
    json_decref(r);
    sample_free(s);
}

static bool is_told_cut(const json_t *report, const char *what, json_int_t dropped)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(report, "truncated"), i, entry)
    {
        const json_t *count = json_object_get(entry, "dropped");
        bool same = strcmp(json_string_value(json_object_get(entry, "what")), what) == 0;
        if (same && (dropped < 0 ? json_is_null(count) : json_integer_value(count) == dropped))
            return true;
    }
    return false;
}

static void test_cuts_are_told(void **state)
{
    json_t *r = report_of("capped");
    (void)state;
    assert_true(is_told_cut(r, "request headers", -1));
    assert_true(is_told_cut(r, "response headers", -1));
    assert_true(is_told_cut(r, "response trailers", -1));
    assert_true(is_told_cut(r, "informational responses", 70));
    assert_true(is_told_cut(r, "attempts", 69));
    assert_true(is_told_cut(r, "certificates", -1));
    assert_true(is_told_cut(r, "handshake messages", 5));
    assert_true(is_told_cut(r, "events", 12));
    assert_true(is_told_cut(r, "events", 3));
    json_decref(r);
    r = report_of("h1_chunked");
    assert_int_equal(json_array_size(at(r, "truncated")), 0);
    json_decref(r);
}

static void test_times_count_from_the_transfer(void **state)
{
    struct sample *s = sample_new("h1_chunked");
    (void)state;
    s->transfer->start_us = 10000;
    json_t *r = load(s, &(struct ht_report_options){.timeline = true, .exit_code = 100});
    assert_number(r, "exchanges.0.phases.2.start_us", 2100);
    assert_number(r, "connections.0.connected_us", 26400);
    assert_text(r, "connections.0.closed_us", NULL);
    assert_number(r, "outcome.exit_code", 100);
    json_decref(r);
    sample_free(s);
}

static void test_timeline_only_where_asked_for(void **state)
{
    struct sample *s = sample_new("h2_redirect");
    (void)state;
    json_t *r = load(s, &(struct ht_report_options){.timeline = false});
    assert_int_equal(json_array_size(at(r, "timeline")), 0);
    json_decref(r);
    r = load(s, &(struct ht_report_options){.timeline = true});
    assert_int_equal(json_array_size(at(r, "timeline")), 6);
    assert_text(r, "timeline.0.kind", "client_hello");
    assert_text(r, "timeline.0.exchange", NULL);
    assert_text(r, "timeline.2.fields.headers.0.name", "host");
    json_decref(r);
    sample_free(s);
}

static void check_written(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct ht_sink out = ht_sink(0);
    assert_non_null(value);
    ht_json_write(&out, value);
    assert_string_equal(ht_sink_text(&out), text);
    json_decref(value);
    ht_sink_free(&out);
}

static void test_written_on_one_line(void **state)
{
    (void)state;
    check_written("{\"z\":[1,-0.25,0.1],\"\":\"\",\"a b\":{\"d\":[true,false,null]}}");
    check_written("\"a\\nb\\u0000\"");
    check_written("0.1");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(ht_eai_name(EAI_NONAME), "EAI_NONAME");
    assert_string_equal(ht_eai_name(EAI_AGAIN), "EAI_AGAIN");
    assert_string_equal(ht_eai_name(EAI_NODATA), "EAI_NODATA");
    assert_string_equal(ht_eai_name(EAI_OVERFLOW), "EAI_OVERFLOW");
    assert_null(ht_eai_name(0));
    assert_null(ht_eai_name(-4711));
    assert_string_equal(ht_status_phrase(100), "Continue");
    assert_string_equal(ht_status_phrase(421), "Misdirected Request");
    assert_string_equal(ht_status_phrase(511), "Network Authentication Required");
    assert_null(ht_status_phrase(299));
    assert_null(ht_status_phrase(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_transfer),
        cmocka_unit_test(test_phases_add_up),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_finding_refers_to_the_timeline),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_interrupted_by_the_user),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_many_equal_names),
        cmocka_unit_test(test_deep_fields),
        cmocka_unit_test(test_cuts_are_told),
        cmocka_unit_test(test_times_count_from_the_transfer),
        cmocka_unit_test(test_timeline_only_where_asked_for),
        cmocka_unit_test(test_written_on_one_line),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
