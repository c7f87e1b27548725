/* SPDX-License-Identifier: MIT */
/* The verdict and the engine: which finding leads, what takes the place of what, and what a retry has mended.
 */
#include "rules/case.h"

static struct ht_finding *add(struct case_under_test *k, const char *code, enum ht_severity severity,
                              enum ht_locus locus, enum ht_confidence confidence)
{
    const struct ht_rule *rule = ht_catalogue_find(code);
    assert_non_null(rule);
    struct ht_finding **at = &k->x->findings;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(k->arena, sizeof **at);
    **at = (struct ht_finding){.code = rule->code,
                               .severity = severity,
                               .phase = rule->phase,
                               .locus = locus,
                               .confidence = confidence,
                               .title = rule->title,
                               .exchange = k->x->id};
    return *at;
}

static void decide(struct case_under_test *k, int64_t curl_code)
{
    k->t->curl_code = curl_code;
    ht_verdict_decide(k->t);
}

static void nothing_found_is_ok(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    decide(&k, 0);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_OK);
    assert_false(k.t->verdict.has_phase);
    decide(&k, 7);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_FAILED);
    case_end(&k);
}

static void notices_leave_it_ok(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    add(&k, "http.status", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    decide(&k, 0);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_OK);
    assert_false(k.t->verdict.has_phase);
    case_end(&k);
}

static void a_warning_is_suspect_and_an_error_failed(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    add(&k, "http.gateway_error", HT_SEVERITY_WARNING, HT_LOCUS_ORIGIN, HT_CONFIDENCE_MEDIUM);
    decide(&k, 0);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_SUSPECT);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_ORIGIN);
    add(&k, "http.truncated", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    decide(&k, 0);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_FAILED);
    assert_int_equal(k.t->verdict.phase, HT_PHASE_RESPONSE);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_UNKNOWN);
    case_end(&k);
}

static void a_cause_leads_before_its_roll_up(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    add(&k, "failed.unexplained", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    add(&k, "http.killed", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_LOW);
    decide(&k, 56);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_FRONT);
    assert_int_equal(k.t->verdict.confidence, HT_CONFIDENCE_LOW);
    assert_non_null(strstr(k.t->verdict.headline, "reset after the request"));
    case_end(&k);
}

static void the_surer_and_the_later_lead(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    add(&k, "http.killed", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    add(&k, "http.malformed", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_HIGH);
    decide(&k, 56);
    assert_non_null(strstr(k.t->verdict.headline, "grammar"));
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/next");
    add(&k, "http.truncated", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    decide(&k, 18);
    assert_non_null(strstr(k.t->verdict.headline, "cut off"));
    case_end(&k);
}

static void unknown_beats_a_guess(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    add(&k, "http.killed", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    struct ht_finding *other =
        add(&k, "http.stalled", HT_SEVERITY_ERROR, HT_LOCUS_ORIGIN, HT_CONFIDENCE_MEDIUM);
    decide(&k, 56);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_UNKNOWN);
    other->locus = HT_LOCUS_FRONT;
    decide(&k, 56);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_FRONT);
    other->locus = HT_LOCUS_ORIGIN;
    other->confidence = HT_CONFIDENCE_LOW;
    decide(&k, 56);
    assert_int_equal(k.t->verdict.locus, HT_LOCUS_FRONT);
    case_end(&k);
}

static void status_with(const char *code, enum ht_severity severity, enum ht_locus locus,
                        enum ht_verdict_status wanted)
{
    struct case_under_test k;
    case_begin(&k, "http://example.com/");
    add(&k, code, severity, locus, HT_CONFIDENCE_HIGH);
    decide(&k, 0);
    if (k.t->verdict.status != wanted)
        print_message("%s is %s\n", code, ht_verdict_status_name(k.t->verdict.status));
    assert_int_equal(k.t->verdict.status, wanted);
    case_end(&k);
}

static void what_counts_as_intercepted(void **state)
{
    (void)state;
    status_with("http.portal", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_VERDICT_INTERCEPTED);
    status_with("http.portal", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_VERDICT_INTERCEPTED);
    status_with("cert.inspection_issuer", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_VERDICT_INTERCEPTED);
    status_with("tcp.refused_icmp", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_VERDICT_INTERCEPTED);
    status_with("proxy.connect_denied", HT_SEVERITY_ERROR, HT_LOCUS_PROXY, HT_VERDICT_INTERCEPTED);
    status_with("proxy.unreachable", HT_SEVERITY_ERROR, HT_LOCUS_PROXY, HT_VERDICT_FAILED);
    status_with("proxy.auth_required", HT_SEVERITY_ERROR, HT_LOCUS_PROXY, HT_VERDICT_FAILED);
    status_with("http.killed", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_VERDICT_FAILED);
    status_with("http.block_page", HT_SEVERITY_WARNING, HT_LOCUS_FRONT, HT_VERDICT_SUSPECT);
    status_with("cert.inspection_issuer", HT_SEVERITY_NOTICE, HT_LOCUS_PATH, HT_VERDICT_OK);
}

/* ---- the engine ---- */

static void more_takes_the_place_of_less(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    case_h2(&k, 1);
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    k.x->reset_code = 2;
    k.x->reset_dir = HT_DIR_IN;
    case_close(&k, HT_TCP_FIN, 9000);
    case_judge(&k, 92, 9000);
    assert_non_null(case_only(&k, "h2.stream_error"));
    assert_null(case_finding(&k, "http.truncated"));
    assert_null(case_finding(&k, "failed.unexplained"));
    case_end(&k);
}

static void a_weaker_claim_never_hides_a_graver_one(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    case_answer(&k, 200);
    case_mark(k.x->events.last, "white space before the colon (RFC 9112 section 5.1)");
    case_judge(&k, 0, 9000);
    assert_int_equal(case_only(&k, "http.malformed")->severity, HT_SEVERITY_WARNING);
    case_end(&k);

    /* A server that asks for --fail's answer: the status is what it died of, whatever the edge's mark says.
     */
    case_begin(&k, "http://example.com/");
    case_answer(&k, 404);
    case_field(&k, "cf-ray", "8a1b2c3d4e5f6071-AMS");
    case_judge(&k, 22, 9000);
    assert_int_equal(case_only(&k, "http.status")->severity, HT_SEVERITY_ERROR);
    case_end(&k);
}

static void what_a_retry_mended_is_a_notice(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    struct ht_exchange *first = k.x;
    case_h2(&k, 1);
    k.x->reset_code = 7;
    k.x->reset_dir = HT_DIR_IN;
    case_next(&k, HT_CAUSE_RETRY, "https://example.com/");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_non_null(case_found(first, "h2.refused_stream"));
    assert_int_equal(case_found(first, "h2.refused_stream")->severity, HT_SEVERITY_NOTICE);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_OK);
    case_end(&k);
}

