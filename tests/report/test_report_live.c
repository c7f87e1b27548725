/* SPDX-License-Identifier: MIT */
/* Tests of the live view: golden texts of three levels, hex dumps, what is struck out of them. */
#include "unit.h"

#include "report/golden.h"
#include "report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
    char *text;
    size_t len;
    FILE *stream;
    struct ht_live *live;
};

static void view_open(struct view *v, int level, const struct ht_report_options *options)
{
    v->stream = open_memstream(&v->text, &v->len);
    v->live = ht_live_new(v->stream, level, options);
}

static void view_close(struct view *v)
{
    ht_live_free(v->live);
    fclose(v->stream);
    free(v->text);
}

static void feed_events(struct view *v, const struct sample *s)
{
    size_t count = 0;
    const struct ht_event **events = ht_transfer_timeline(s->transfer, &count);
    const struct ht_observer *observer = ht_live_observer(v->live);
    for (size_t i = 0; i < count; i++)
        observer->event(observer->ctx, &s->trace, events[i]);
    free(events);
}

static void feed_unit(struct view *v, enum ht_unit_kind unit, enum ht_dir dir, const void *bytes, size_t len)
{
    const struct ht_observer *observer = ht_live_observer(v->live);
    struct ht_raw raw = {
        .kind = HT_RAW_UNIT, .dir = dir, .t_us = 1500, .level = 1, .bytes = ht_span(bytes, len)};
    raw.u.unit.unit = unit;
    raw.u.unit.size = (int64_t)len;
    observer->raw(observer->ctx, &raw);
}

static void add_other_kinds(struct sample *s)
{
    struct ht_exchange *x = s->transfer->exchanges;
    struct ht_connection *c = x->connection;
    sample_event(s, c, x, 10, HT_DIR_NONE, HT_LAYER_DNS, "resolve_start", "example.com");
    sample_event(s, c, x, 12100, HT_DIR_NONE, HT_LAYER_DNS, "lookup", "93.184.216.34, 2001:db8::7");
    sample_event(s, c, NULL, 12140, HT_DIR_NONE, HT_LAYER_TCP, "attempt", "trying 93.184.216.34:443");
    sample_event(s, c, NULL, 36400, HT_DIR_NONE, HT_LAYER_TCP, "connected", "connected from 192.0.2.7:51234");
    sample_event(s, c, NULL, 36400, HT_DIR_NONE, HT_LAYER_TCP, "sample", "sample");
    sample_event(s, c, x, 90000, HT_DIR_OUT, HT_LAYER_HTTP2, "WINDOW_UPDATE", "WINDOW_UPDATE");
    sample_event(s, c, x, 90001, HT_DIR_IN, HT_LAYER_HTTP2, "something_new", "a kind that no row has");
    sample_event(s, c, x, 90002, HT_DIR_NONE, HT_LAYER_CURL, "text", "Connection #0 left intact");
    sample_event(s, c, x, 110, HT_DIR_NONE, HT_LAYER_CURL, "transfer_start", "GET https://example.com/");
    struct ht_event *bad =
        sample_event(s, c, x, 90003, HT_DIR_IN, HT_LAYER_TLS, "certificate", "Certificate");
    bad->malformed = true;
    bad->malformed_at = 7;
    bad->malformed_why = "a length past the end";
    bad->fields = ht_field_map(s->arena, NULL, NULL);
    struct ht_field *list = ht_field_list(s->arena, bad->fields, "extensions");
    for (int i = 0; i < 2; i++) {
        struct ht_field *one = ht_field_map(s->arena, list, NULL);
        ht_field_named(s->arena, one, "type", (uint64_t)i, i ? NULL : "server_name");
        ht_field_bool(s->arena, one, "critical", i == 0);
    }
    list = ht_field_list(s->arena, bad->fields, "groups");
    ht_field_named(s->arena, list, NULL, 29, "x25519");
    ht_field_named(s->arena, list, NULL, 0x2a2a, NULL);
    list = ht_field_list(s->arena, bad->fields, "field_section");
    struct ht_field *pair = ht_field_map(s->arena, list, NULL);
    ht_field_text(s->arena, pair, "name", ht_span_str("cookie"));
    ht_field_text(s->arena, pair, "value", ht_span_str("a=b"))->secret = true;
    ht_field_bool(s->arena, pair, "never_indexed", true);
    ht_field_list(s->arena, bad->fields, "empty");
    struct ht_field *outer = ht_field_map(s->arena, bad->fields, "nested");
    ht_field_bytes(s->arena, outer, "ticket", ht_span_str("x"))->secret = true;
    struct ht_field *hidden = ht_field_list(s->arena, outer, "hidden");
    hidden->secret = true;
    ht_field_uint(s->arena, hidden, NULL, 1);
}

