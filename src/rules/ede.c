/* SPDX-License-Identifier: MIT */
/* Extended DNS errors (RFC 8914 section 4) and RCODEs (RFC 6895 section 2.3): takes numbers, gives names.
 * Source of the tables: IANA's Domain Name System (DNS) Parameters. */
#include "rules/ede.h"

#include "base/sink.h"

struct row {
    const char *name;
    bool blocks; /* says that the answer was changed or withheld on purpose */
};

static const struct row codes[] = {
    [0] = {"Other", false},
    [1] = {"Unsupported DNSKEY Algorithm", false},
    [2] = {"Unsupported DS Digest Type", false},
    [3] = {"Stale Answer", false},
    [4] = {"Forged Answer", true},
    [5] = {"DNSSEC Indeterminate", false},
    [6] = {"DNSSEC Bogus", false},
    [7] = {"Signature Expired", false},
    [8] = {"Signature Not Yet Valid", false},
    [9] = {"DNSKEY Missing", false},
    [10] = {"RRSIGs Missing", false},
    [11] = {"No Zone Key Bit Set", false},
    [12] = {"NSEC Missing", false},
    [13] = {"Cached Error", false},
    [14] = {"Not Ready", false},
    [15] = {"Blocked", true},
    [16] = {"Censored", true},
    [17] = {"Filtered", true},
    [18] = {"Prohibited", true},
    [19] = {"Stale NXDOMAIN Answer", false},
    [20] = {"Not Authoritative", false},
    [21] = {"Not Supported", false},
    [22] = {"No Reachable Authority", false},
    [23] = {"Network Error", false},
    [24] = {"Invalid Data", false},
    [25] = {"Signature Expired before Valid", false},
    [26] = {"Too Early", false},
    [27] = {"Unsupported NSEC3 Iterations Value", false},
    [28] = {"Unable to conform to policy", false},
    [29] = {"Synthesized", false},
    [30] = {"Invalid Query Type", false},
};

static const char *const rcodes[] = {
    "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",  "REFUSED",
    "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE",
};

const char *ht_dns_rcode_name(int64_t rcode)
{
    return rcode >= 0 && rcode < (int64_t)(sizeof rcodes / sizeof *rcodes) ? rcodes[rcode] : NULL;
}

const char *ht_ede_name(uint16_t code)
{
    return code < sizeof codes / sizeof *codes ? codes[code].name : NULL;
}

int ht_ede_blocks(const struct ht_query *query)
{
    for (size_t i = 0; query && i < query->ede_count; i++) {
        uint16_t code = query->ede[i];
        if (code < sizeof codes / sizeof *codes && codes[code].blocks)
            return code;
    }
    return -1;
}

const char *ht_ede_text(struct ht_claim *claim, const struct ht_query *query)
{
    struct ht_sink out = ht_sink(HT_CAP_TEXT);
    for (size_t i = 0; i < query->ede_count; i++) {
        const char *name = ht_ede_name(query->ede[i]);
        ht_sink_printf(&out, "%s%u (%s)", i ? ", " : "", query->ede[i], name ? name : "without a name");
    }
    if (query->ede_text.len)
        ht_sink_printf(&out, ": \"%s\"", ht_claim_text(claim, query->ede_text));
    const char *text = ht_arena_text(claim->arena, ht_span(ht_sink_text(&out), out.len));
    ht_sink_free(&out);
    return text;
}
