/* SPDX-License-Identifier: MIT */
/* The capture: sockets' lives as raw events, and the packets that must come of them. */
#include "unit.h"

#include "report/script.h"

#include <errno.h>
#include <netinet/tcp.h>

/* What every reader relies on: a direction's bytes follow each other, and nothing is acknowledged unseen. */
static void assert_continuous(const struct capture_read *read)
{
    uint32_t next[3] = {0}, begun[3] = {0};
    for (size_t i = 0; i < read->count; i++) {
        const struct packet *p = &read->packets[i];
        if (begun[p->bound])
            assert_int_equal(p->seq, next[p->bound]);
        next[p->bound] = p->seq + (uint32_t)p->payload.len + (p->flags & (SYN | FIN) ? 1 : 0);
        begun[p->bound] = 1;
        if (p->flags & ACK && begun[3 - p->bound])
            assert_int_equal(p->ack, next[3 - p->bound]);
    }
}

static void test_a_session(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    say_sample(&s, 0, HT_SAMPLE_CONNECTED, 1448);
    say_bytes(&s, 0, HT_DIR_OUT, ht_span_str("GET / HTTP/1.1\r\n\r\n"));
    say_bytes(&s, 0, HT_DIR_IN, ht_span_str("HTTP/1.1 204 No Content\r\n\r\n"));
    say_close(&s, 0);
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. >.18 <.27 >fin.");
    assert_continuous(&read);
    const struct packet *p = read.packets;
    assert_int_equal(p[0].t_us, SCRIPT_WALL_US + 2000); /* when connect() came back */
    assert_int_equal(p[1].t_us, SCRIPT_WALL_US + 3000);
    assert_int_equal(p[3].t_us, SCRIPT_WALL_US + 5000);
    assert_memory_equal(p[0].from, ((uint8_t[]){198, 51, 100, 2}), 4);
    assert_memory_equal(p[0].to, ((uint8_t[]){192, 0, 2, 1}), 4);
    assert_int_equal(p[0].from_port, 50000);
    assert_int_equal(p[0].to_port, 443);
    assert_int_equal(p[1].to_port, 50000);
    assert_memory_equal(p[4].payload.data, "HTTP/1.1 204", 12);
    assert_true(capture_says(p[0].comments, "synthesised by httptrace"));
    assert_true(capture_says(p[2].comments, "rtt 850 us, snd_mss 1448"));
    assert_memory_equal(read.application.data, "httptrace 9.8.7", read.application.len);
    capture_clear(&read);
}

static void test_segments(void **state)
{
    (void)state;
    static uint8_t bytes[200000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 >> 3);
    struct script s = script();
    say_connected(&s, 0);
    say_sample(&s, 0, HT_SAMPLE_CONNECTED, 1000);
    say_bytes(&s, 0, HT_DIR_OUT, ht_span(bytes, 2500));
    say_bytes(&s, 0, HT_DIR_IN, ht_span(bytes, sizeof bytes)); /* more than one record of the spool takes */
    say_close(&s, 0);
    struct capture_read read = script_read(&s);
    assert_continuous(&read);
    assert_int_equal(read.packets[3].payload.len, 1000);
    assert_false(read.packets[4].flags & PSH);
    assert_true(read.packets[5].flags & PSH);
    size_t at = 0;
    for (size_t i = 6; i + 1 < read.count; i++) {
        assert_memory_equal(read.packets[i].payload.data, bytes + at, read.packets[i].payload.len);
        at += read.packets[i].payload.len;
    }
    assert_int_equal(at, sizeof bytes);
    capture_clear(&read);
}