static void what_retries_met_again_is_told_once(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    struct ht_exchange *first = k.x;
    case_h2(&k, 1);
    k.x->reset_code = 7;
    k.x->reset_dir = HT_DIR_IN;
    case_next(&k, HT_CAUSE_RETRY, "https://example.com/");
    k.x->stream = 3;
    k.x->reset_code = 7;
    k.x->reset_dir = HT_DIR_IN;
    case_judge(&k, 56, 9000);
    assert_int_equal(case_found(first, "h2.refused_stream")->severity, HT_SEVERITY_NOTICE);
    assert_int_equal(case_only(&k, "h2.refused_stream")->severity, HT_SEVERITY_ERROR);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_FAILED);
    case_end(&k);
}

static void what_options_stopped_is_this_hosts(void **state)
{
    static const struct {
        int64_t curl_code;
        enum ht_phase phase, told;
        const char *finding;
    } rows[] = {
        {45, HT_PHASE_CONNECT, HT_PHASE_CONNECT, "local.interface"},
        {49, HT_PHASE_QUEUE, HT_PHASE_QUEUE, "local.option"},
        {58, HT_PHASE_CONNECT, HT_PHASE_TLS, "local.client_certificate"},
        {59, HT_PHASE_CONNECT, HT_PHASE_TLS, "local.tls_setup"},
        {77, HT_PHASE_TLS, HT_PHASE_TLS, "local.ca_file"},
        {35, HT_PHASE_CONNECT, HT_PHASE_TLS, "local.tls_setup"},
        {26, HT_PHASE_QUEUE, HT_PHASE_QUEUE, "local.read_error"},
        {67, HT_PHASE_QUEUE, HT_PHASE_QUEUE, "local.option"},
        {25, HT_PHASE_REQUEST, HT_PHASE_REQUEST, "local.upload"},
        {18, HT_PHASE_REQUEST, HT_PHASE_REQUEST, "local.upload"},
        {82, HT_PHASE_TLS, HT_PHASE_TLS, "local.ca_file"},
        {63, HT_PHASE_REQUEST, HT_PHASE_REQUEST, "local.max_filesize"},
        {65, HT_PHASE_CONNECT, HT_PHASE_CONNECT, "local.rewind"},
    };
    struct case_under_test k;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        case_begin(&k, "https://example.com/");
        k.x->prereq_us = k.x->request.first_us = k.x->request.last_us = -1;
        k.x->request.complete = false;
        k.x->phase = rows[i].phase;
        k.x->events = (struct ht_event_list){0};
        k.c->wire_bytes[HT_DIR_OUT] = 0;
        k.c->sample_count = 0;
        k.t->error = ht_span_str("could not do as asked");
        case_judge(&k, rows[i].curl_code, 3000);
        const struct ht_finding *f = case_only(&k, rows[i].finding);
        assert_int_equal(f->locus, HT_LOCUS_LOCAL);
        assert_int_equal(f->phase, rows[i].told);
        assert_true(case_tells(f, "could not do as asked"));
        case_end(&k);
    }
}

