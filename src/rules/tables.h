/* SPDX-License-Identifier: MIT */
/* Every table of rules; a new file of rules is named here and in the catalogue. */
#ifndef HT_RULES_TABLES_H
#define HT_RULES_TABLES_H

#include "rules/rule.h"

extern const struct ht_rule_table ht_rules_dns, ht_rules_dns_answer, ht_rules_tcp, ht_rules_tcp_data,
    ht_rules_tcp_dead, ht_rules_proxy, ht_rules_proxy_more, ht_rules_tls, ht_rules_tls_silence,
    ht_rules_tls_agreed, ht_rules_alert, ht_rules_cert, ht_rules_cert_trust, ht_rules_alpn, ht_rules_reuse,
    ht_rules_http, ht_rules_http_cut, ht_rules_http_grammar, ht_rules_http_body, ht_rules_page, ht_rules_h2,
    ht_rules_h2_flow, ht_rules_trace_context, ht_rules_latency, ht_rules_local, ht_rules_last;

#endif
