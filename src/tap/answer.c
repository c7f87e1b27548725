/* SPDX-License-Identifier: MIT */
/* DNS answers: takes a message as it came, gives its RCODE, how many addresses it has and what extended
 * errors it carries (RFC 1035 section 4, RFC 6891 section 6.1, RFC 8914 section 2). */
#include "base/reader.h"
#include "tap/query.h"

#include <arpa/nameser.h>
#include <stdio.h>

#define EDE_OPTION 15 /* RFC 8914 section 5.1 */

static void take_ede(struct ht_span option, struct ht_tap_answer *answer)
{
    struct ht_reader r = ht_reader(option);
    unsigned code = ht_read_u16(&r);
    struct ht_span text = ht_read_rest(&r);
    size_t used = strlen(answer->ede);
    if (r.failed || used + 7 > sizeof answer->ede)
        return;
    snprintf(answer->ede + used, sizeof answer->ede - used, "%s%u", used ? "," : "", code);
    if (answer->ede_text_len > 0 || text.len == 0)
        return;
    text = ht_span_head(text, sizeof answer->ede_text);
    memcpy(answer->ede_text, text.data, text.len);
    answer->ede_text_len = text.len;
}

/* The TTL of an OPT record holds the upper bits of the RCODE. */
static void take_opt(const ns_rr *record, struct ht_tap_answer *answer)
{
    struct ht_reader r = ht_reader(ht_span(ns_rr_rdata(*record), ns_rr_rdlen(*record)));
    answer->rcode |= (int)(ns_rr_ttl(*record) >> 24) << 4;
    while (ht_reader_left(&r) > 0 && !r.failed) {
        unsigned code = ht_read_u16(&r);
        struct ht_span option = ht_read_vec16(&r);
        if (code == EDE_OPTION && !r.failed)
            take_ede(option, answer);
    }
}

static void each_record(ns_msg *message, ns_sect section, int type, struct ht_tap_answer *answer)
{
    for (int i = 0; i < ns_msg_count(*message, section); i++) {
        ns_rr record;
        if (ns_parserr(message, section, i, &record) != 0)
            return;
        if (section == ns_s_an && ns_rr_type(record) == (unsigned)type)
            answer->addresses++;
        else if (section == ns_s_ar && ns_rr_type(record) == ns_t_opt)
            take_opt(&record, answer);
    }
}

bool ht_tap_read_answer(struct ht_span message, uint16_t id, int type, struct ht_tap_answer *answer)
{
    ns_msg parsed;
    *answer = (struct ht_tap_answer){.rcode = -1};
    if (message.len > NS_MAXMSG || ns_initparse(message.data, (int)message.len, &parsed) != 0)
        return false;
    if (ns_msg_id(parsed) != id || !ns_msg_getflag(parsed, ns_f_qr))
        return false;
    answer->rcode = ns_msg_getflag(parsed, ns_f_rcode);
    each_record(&parsed, ns_s_an, type, answer);
    each_record(&parsed, ns_s_ar, type, answer);
    return true;
}