static void an_address_of_the_other_family_is_an_option_s(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://[2001:db8::7]/");
    k.x->phase = HT_PHASE_RESOLVE;
    k.x->connection = NULL;
    k.t->error = ht_span_str("Couldn't connect to server");
    case_judge(&k, 7, 3000);
    assert_string_equal(case_only(&k, "local.option")->title,
                        "The address is not of the family that -4 or -6 asks for");
    case_end(&k);
}

static void an_answer_to_head_has_no_body(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    k.x->method = ht_span_str("HEAD");
    case_answer(&k, 200);
    case_judge(&k, 28, 900000);
    assert_int_equal(case_only(&k, "local.head_body")->locus, HT_LOCUS_LOCAL);
    case_end(&k);
}

/* libcurl has the same code for whatever ends a handshake. */
static void a_handshake_that_began_was_not_stopped_here(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, 35, 3000);
    assert_null(case_finding(&k, "local.tls_setup"));
    case_end(&k);
}

static void a_failure_is_never_silent(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    case_answer(&k, 200);
    case_judge(&k, 99, 9000);
    assert_int_equal(case_only(&k, "failed.unexplained")->severity, HT_SEVERITY_ERROR);
    assert_null(k.t->verdict.headline);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_FAILED);
    case_end(&k);
}

static void judging_twice_says_the_same(void **state)
{
    struct case_under_test k;
    size_t count = 0;
    (void)state;
    case_begin(&k, "http://example.com/");
    case_close(&k, HT_TCP_FIN, 3000);
    case_judge(&k, 52, 3000);
    case_judge(&k, 52, 3000);
    for (const struct ht_finding *f = k.x->findings; f; f = f->next)
        count += strcmp(f->code, "http.empty") == 0;
    assert_int_equal(count, 1);
    case_end(&k);
}

static void early_words_stay_and_are_said_once(void **state)
{
    struct case_under_test k;
    (void)state;
    case_begin(&k, "https://example.com/");
    struct ht_h2 *h2 = case_h2(&k, 1);
    struct ht_h2_stall stall = {.stream = 1, .dir = HT_DIR_OUT, .start_us = 3000, .end_us = -1};
    k.x->request.complete = false;
    k.x->request.body_bytes = 65535;
    h2->stalls = &stall;
    assert_null(ht_rules_early(&k.trace, k.t, 4000, NULL));
    const struct ht_finding *f = ht_rules_early(&k.trace, k.t, 9 * 1000 * 1000, NULL);
    assert_non_null(f);
    assert_string_equal(f->code, "h2.flow_control_stall");
    assert_null(ht_rules_early(&k.trace, k.t, 9 * 1000 * 1000, NULL));
    assert_true(ht_rules_explain_silence(k.t));
    case_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_found_is_ok),
        cmocka_unit_test(notices_leave_it_ok),
        cmocka_unit_test(a_warning_is_suspect_and_an_error_failed),
        cmocka_unit_test(a_cause_leads_before_its_roll_up),
        cmocka_unit_test(the_surer_and_the_later_lead),
        cmocka_unit_test(unknown_beats_a_guess),
        cmocka_unit_test(what_counts_as_intercepted),
        cmocka_unit_test(more_takes_the_place_of_less),
        cmocka_unit_test(a_weaker_claim_never_hides_a_graver_one),
        cmocka_unit_test(what_a_retry_mended_is_a_notice),
        cmocka_unit_test(what_retries_met_again_is_told_once),
        cmocka_unit_test(a_failure_is_never_silent),
        cmocka_unit_test(what_options_stopped_is_this_hosts),
        cmocka_unit_test(an_address_of_the_other_family_is_an_option_s),
        cmocka_unit_test(an_answer_to_head_has_no_body),
        cmocka_unit_test(a_handshake_that_began_was_not_stopped_here),
        cmocka_unit_test(judging_twice_says_the_same),
        cmocka_unit_test(early_words_stay_and_are_said_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