static void check_golden(int level, bool color)
{
    struct ht_report_options options = {.unicode = true, .color = color};
    struct sample *s = sample_new("h2_redirect");
    struct view v;
    char name[64];
    add_other_kinds(s);
    view_open(&v, level, &options);
    feed_events(&v, s);
    fflush(v.stream);
    snprintf(name, sizeof name, "live.%d%s.txt", level, color ? ".color" : "");
    golden_check(name, v.text, v.len);
    view_close(&v);
    sample_free(s);
}

static void test_golden(void **state)
{
    (void)state;
    for (int level = 1; level <= 3; level++)
        check_golden(level, false);
    check_golden(2, true);
}

static void test_raw_observed_at_level_three_alone(void **state)
{
    struct ht_report_options options = {.unicode = true};
    (void)state;
    for (int level = 1; level <= 3; level++) {
        struct view v;
        view_open(&v, level, &options);
        assert_int_equal(ht_live_observer(v.live)->raw != NULL, level == 3);
        view_close(&v);
    }
}

static const char head[] =
    "GET /a?token=S3CRETa&b=1 HTTP/1.1\r\nHost: example.com\r\nAuthorization: Basic S3CRETb\r\n"
    "X-Folded: 1\r\n two\r\nCookie: a=S3CRETc;\r\n\tb=S3CRETd\r\n\r\n";
static const char frame[] = "\0\0\x08\x01\x05\0\0\0\x01S3CRETef";
static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
static const char settings[] = "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
static const char socks_auth[] = "\x01\x04user\x07S3CRETg";
static const char socks_greeting[] = "\x05\x02\x00\x02";

static void feed_all(struct view *v)
{
    char long_run[5000];
    memset(long_run, 'z', sizeof long_run);
    feed_unit(v, HT_UNIT_H1_HEAD, HT_DIR_OUT, head, sizeof head - 1);
    feed_unit(v, HT_UNIT_H2_FRAME, HT_DIR_OUT, frame, sizeof frame - 1);
    feed_unit(v, HT_UNIT_H2_PREFACE, HT_DIR_OUT, preface, sizeof preface - 1);
    feed_unit(v, HT_UNIT_H2_FRAME, HT_DIR_IN, settings, sizeof settings - 1);
    feed_unit(v, HT_UNIT_SOCKS, HT_DIR_OUT, socks_auth, sizeof socks_auth - 1);
    feed_unit(v, HT_UNIT_SOCKS, HT_DIR_OUT, socks_greeting, sizeof socks_greeting - 1);
    feed_unit(v, HT_UNIT_OPAQUE, HT_DIR_IN, "::error::x##[y]\x1b[2J\xff", 21);
    feed_unit(v, HT_UNIT_PAYLOAD, HT_DIR_IN, "", 0);
    feed_unit(v, HT_UNIT_OPAQUE, HT_DIR_IN, long_run, sizeof long_run);
    fflush(v->stream);
}

/* The bytes of the dump, without addresses and the columns of text: what a reader could put together again.
 */
static bool dump_holds(const char *text, const char *secret)
{
    struct ht_sink hex = ht_sink(0), bytes = ht_sink(0);
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        const char *colon = strstr(line, ":"), *bar = strstr(line, "  |"), *end = strchr(line, '\n');
        if (!colon || !bar || !end || bar > end || colon > bar)
            continue;
        for (const char *c = colon + 1; c < bar; c++) {
            if (*c != ' ')
                ht_sink_char(&bytes, *c);
        }
    }
    ht_sink_hex(&hex, ht_span_str(secret));
    bool holds = strstr(ht_sink_text(&bytes), ht_sink_text(&hex)) != NULL;
    ht_sink_free(&hex);
    ht_sink_free(&bytes);
    return holds;
}

