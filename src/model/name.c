/* SPDX-License-Identifier: MIT */
/* The model's enums by name, as the JSON report spells them. */
#include "model/model.h"

#define NAME_FUNCTION(function, type, ...)                                                                   \
    const char *function(type value)                                                                         \
    {                                                                                                        \
        static const char *const names[] = {__VA_ARGS__};                                                    \
        return (size_t)value < sizeof names / sizeof *names ? names[value] : NULL;                           \
    }

NAME_FUNCTION(ht_phase_name, enum ht_phase, "queue", "resolve", "connect", "proxy", "tls", "request", "wait",
              "response")
NAME_FUNCTION(ht_layer_name, enum ht_layer, "curl", "dns", "tcp", "socks", "tls", "http1", "http2")
NAME_FUNCTION(ht_dir_name, enum ht_dir, "", "out", "in")
NAME_FUNCTION(ht_locus_name, enum ht_locus, "unknown", "local", "path", "proxy", "front", "origin")
NAME_FUNCTION(ht_severity_name, enum ht_severity, "info", "notice", "warning", "error")
NAME_FUNCTION(ht_confidence_name, enum ht_confidence, "low", "medium", "high")
NAME_FUNCTION(ht_verdict_status_name, enum ht_verdict_status, "ok", "suspect", "intercepted", "failed")
NAME_FUNCTION(ht_outcome_name, enum ht_outcome, "ok", "failed", "reused", "skipped", "pending")
NAME_FUNCTION(ht_cause_name, enum ht_cause, "initial", "redirect", "auth", "retry", "fallback")
NAME_FUNCTION(ht_framing_name, enum ht_framing, "none", "content-length", "chunked", "close", "h2", "upgrade")
NAME_FUNCTION(ht_http_version_name, enum ht_http_version, NULL, "1.0", "1.1", "2", "3")
NAME_FUNCTION(ht_attempt_outcome_name, enum ht_attempt_outcome, "pending", "connected", "refused", "timeout",
              "unreachable", "cancelled", "failed")
NAME_FUNCTION(ht_resolve_source_name, enum ht_resolve_source, "resolver", "hosts", "cache", "option",
              "literal", "doh", "untapped")
NAME_FUNCTION(ht_tcp_end_name, enum ht_tcp_end, "open", "fin", "rst", "timeout", "closed")
NAME_FUNCTION(ht_proxy_kind_name, enum ht_proxy_kind, "http", "https", "socks4", "socks5")
NAME_FUNCTION(ht_sample_point_name, enum ht_sample_point, "connected", "request_sent", "first_byte", "timer",
              "close", "transfer_end")
NAME_FUNCTION(ht_ocsp_status_name, enum ht_ocsp_status, NULL, "good", "revoked", "unknown", "unparsed")
