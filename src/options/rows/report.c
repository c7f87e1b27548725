/* SPDX-License-Identifier: MIT */
/* Rows: reports, their formats and what is in them. */
#include "options/config.h"

const struct ht_option ht_rows_report[] = {
    {.name = "capture-max",
     .argument = "bytes",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_OURS,
     .help = "Let --report pcapng take no more than this, 256M by default",
     .text =
         "Bytes, with K, M or G at the end for powers of 1024. That much of what sockets carried is kept in "
         "a temporary file while the run lasts, and is in the capture; where more comes the capture "
         "ends, which a comment in it and a note say, and the run goes on.",
     .since = "0.1.0",
     .apply = ht_apply_capture_max},
    {.name = "echo-header",
     .argument = "name",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_GATE,
     .flags = HT_OPTION_OURS,
     .help = "Expect the answer to carry this field back, as X-Debug-ID",
     .text = "The field of the answer must have the value that -H gives the request's field of that name, or "
             "hold "
             "the trace id of --traceparent. Where it does not, something on the way lost it: the finding "
             "http.trace_id_lost.",
     .since = "0.1.0",
     .apply = ht_apply_echo_header},
    {.name = "events",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Report every event as it happens, as JSON Lines",
     .text = "Short for --report events: one JSON object a line, each written at once, in the schema "
             "httptrace.event/1. --report events=FILE leaves the text on standard output.",
     .since = "0.1.0",
     .apply = ht_apply_events},
    {.name = "har-bodies",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Put bodies into --report har",
     .text =
         "Up to 1 MiB of each body, sent and received. Nothing in them is masked. With --record they are in "
         "the record as well, and --read needs the option again to show them.",
     .since = "0.1.0",
     .apply = ht_apply_har_bodies},
    {.name = "json",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Report as JSON",
     .text = "One object per URL, in the schema httptrace.report/1; one line each, indented on a terminal. "
             "curl's --json DATA is --json-data here.",
     .since = "0.1.0",
     .apply = ht_apply_json},
    {.name = "list-reports",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_HELP,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "List the formats of --report",
     .text = "A line for each format. docs/reports.md explains them.",
     .since = "0.1.0",
     .apply = ht_apply_list_reports},
    {.name = "report",
     .argument = "format[=file]",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS | HT_OPTION_REPEATS,
     .help = "Report in this format, on standard output or to a file",
     .text =
         "--list-reports names the formats. With a file the report goes there, and standard output has its "
         "own "
         "as ever; without one it takes the place of that. The option may be used many times, with a file "
         "for "
         "each. A file appears whole at the end of the run, or not at all. --output-dir and --create-dirs "
         "hold "
         "for it.\n\n"
         "A report that cannot be written does not stop the others: the reason is told at the end, and the "
         "exit code is 2. A named pipe counts as one where nobody reads it within two seconds.",
     .since = "0.1.0",
     .apply = ht_apply_report},
    {.name = "sarif-category",
     .argument = "name",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_OURS,
     .help = "Name the analysis that --report sarif is of",
     .text = "Code scanning keeps the results of each category apart: an upload closes what an earlier one "
             "of its "
             "category found and it did not. Without the option the category is made from the first URL.",
     .since = "0.1.0",
     .apply = ht_apply_sarif_category},
    {.name = "show-secrets",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Show credentials and cookies in the report",
     .text = "Without it the values of Authorization, Proxy-Authorization, Cookie and Set-Cookie, of fields "
             "named "
             "like a secret, as X-Api-Key and Private-Token, passwords in URLs, and their parameters named "
             "like a "
             "secret are masked in every output but a record file and a capture.",
     .since = "0.1.0",
     .apply = ht_apply_show_secrets},
    {.name = "timeline",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Put every decoded event into the JSON report",
     .text = "Fills the report's timeline, which is empty otherwise.",
     .since = "0.1.0",
     .apply = ht_apply_timeline},
    {.name = "traceparent",
     .argument = "value",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_OURS,
     .help = "Join a distributed trace and send a traceparent field",
     .text =
         "A traceparent as W3C Trace Context has it; or new, for a trace of its own. Each transfer is a span "
         "with an id of its own, which its requests name. With --report otlp the environment variable "
         "TRACEPARENT is joined as well, and TRACESTATE is sent with it. A traceparent by -H stays as it "
         "is.",
     .since = "0.1.0",
     .apply = ht_apply_traceparent},
    {.name = NULL},
};