static void test_segments_of_loopback_fit(void **state)
{
    (void)state;
    static const uint8_t bytes[65536];
    const char *const addresses[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct script s = script();
        say_open(&s, 0, addresses[i]);
        say_connect(&s, 0, 0, addresses[i]);
        say_sample(&s, 0, HT_SAMPLE_CONNECTED, 1000000);
        say_bytes(&s, 0, HT_DIR_OUT, ht_span(bytes, sizeof bytes));
        struct capture_read read = script_read(&s);
        assert_packets(&read, i ? ">syn <syn. >. >.65515 >.21" : ">syn <syn. >. >.65495 >.41");
        assert_int_equal(read.packets[0].v6, i);
        capture_clear(&read);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct script s = script();
    say_open(&s, 0, "2001:db8::1");
    say_connect(&s, 0, EINPROGRESS, "2001:db8::2");
    say_connect(&s, 0, ECONNREFUSED, NULL);
    say_close(&s, 0);
    say_open(&s, 1, "192.0.2.1");
    say_connect(&s, 1, ECONNREFUSED, NULL); /* at once, as on loopback */
    say_close(&s, 1)->u.socket_close.error = ECONNREFUSED;
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <rst. >syn <rst.");
    assert_int_equal(read.packets[1].seq, 0);
    assert_int_equal(read.packets[1].ack, read.packets[0].seq + 1);
    assert_int_equal(read.packets[1].t_us, SCRIPT_WALL_US + 3000);
    assert_true(read.packets[0].v6);
    capture_clear(&read);
}

static void say_icmp(struct script *s, int32_t socket, int type, int code, const char *offender)
{
    struct ht_raw *raw = say(s, HT_RAW_ICMP, socket);
    raw->u.icmp.type = type;
    raw->u.icmp.code = code;
    raw->u.icmp.offender = ht_span_str(offender);
}

static void test_icmp(void **state)
{
    (void)state;
    struct script s = script();
    say_open(&s, 0, "192.0.2.1");
    say_connect(&s, 0, EINPROGRESS, "198.51.100.2");
    say_connect(&s, 0, ECONNREFUSED, "198.51.100.2");
    say_icmp(&s, 0, 3, 3, "203.0.113.9"); /* so there was no RST */
    say_close(&s, 0);
    say_open(&s, 1, "2001:db8::1");
    say_connect(&s, 1, EINPROGRESS, "2001:db8::2");
    say_icmp(&s, 1, 1, 3, "2001:db8::9");
    say_close(&s, 1);
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <icmp >syn <icmp");
    const struct packet *p = &read.packets[1];
    assert_memory_equal(p->from, ((uint8_t[]){203, 0, 113, 9}), 4);
    assert_memory_equal(p->payload.data, "\3\3", 2);
    assert_memory_equal(p->payload.data + 8 + 20 + 4, "\0\1\0\0", 4); /* the SYN's sequence number */
    assert_int_equal(read.packets[3].protocol, 58);
    assert_memory_equal(read.packets[3].payload.data, "\1\3", 2);
    capture_clear(&read);
}

static void test_silence(void **state)
{
    (void)state;
    struct script s = script();
    say_open(&s, 0, "192.0.2.1");
    say_connect(&s, 0, EINPROGRESS, "198.51.100.2");
    say_close(&s, 0);
    say_open(&s, 1, "192.0.2.2");
    say_connect(&s, 1, ENETUNREACH, NULL); /* nothing was ever sent */
    say_close(&s, 1);
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn");
    capture_clear(&read);
}

static void test_ends(void **state)
{
    (void)state;
    struct ht_span x = ht_span_str("x");
    struct script s = script();
    say_connected(&s, 0);
    say_bytes(&s, 0, HT_DIR_IN, x);
    say_bytes(&s, 0, HT_DIR_IN, ht_span(NULL, 0)); /* the peer's end */
    say_bytes(&s, 0, HT_DIR_OUT, x);
    say_close(&s, 0)->u.socket_close.peer_closed = true;
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. <.1 <fin. >.1 >fin.");
    assert_continuous(&read);
    capture_clear(&read);

    s = script();
    say_connected(&s, 0);
    say_close(&s, 0)->u.socket_close.peer_closed = true; /* seen at the close alone */
    say_connected(&s, 1);
    say_close(&s, 1)->u.socket_close.reset = true;
    say_connected(&s, 2);
    say_close(&s, 2)->u.socket_close.error = ETIMEDOUT;
    say_connected(&s, 3);
    say_bytes(&s, 3, HT_DIR_IN, ht_span_str("head and the rest"));
    s.at[s.count - 1].level = HT_LEVEL_UNREAD;
    say_close(&s, 3)->u.socket_close.unread = ht_span_str("head");
    read = script_read(&s);
    assert_packets(&read,
                   ">syn <syn. >. <fin. >fin. >syn <syn. >. <rst. >syn <syn. >. >syn <syn. >. <.17 >rst.");
    assert_true(capture_says(read.packets[15].comments, "was not read"));
    capture_clear(&read);
}

static struct ht_raw *say_state(struct script *s, int32_t socket, int64_t state)
{
    struct ht_raw *raw = say(s, HT_RAW_TCP_INFO, socket);
    raw->u.tcp_info.point = HT_SAMPLE_CLOSE;
    raw->u.tcp_info.sample = (struct ht_tcp_sample){.state = state};
    return say_close(s, socket);
}

static void test_ends_that_the_kernel_tells(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    say_state(&s, 0, TCP_CLOSE_WAIT)->u.socket_close.unread =
        ht_span_str("x"); /* FIN behind what was not read */
    say_connected(&s, 1);
    say_bytes(&s, 1, HT_DIR_IN, ht_span(NULL, 0));
    say_state(&s, 1, TCP_CLOSE); /* RST behind FIN: an error that nobody was told of */
    say_connected(&s, 2);
    say_state(&s, 2, TCP_CLOSE)->u.socket_close.error = EHOSTUNREACH; /* given up */
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. <.1 <fin. >rst. >syn <syn. >. <fin. <rst. >syn <syn. >.");
    capture_clear(&read);
}

static void test_what_tcp_info_says_at_the_end(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    struct ht_raw *raw = say(&s, HT_RAW_TCP_INFO, 0);
    raw->u.tcp_info.point = HT_SAMPLE_CLOSE;
    raw->u.tcp_info.sample = (struct ht_tcp_sample){
        .total_retrans = 6, .bytes_sent = 517 * 7, .bytes_retrans = 517 * 6, .bytes_acked = 1};
    say_close(&s, 0);
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. >fin.");
    assert_true(capture_says(read.packets[3].comments, "6 segments were sent again"));
    assert_true(capture_says(read.packets[3].comments, "516 bytes shown as sent were not acknowledged."));
    capture_clear(&read);
}

static void test_a_tls_record_and_its_header_are_one_packet(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    say_bytes(&s, 0, HT_DIR_IN, ht_span("\26\3\3\0\4", 5));
    say_bytes(&s, 0, HT_DIR_IN, ht_span("\1\0\0\0", 4));
    say_bytes(&s, 0, HT_DIR_IN, ht_span("\26\3\3\0\4", 5));
    say_bytes(&s, 0, HT_DIR_OUT, ht_span("x", 1)); /* nothing follows in that direction */
    say_bytes(&s, 0, HT_DIR_IN, ht_span("\26\3\3\0\4", 5));
    say_bytes(&s, 0, HT_DIR_IN, ht_span("\1\0\0\0", 4));
    s.at[s.count - 1].t_us += 5000; /* comes later, so it was on its own */
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. <.9 <.5 >.1 <.5 <.4");
    assert_memory_equal(read.packets[3].payload.data, "\26\3\3\0\4\1\0\0\0", 9);
    assert_int_equal(read.packets[3].t_us, SCRIPT_WALL_US + s.at[4].t_us);
    capture_clear(&read);
}

static void test_an_answer_read_by_single_bytes_is_one_packet(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    for (const char *at = "HTTP/1.1 200"; *at; at++) {
        say_bytes(&s, 0, HT_DIR_IN, ht_span(at, 1));
        s.at[s.count - 1].t_us = s.at[4].t_us + (at[1] ? 1 : 5000); /* the last one came later */
    }
    say_bytes(&s, 0, HT_DIR_OUT, ht_span("x", 1));
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. <.11 <.1 >.1");
    assert_memory_equal(read.packets[3].payload.data, "HTTP/1.1 20", 11);
    capture_clear(&read);
}

static void test_sequence_numbers_start_again(void **state)
{
    (void)state;
    static const uint8_t zeros[65536];
    const int32_t socket = 0xFFFE; /* the numbers of each socket begin elsewhere */
    struct script s = script();
    say_connected(&s, socket);
    say_bytes(&s, socket, HT_DIR_OUT, ht_span(zeros, sizeof zeros));
    say_bytes(&s, socket, HT_DIR_IN, ht_span(zeros, sizeof zeros));
    say_close(&s, socket);
    struct capture_read read = script_read(&s);
    assert_true(read.packets[0].seq > 0xFFFF0000u - 1);
    assert_true(read.packets[read.count - 1].seq < 65536);
    assert_continuous(&read);
    capture_clear(&read);
}

static void test_only_the_wire(void **state)
{
    (void)state;
    struct script s = script();
    say_connected(&s, 0);
    say_bytes(&s, 0, HT_DIR_OUT, ht_span_str("secret plaintext"));
    s.at[s.count - 1].level = 1;
    say_bytes(&s, 7, HT_DIR_OUT, ht_span_str("of nobody")); /* a socket that was never opened */
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >.");
    capture_clear(&read);
}

static void test_a_unix_socket(void **state)
{
    (void)state;
    struct script s = script();
    say_open(&s, 0, "/run/\033[31mx.sock");
    say_connect(&s, 0, 0, NULL);
    say_bytes(&s, 0, HT_DIR_OUT, ht_span_str("x"));
    struct capture_read read = script_read(&s);
    assert_packets(&read, ">syn <syn. >. >.1");
    assert_memory_equal(read.packets[0].to, ((uint8_t[]){127, 0, 0, 1}), 4);
    assert_true(capture_says(read.packets[0].comments, "x.sock"));
    assert_false(capture_says(read.packets[0].comments, "\033"));
    capture_clear(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_segments_of_loopback_fit),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_ends_that_the_kernel_tells),
        cmocka_unit_test(test_what_tcp_info_says_at_the_end),
        cmocka_unit_test(test_a_tls_record_and_its_header_are_one_packet),
        cmocka_unit_test(test_an_answer_read_by_single_bytes_is_one_packet),
        cmocka_unit_test(test_sequence_numbers_start_again),
        cmocka_unit_test(test_only_the_wire),
        cmocka_unit_test(test_a_unix_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