static void test_dump_golden(void **state)
{
    struct ht_report_options options = {.unicode = false};
    struct view v;
    (void)state;
    view_open(&v, 3, &options);
    feed_all(&v);
    golden_check("live.dump.txt", v.text, v.len);
    view_close(&v);
}

static void test_dump_strikes_secrets(void **state)
{
    struct view v;
    (void)state;
    for (int secrets = 0; secrets < 2; secrets++) {
        struct ht_report_options options = {.show_secrets = secrets == 1};
        view_open(&v, 3, &options);
        feed_all(&v);
        assert_int_equal(dump_holds(v.text, "S3CRET"), secrets == 1);
        assert_true(dump_holds(v.text, "Host: example.com"));
        assert_true(dump_holds(v.text, "two"));
        assert_null(strstr(v.text, "::"));
        view_close(&v);
    }
}

static void test_keylog_is_never_shown(void **state)
{
    struct ht_report_options options = {.show_secrets = true};
    struct view v;
    struct ht_raw raw = {.kind = HT_RAW_KEYLOG, .bytes = ht_span_str("CLIENT_RANDOM 00 11")};
    (void)state;
    view_open(&v, 3, &options);
    const struct ht_observer *observer = ht_live_observer(v.live);
    observer->raw(observer->ctx, &raw);
    fflush(v.stream);
    assert_int_equal(v.len, 0);
    view_close(&v);
}

static void test_finding_line(void **state)
{
    struct ht_report_options options = {.unicode = true};
    struct ht_finding finding = {
        .code = "tls.ch_dropped", .severity = HT_SEVERITY_ERROR, .phase = HT_PHASE_TLS, .title = "Dropped."};
    struct view v;
    (void)state;
    view_open(&v, 1, &options);
    ht_live_finding(v.live, 110204, &finding);
    fflush(v.stream);
    assert_string_equal(v.text, "!  110.204 tls       tls.ch_dropped: Dropped.\n");
    view_close(&v);
}

static void sampled(struct sample *s, int64_t rtt_us, int64_t mss)
{
    struct ht_connection *c = s->trace.connections;
    c->samples = ht_arena_alloc(s->arena, sizeof *c->samples);
    c->samples[0].tcp.rtt_us = rtt_us;
    c->samples[0].tcp.snd_mss = mss;
    c->sample_count = 1;
}

/* The line of a connection waits for its first sample, and for no other event. */
static void test_connected_takes_the_sample(void **state)
{
    struct ht_report_options options = {.unicode = true};
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct sample *s = sample_new("h2_redirect");
        struct ht_connection *c = s->trace.connections;
        struct view v;
        sampled(s, 23900, 1448);
        view_open(&v, 1, &options);
        const struct ht_observer *o = ht_live_observer(v.live);
        o->event(o->ctx, &s->trace,
                 sample_event(s, c, NULL, 36402, HT_DIR_NONE, HT_LAYER_TCP, "connected", "connected from a"));
        o->event(
            o->ctx, &s->trace,
            sample_event(s, c, NULL, 36402, HT_DIR_NONE, HT_LAYER_TCP, with ? "sample" : "closed", "closed"));
        fflush(v.stream);
        assert_string_equal(v.text, with ? "*   36.402 connect   connected from a, rtt 23.9 ms, mss 1448\n"
                                         : "*   36.402 connect   connected from a\n"
                                           "*   36.402 connect   connection: closed\n");
        view_close(&v);
        sample_free(s);
    }
}

static struct ht_event *headers_frame(struct sample *s)
{
    struct ht_exchange *x = s->transfer->exchanges;
    struct ht_event *e =
        sample_event(s, x->connection, x, 90000, HT_DIR_IN, HT_LAYER_HTTP2, "HEADERS", "HEADERS");
    e->fields = ht_field_map(s->arena, NULL, NULL);
    struct ht_field *pair = ht_field_map(s->arena, ht_field_list(s->arena, e->fields, "field_section"), NULL);
    ht_field_text(s->arena, pair, "name", ht_span_str("x-only"));
    ht_field_text(s->arena, pair, "value", ht_span_str("frame"));
    return e;
}

