/* SPDX-License-Identifier: MIT */
/* The capture as a file: keys, comments, its greatest size, and that any events make one. */
#include "unit.h"

#include "report/sample.h"
#include "report/script.h"

#include <errno.h>

static void test_keys_come_first(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    say(&s, HT_RAW_KEYLOG, 0)->bytes = ht_span_str("CLIENT_RANDOM 00 11");
    say(&s, HT_RAW_KEYLOG, 0)->bytes = ht_span_str("EXPORTER_SECRET 22 33");
    struct capture_read read = script_read(&s);
    assert_int_equal(read.key_blocks, 1);
    assert_true(ht_span_eq_str(read.keys, "CLIENT_RANDOM 00 11\nEXPORTER_SECRET 22 33\n"));
    capture_clear(&read);
}

static void test_the_cap(void **state)
{
    (void)state;
    static const uint8_t bytes[5000];
    const struct ht_report_options options = {.width = 80, .capture_max = 8000};
    struct ht_sink notes;
    struct script s = script();
    say_connected(&s, 0);
    say_bytes(&s, 0, HT_DIR_IN, ht_span(bytes, sizeof bytes));
    say_bytes(&s, 0, HT_DIR_IN, ht_span(bytes, sizeof bytes));
    say_bytes(&s, 0, HT_DIR_IN, ht_span(bytes, 1)); /* would fit, but what came before it is missing */
    say_close(&s, 0);
    struct capture_read read = capture_of(s.at, s.count, &options, &notes);
    assert_packets(&read, ">syn <syn. >. <.1460 <.1460 <.1460 <.620");
    assert_true(capture_says(read.packets[3].comments, "the capture ends here"));
    assert_non_null(strstr(ht_sink_text(&notes), "--capture-max"));
    assert_null(strchr(strchr(ht_sink_text(&notes), '\n') + 1, '\n'));
    ht_sink_free(&notes);
    capture_clear(&read);
}

static void test_without_calls_there_is_nothing_to_write(void **state)
{
    (void)state;
    const struct ht_format *format = ht_format_by_name(ht_span_str("pcapng"));
    struct ht_document document = {.format = format};
    struct ht_error error = {0};
    struct ht_raw start = {.kind = HT_RAW_RUN_START};
    start.u.run_start.tap = ht_span_str("callbacks");
    assert_int_equal(format->begin(&document, &error), HT_OK);
    format->raw(&document, &start);
    assert_int_equal(format->end(&document, &error), HT_ERR_IO);
    assert_int_equal(error.exit_code, 2);
    assert_int_equal(document.out.len, 0);
}

/* ---- findings ---- */

static void test_findings_are_comments(void **state)
{
    (void)state;
    const struct ht_format *format = ht_format_by_name(ht_span_str("pcapng"));
    struct ht_document document = {.format = format};
    struct ht_error error = {0};
    struct sample *sample = sample_new("hostile");
    struct ht_connection *c = sample->transfer->exchanges->connection;
    struct script s = script();
    s.at[0].t_us = -1000000000; /* all packets are older than what the sample tells of */
    s.at[0].u.run_start.wall_us -= 1000000000;
    c->socket = 3;
    say_connected(&s, 3);
    say_bytes(&s, 3, HT_DIR_OUT, ht_span_str("x"));
    for (size_t i = 1; i < s.count; i++)
        s.at[i].t_us -= 1000000;
    assert_int_equal(format->begin(&document, &error), HT_OK);
    for (size_t i = 0; i < s.count; i++)
        format->raw(&document, &s.at[i]);
    format->transfer(&document, &sample->trace, sample->transfer);
    format->transfer(&document, &sample->trace, sample->transfer); /* told twice, said once */
    assert_int_equal(format->end(&document, &error), HT_OK);
    struct capture_read read = capture_parse(document.out.text, document.out.len);
    size_t found = 0;
    for (size_t i = 0; i < read.count; i++)
        for (size_t at = 0; at < CAPTURE_TEXTS; at++)
            if (read.packets[i].comments[at].len &&
                memmem(read.packets[i].comments[at].data, read.packets[i].comments[at].len, " (error, ", 9))
                found++;
    assert_true(found > 0);
    sample_free(sample);
    ht_sink_free(&document.notes);
    capture_clear(&read);
}

