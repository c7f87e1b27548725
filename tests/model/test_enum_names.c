/* SPDX-License-Identifier: MIT */
/* Every value of every enum of the model by its name in the report, letter by letter: scripts rely on them.
 */
#include "unit.h"

#include "model/model.h"

/* The names in order of value, as one text; NULL shows as "-". One past the last gives NULL. */
#define NAMES(function, type, last, text)                                                                    \
    do {                                                                                                     \
        char got[300] = "";                                                                                  \
        for (int value = 0; value <= (int)(last); value++) {                                                 \
            const char *name = function((type)value);                                                        \
            strncat(got, value ? "|" : "", sizeof got - strlen(got) - 1);                                    \
            strncat(got, name ? name : "-", sizeof got - strlen(got) - 1);                                   \
        }                                                                                                    \
        assert_string_equal(got, text);                                                                      \
        assert_null(function((type)((int)(last) + 1)));                                                      \
        assert_null(function((type)-1));                                                                     \
    } while (0)

static void of_events(void **unused)
{
    (void)unused;
    NAMES(ht_phase_name, enum ht_phase, HT_PHASE_COUNT - 1,
          "queue|resolve|connect|proxy|tls|request|wait|response");
    NAMES(ht_layer_name, enum ht_layer, HT_LAYER_HTTP2, "curl|dns|tcp|socks|tls|http1|http2");
    NAMES(ht_dir_name, enum ht_dir, HT_DIR_IN, "|out|in");
    NAMES(ht_sample_point_name, enum ht_sample_point, HT_SAMPLE_TRANSFER_END,
          "connected|request_sent|first_byte|timer|close|transfer_end");
}

static void of_findings(void **unused)
{
    (void)unused;
    NAMES(ht_locus_name, enum ht_locus, HT_LOCUS_ORIGIN, "unknown|local|path|proxy|front|origin");
    NAMES(ht_severity_name, enum ht_severity, HT_SEVERITY_ERROR, "info|notice|warning|error");
    NAMES(ht_confidence_name, enum ht_confidence, HT_CONFIDENCE_HIGH, "low|medium|high");
    NAMES(ht_verdict_status_name, enum ht_verdict_status, HT_VERDICT_FAILED, "ok|suspect|intercepted|failed");
}

static void of_exchanges(void **unused)
{
    (void)unused;
    NAMES(ht_outcome_name, enum ht_outcome, HT_OUTCOME_PENDING, "ok|failed|reused|skipped|pending");
    NAMES(ht_cause_name, enum ht_cause, HT_CAUSE_FALLBACK, "initial|redirect|auth|retry|fallback");
    NAMES(ht_framing_name, enum ht_framing, HT_FRAMING_UPGRADE,
          "none|content-length|chunked|close|h2|upgrade");
    NAMES(ht_http_version_name, enum ht_http_version, HT_HTTP_3, "-|1.0|1.1|2|3");
}

static void of_connections(void **unused)
{
    (void)unused;
    NAMES(ht_attempt_outcome_name, enum ht_attempt_outcome, HT_ATTEMPT_FAILED,
          "pending|connected|refused|timeout|unreachable|cancelled|failed");
    NAMES(ht_resolve_source_name, enum ht_resolve_source, HT_SOURCE_UNTAPPED,
          "resolver|hosts|cache|option|literal|doh|untapped");
    NAMES(ht_tcp_end_name, enum ht_tcp_end, HT_TCP_CLOSED, "open|fin|rst|timeout|closed");
    NAMES(ht_proxy_kind_name, enum ht_proxy_kind, HT_PROXY_SOCKS5, "http|https|socks4|socks5");
    NAMES(ht_ocsp_status_name, enum ht_ocsp_status, HT_OCSP_UNPARSED, "-|good|revoked|unknown|unparsed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_events),
        cmocka_unit_test(of_findings),
        cmocka_unit_test(of_exchanges),
        cmocka_unit_test(of_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
