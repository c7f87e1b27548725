/* SPDX-License-Identifier: MIT */
/* The gates that the user asked for: what --expect and --fail-on make of a run's exit code. */
#ifndef HT_CLI_GATE_H
#define HT_CLI_GATE_H

#include "base/sink.h"
#include "options/options.h"

/* Lives for one run. A check that does not hold outranks a finding: it was written for this very request. */
struct ht_gate {
    const struct ht_command *command;
    bool finding, expect; /* some transfer did not pass */
};

/* What the gates say of one transfer that was judged. */
struct ht_gate_result {
    int exit_code;
    const char *why;         /* harmless, static or in the arena; NULL where libcurl's words say it */
    struct ht_check *checks; /* in the arena, in the order of the command line */
    size_t check_count;
};

/* `code`: the transfer's without gates. Where the run was interrupted, that stays its code. */
struct ht_gate_result ht_gate_judge(struct ht_gate *gate, struct ht_arena *arena,
                                    const struct ht_transfer *transfer, int code);
/* The process's code, from that of the run without gates. */
int ht_gate_exit_code(const struct ht_gate *gate, int code);
/* A line for each check that did not hold: "expect failed: status=200: got 404". With several URLs each line
 * ends with its own. */
void ht_gate_tell(const struct ht_gate *gate, struct ht_sink *out, const struct ht_gate_result *result,
                  const struct ht_transfer *transfer);

#endif