static void test_comments_are_bounded(void **state)
{
    (void)state;
    const struct ht_format *format = ht_format_by_name(ht_span_str("pcapng"));
    struct ht_document document = {.format = format};
    struct ht_error error = {0};
    struct sample *sample = sample_new("hostile");
    struct ht_finding *finding = sample->transfer->exchanges->findings;
    char title[16];
    assert_int_equal(format->begin(&document, &error), HT_OK);
    finding->next = NULL;
    finding->evidence = NULL;
    finding->title = title;
    for (int i = 0; i < 600; i++) {
        snprintf(title, sizeof title, "finding %d", i);
        format->transfer(&document, &sample->trace, sample->transfer);
    }
    assert_int_equal(format->end(&document, &error), HT_OK);
    struct capture_read read = capture_parse(document.out.text, document.out.len);
    assert_true(capture_says(read.comments, "too many: 88"));
    sample_free(sample);
    ht_sink_free(&document.notes);
    capture_clear(&read);
}

/* ---- robustness ---- */

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static struct ht_raw any_event(const uint8_t *bytes)
{
    static const char *const addresses[] = {
        "192.0.2.1", "::1", "/run/x", "", "999.1.1.1", "2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1"};
    static const int64_t errors[] = {0, EINPROGRESS, ECONNREFUSED, ETIMEDOUT, ENETUNREACH, -5, INT64_MAX};
    struct ht_raw raw = {.kind = (enum ht_raw_kind)any(HT_RAW_KIND_COUNT), .socket = (int32_t)any(4) - 1};
    raw.dir = (enum ht_dir)any(3);
    raw.t_us = (int64_t)any(1000000) - 1000;
    struct ht_span address = ht_span_str(addresses[any(6)]);
    switch (raw.kind) {
    case HT_RAW_SOCKET_OPEN:
        raw.u.socket_open.address = address;
        raw.u.socket_open.port = any(100000);
        break;
    case HT_RAW_CONNECT:
        raw.u.connect.error = errors[any(7)];
        raw.u.connect.local_address = address;
        raw.u.connect.local_port = any(70000);
        break;
    case HT_RAW_TCP_INFO:
        raw.u.tcp_info.point = (enum ht_sample_point)any(6);
        raw.u.tcp_info.sample.snd_mss = (int64_t)any(100000) - 100;
        raw.u.tcp_info.sample.state = any(12);
        break;
    case HT_RAW_ICMP:
        raw.u.icmp.offender = address;
        break;
    case HT_RAW_SOCKET_CLOSE:
        raw.u.socket_close.error = errors[any(7)];
        raw.u.socket_close.reset = any(2);
        raw.u.socket_close.peer_closed = any(2);
        raw.u.socket_close.unread = ht_span(bytes, any(2) ? any(150000) : 0);
        break;
    case HT_RAW_BYTES:
        raw.level = (uint8_t)(any(8) ? any(2) : HT_LEVEL_UNREAD);
        raw.bytes = ht_span(bytes, any(3) ? any(3000) : any(3) * 5);
        break;
    case HT_RAW_KEYLOG:
        raw.bytes = ht_span(bytes, any(100));
        break;
    default:
        break;
    }
    return raw;
}

static void test_any_events_make_a_sound_capture(void **state)
{
    (void)state;
    static const uint8_t bytes[150000];
    for (int run = 0; run < 300; run++) {
        struct ht_raw events[60];
        const struct ht_report_options options = {.width = 80, .capture_max = any(4) ? 0 : 1 + any(20000)};
        for (size_t i = 0; i < 60; i++)
            events[i] = any_event(bytes);
        struct capture_read read = capture_of(events, 60, &options, NULL);
        capture_clear(&read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_come_first),
        cmocka_unit_test(test_the_cap),
        cmocka_unit_test(test_without_calls_there_is_nothing_to_write),
        cmocka_unit_test(test_findings_are_comments),
        cmocka_unit_test(test_comments_are_bounded),
        cmocka_unit_test(test_any_events_make_a_sound_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
