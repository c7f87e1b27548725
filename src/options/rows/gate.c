/* SPDX-License-Identifier: MIT */
/* Rows: findings, checks, exit codes. */
#include "options/config.h"

const struct ht_option ht_rows_gate[] = {
    {.name = "ci",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Judge as in a pipeline: --fail-on error, plain text",
     .text =
         "The same as --fail-on error, unless --fail-on says otherwise, with output for a log: no colour, "
         "no character outside ASCII, JSON in one line.\n\n"
         "In a step of GitHub Actions (GITHUB_ACTIONS=true) standard output has --report github, unless "
         "another report is to have it, and a Markdown report is appended to GITHUB_STEP_SUMMARY.",
     .since = "0.1.0",
     .apply = ht_apply_ci},
    {.name = "expect",
     .argument = "check",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_REPEATS | HT_OPTION_OURS,
     .help = "Exit with 101 unless this holds, as in status=200",
     .text = "A subject, an operator and a value: status=200, http=2, tls>=1.3, alpn=h2, issuer~\"Let's "
             "Encrypt\", "
             "cert.days_left>=14, phase.wait<300ms, finding!=tls.*, header.server~nginx, and more in "
             "docs/checks.md. The operators are = != < <= > >=, and ~ and !~ for a text that is "
             "within another, in any case. Each check that does not hold gets a line on standard error. What "
             "cannot be "
             "judged, as the transfer did not get that far, does not hold.",
     .since = "0.1.0",
     .apply = ht_apply_expect},
    {.name = "explain",
     .argument = "code",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_HELP,
     .flags = HT_OPTION_OURS,
     .help = "Explain a finding: what it means and what to try",
     .text = "Prints one row of what --list-findings lists, and ends.",
     .since = "0.1.0",
     .apply = ht_apply_explain},
    {.name = "fail-on",
     .argument = "severity",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS,
     .help = "Exit with 100 on a finding of this severity or above",
     .text = "info, notice, warning or error. The exit code then is 100 in place of libcurl's own.",
     .since = "0.1.0",
     .apply = ht_apply_fail_on},
    {.name = "give-up-early",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_CONNECTION,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Stop waiting once a finding explains the silence",
     .text = "Ends a transfer that waits for nothing, as soon as a finding of high confidence says why. It "
             "ends as a "
             "timeout does, with code 28.",
     .since = "0.1.0",
     .apply = ht_apply_give_up_early},
    {.name = "ignore",
     .argument = "code",
     .categories = HT_CATEGORY_GATE,
     .flags = HT_OPTION_REPEATS | HT_OPTION_OURS,
     .help = "Leave a finding out, as if it were not there",
     .text = "A code, or a shell pattern of codes such as cert.*. --list-findings lists all of them.",
     .since = "0.1.0",
     .apply = ht_apply_ignore},
    {.name = "list-findings",
     .categories = HT_CATEGORY_GATE | HT_CATEGORY_HELP,
     .flags = HT_OPTION_OURS,
     .help = "List every finding there is",
     .text = "One line each: code, severity, who does it, title. Ends after that.",
     .since = "0.1.0",
     .apply = ht_apply_list_findings},
    {.name = "warn-slow",
     .argument = "phase=ms",
     .categories = HT_CATEGORY_GATE,
     .flags = HT_OPTION_REPEATS | HT_OPTION_OURS,
     .help = "Warn of a phase that takes longer",
     .text = "A phase (queue, resolve, connect, proxy, tls, request, wait, response) and its limit in "
             "milliseconds: wait=300. A phase that took longer is a finding of severity warning, "
             "latency.PHASE.",
     .since = "0.1.0",
     .apply = ht_apply_warn_slow},
    {.name = NULL},
};