/* A header section is shown once: with its message, or with its frame where no message follows. */
static void test_sections_are_shown_once(void **state)
{
    struct ht_report_options options = {.unicode = true};
    (void)state;
    for (int message = 0; message < 2; message++) {
        struct sample *s = sample_new("h2_redirect");
        struct ht_exchange *x = s->transfer->exchanges;
        struct view v;
        view_open(&v, 2, &options);
        const struct ht_observer *o = ht_live_observer(v.live);
        o->event(o->ctx, &s->trace, headers_frame(s));
        if (message)
            o->event(o->ctx, &s->trace,
                     sample_event(s, x->connection, x, 90000, HT_DIR_IN, HT_LAYER_HTTP2, "response",
                                  "HTTP/2 200"));
        ht_live_free(v.live);
        fflush(v.stream);
        assert_int_equal(strstr(v.text, "x-only: frame") != NULL, !message);
        fclose(v.stream);
        free(v.text);
        sample_free(s);
    }
}

static void test_long_values_are_cut(void **state)
{
    struct ht_report_options options = {.unicode = true};
    struct sample *s = sample_new("h2_redirect");
    struct ht_event *e =
        sample_event(s, s->trace.connections, NULL, 1, HT_DIR_IN, HT_LAYER_TLS, "finished", "Finished");
    struct view v;
    (void)state;
    e->fields = ht_field_map(s->arena, NULL, NULL);
    ht_field_bytes(s->arena, e->fields, "verify_data",
                   ht_span("0123456789012345678901234567890123456789", 40));
    view_open(&v, 2, &options);
    ht_live_observer(v.live)->event(v.live, &s->trace, e);
    fflush(v.stream);
    assert_non_null(
        strstr(v.text, "verify_data: 3031323334353637383930313233343536373839303132333435363738393031\u2026 "
                       "(40 bytes)\n"));
    view_close(&v);
    sample_free(s);
}

static void test_concurrent_transfers_are_told_apart(void **state)
{
    struct ht_report_options options = {.unicode = true};
    struct sample *s = sample_new("h2_redirect");
    struct ht_transfer other = {.id = 1};
    struct view v;
    (void)state;
    s->transfer->next = &other;
    view_open(&v, 1, &options);
    feed_events(&v, s);
    fflush(v.stream);
    assert_non_null(strstr(v.text, " tls       [connection 0] ClientHello"));
    assert_non_null(strstr(v.text, " request   [exchange 1] GET /home"));
    view_close(&v);
    sample_free(s);
}

/* A line is there when its event was handed over, not when the run ends. */
static void test_lines_are_flushed(void **state)
{
    struct ht_report_options options = {.unicode = true};
    struct sample *s = sample_new("h2_redirect");
    char path[] = "/tmp/httptrace-live-XXXXXX", seen[256] = "";
    int fd = mkstemp(path);
    FILE *stream = fdopen(fd, "w");
    (void)state;
    struct ht_live *live = ht_live_new(stream, 1, &options);
    const struct ht_observer *observer = ht_live_observer(live);
    observer->event(observer->ctx, &s->trace, s->trace.connections->events.first);
    FILE *reader = fopen(path, "r");
    assert_true(fread(seen, 1, sizeof seen - 1, reader) > 0);
    assert_non_null(strstr(seen, "ClientHello, 517 bytes"));
    fclose(reader);
    fclose(stream);
    remove(path);
    ht_live_free(live);
    sample_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_raw_observed_at_level_three_alone),
        cmocka_unit_test(test_dump_golden),
        cmocka_unit_test(test_dump_strikes_secrets),
        cmocka_unit_test(test_keylog_is_never_shown),
        cmocka_unit_test(test_finding_line),
        cmocka_unit_test(test_connected_takes_the_sample),
        cmocka_unit_test(test_sections_are_shown_once),
        cmocka_unit_test(test_long_values_are_cut),
        cmocka_unit_test(test_concurrent_transfers_are_told_apart),
        cmocka_unit_test(test_lines_are_flushed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
