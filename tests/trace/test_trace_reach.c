/* SPDX-License-Identifier: MIT */
/* Ways to a server that fail: our own DNS queries, names of the hosts file, SYNs sent again, what a SOCKS
 * proxy says before its reply. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

static void feed_lookup(struct feed *f, const char *addresses, int error, bool from_hosts)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_RESOLVE_START, -1, 0);
    ht_tracer_take(f->tracer, &raw);
    raw = feed_raw(f, HT_RAW_LOOKUP, -1, 0);
    raw.u.lookup.host = ht_span_str("example.com");
    raw.u.lookup.addresses = ht_span_str(addresses);
    raw.u.lookup.family = AF_INET;
    raw.u.lookup.error = error;
    raw.u.lookup.from_hosts = from_hosts;
    ht_tracer_take(f->tracer, &raw);
}

static void feed_query(struct feed *f, int64_t rcode, const char *ede, const char *text)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_QUERY, -1, 0);
    raw.u.query.host = ht_span_str("example.com");
    raw.u.query.server = ht_span_str("192.0.2.53");
    raw.u.query.type = 1;
    raw.u.query.rcode = rcode;
    raw.u.query.ede = ht_span_str(ede);
    raw.u.query.ede_text = ht_span_str(text);
    ht_tracer_take(f->tracer, &raw);
}

static void check_queries(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_resolve *r = &t->exchanges->connection->resolve;
    const struct ht_query *q = r->queries;
    (void)f;
    assert_int_equal(r->error, EAI_AGAIN);
    assert_int_equal(r->family, AF_INET);
    assert_non_null(q);
    look_span(q->server, "192.0.2.53");
    assert_int_equal(q->rcode, 2);
    assert_int_equal(q->ede_count, 3);
    assert_int_equal(q->ede[0], 15);
    assert_int_equal(q->ede[1], 22);
    assert_int_equal(q->ede[2], UINT16_MAX); /* what a damaged record says stays within the type */
    look_span(q->ede_text, "policy");
    assert_int_equal(q->next->rcode, -1);
    assert_int_equal(q->next->ede_count, 0);
    size_t kept = 0;
    for (; q; q = q->next)
        kept++;
    assert_int_equal(kept, HT_CAP_QUERIES);
    look_phase(t, "query", 0, HT_PHASE_RESOLVE);
}

static void queries_are_kept(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_queries);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_lookup(&f, "", EAI_AGAIN, false);
    feed_query(&f, 2, "15,22,99999999999", "policy");
    for (int i = 0; i < 20; i++)
        feed_query(&f, -1, "", "");
    feed_done(&f, 0, 6);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* A query of nobody's, or of a transfer without a lookup, is no harm. */
static void queries_without_an_owner(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, NULL);
    feed_query(&f, 3, "1", "");
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_query(&f, 3, "1", "");
    feed_done(&f, 0, 6);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_hosts(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_int_equal(t->exchanges->connection->resolve.source, HT_SOURCE_HOSTS);
}

static void hosts_file_is_told(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_hosts);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_lookup(&f, "192.0.2.1", 0, true);
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_done(&f, 0, 28);
    feed_end(&f);
}

static void feed_syns(struct feed *f, int32_t socket, int64_t again)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_TCP_INFO, socket, -1);
    raw.u.tcp_info.point = HT_SAMPLE_TIMER;
    raw.u.tcp_info.sample.total_retrans = again;
    ht_tracer_take(f->tracer, &raw);
}

static void check_attempts(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_attempt *at_once = t->exchanges->connection->attempts, *silent = at_once->next;
    (void)f;
    assert_false(at_once->under_way);
    assert_int_equal(at_once->error, ENETUNREACH);
    assert_true(silent->under_way && silent->has_sample);
    assert_int_equal(silent->sample.total_retrans, 2);
    assert_int_equal(silent->outcome, HT_ATTEMPT_CANCELLED);
    assert_int_equal(look_count(t, "sample"), 2);
    look_phase(t, "sample", 0, HT_PHASE_CONNECT);
    assert_int_equal(t->exchanges->connection->sample_count, 0);
}

static void attempts_tell_their_syns(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_attempts);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_connect(&f, 0, ENETUNREACH);
    feed_close(&f, 0, false, false);
    feed_open(&f, 0, 1, "192.0.2.2", 80);
    feed_connect(&f, 1, EINPROGRESS);
    feed_syns(&f, 1, 1);
    feed_syns(&f, 1, 2);
    feed_close(&f, 1, false, false);
    feed_done(&f, 0, 28);
    feed_end(&f);
}

static void check_samples(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_connection *c = t->exchanges->connection;
    size_t last = c->sample_count - 1;
    (void)f;
    assert_true(c->sample_count >= HT_CAP_SAMPLES / 2 && c->sample_count <= HT_CAP_SAMPLES);
    assert_int_equal(c->samples[0].tcp.total_retrans, 0);
    for (size_t i = 1; i <= last; i++)
        assert_int_equal(c->samples[i].tcp.total_retrans, 999 - (int64_t)(last - i));
}

/* Of a connection that carries request after request the first sample and the newest ones are kept. */
static void the_newest_samples_stay(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_samples);
    feed_connected(&f);
    for (int i = 0; i < 1000; i++)
        feed_syns(&f, 0, i);
    feed_done(&f, 0, 28);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_icmp(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_icmp *icmp = &t->exchanges->connection->attempts->icmp;
    (void)f;
    assert_true(icmp->seen && icmp->own);
    assert_int_equal(icmp->type, 3);
    assert_int_equal(icmp->code, 13);
    look_span(icmp->offender, "192.0.2.7");
}

static void icmp_of_this_host(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_icmp);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_connect(&f, 0, EINPROGRESS);
    struct ht_raw raw = feed_raw(&f, HT_RAW_ICMP, 0, -1);
    raw.u.icmp.type = 3;
    raw.u.icmp.code = 13;
    raw.u.icmp.offender = ht_span_str("192.0.2.7");
    raw.u.icmp.own = true;
    ht_tracer_take(f.tracer, &raw);
    feed_close(&f, 0, false, false);
    feed_done(&f, 0, 7);
    feed_end(&f);
}

static void check_socks(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_proxy *p = t->exchanges->connection->proxy;
    (void)f;
    assert_int_equal(p->socks_method, 2);
    assert_int_equal(p->socks_auth, 1);
    assert_int_equal(p->socks_reply, -1);
    assert_false(p->ok);
}

static void socks_sign_in(void **unused)
{
    (void)unused;
    struct feed f = {0};
    feed_begin(&f, check_socks);
    feed_transfer(&f, 0, "http://example.com/", "socks5h://u:p@proxy.example");
    feed_open(&f, 0, 0, "192.0.2.9", 1080);
    feed_connect(&f, 0, 0);
    feed_bytes(&f, 0, 0, HT_DIR_OUT, "\x05\x02\x00\x02", 4);
    feed_bytes(&f, 0, 0, HT_DIR_IN, "\x05\x02", 2);
    feed_bytes(&f, 0, 0, HT_DIR_OUT, "\x01\x01u\x01p", 5);
    feed_bytes(&f, 0, 0, HT_DIR_IN, "\x01\x01", 2);
    feed_close(&f, 0, true, false);
    feed_done(&f, 0, 97);
    feed_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_are_kept),        cmocka_unit_test(queries_without_an_owner),
        cmocka_unit_test(hosts_file_is_told),      cmocka_unit_test(attempts_tell_their_syns),
        cmocka_unit_test(the_newest_samples_stay), cmocka_unit_test(icmp_of_this_host),
        cmocka_unit_test(socks_sign_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
