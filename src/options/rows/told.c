/* SPDX-License-Identifier: MIT */
/* Rows: what is told of a transfer beside the report: --write-out, --trace and its kin, --libcurl. */
#include "options/config.h"

const struct ht_option ht_rows_told[] = {
    {.name = "libcurl",
     .argument = "file",
     .categories = HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Write the C source that asks libcurl for the same",
     .text = "In the form of curl's --libcurl: a program with a block for each transfer, which says in a "
             "comment what "
             "cannot be source. - is standard output. Nothing in it is masked.",
     .since = "7.16.1",
     .apply = ht_apply_libcurl},
    {.name = "trace",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Write what libcurl shows to a file, in hex and ASCII",
     .text =
         "In the format of curl's --trace: libcurl's messages, heads and bodies, and the messages of TLS. - "
         "is "
         "standard output, and % standard error. Of --trace and --trace-ascii the last one holds; -v is "
         "independent of it.\n\n"
         "Nothing in it is masked: it holds credentials, cookies and bodies as they were sent and received.",
     .since = "7.9.7",
     .apply = ht_apply_trace},
    {.name = "trace-ascii",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Write what libcurl shows to a file, without hex",
     .text = "As --trace, with a line per line of a head. Nothing in it is masked.",
     .since = "7.9.7",
     .apply = ht_apply_trace},
    {.name = "trace-config",
     .argument = "components",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_REPEATS,
     .help = "Have libcurl show more of some of its components in --trace",
     .text =
         "Names separated by commas, as curl_global_trace(3) lists them: http/2, ssl, dns, all. ids and time "
         "mean --trace-ids and --trace-time. Other names need a libcurl of 8.3.0 or later.",
     .since = "8.3.0",
     .apply = ht_apply_trace_config},
    {.name = "trace-ids",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH,
     .help = "Begin each item of --trace with its transfer and connection",
     .text = "Their numbers as [0-1], x where there is no connection. Needs a libcurl of 8.2.0 or later.",
     .since = "8.2.0",
     .apply = ht_apply_trace_ids},
    {.name = "trace-time",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH,
     .help = "Begin each item of --trace with the time of day",
     .text = "The local one, to the microsecond.",
     .since = "7.14.0",
     .apply = ht_apply_trace_time},
    {.name = "write-out",
     .letter = 'w',
     .argument = "format",
     .categories = HT_CATEGORY_OUTPUT | HT_CATEGORY_IMPORTANT,
     .help = "Print this after each transfer, its facts for %{variables}",
     .text =
         "curl's variables: %{http_code}, %{time_total}, %{url_effective} and all others, %{json} for an "
         "object of "
         "them, %{header_json} for the response's header fields and %header{NAME} for one of them. \\n, \\r "
         "and \\t "
         "are what they are in C, and %% is a percent sign. @FILE reads the format from a file, @- from "
         "standard "
         "input, without its line ends.\n\n"
         "It goes to standard output, after the body; the report then goes to standard error. %{stderr}, "
         "%{stdout}, %output{FILE} and %output{>>FILE} lead what follows elsewhere, and %{onerror} lets what "
         "follows be for failures alone.\n\n"
         "Of newer curls' there are %{url.host} and its kin for the parts of the URL, %{urle.host} for those "
         "of "
         "the last one, %{num_retries}, %header{NAME:all:SEPARATOR} for all fields of that name and "
         "%time{FORMAT} for the time as strftime(3) writes it. A variable that needs a newer libcurl is an "
         "unknown one. Nothing is masked.",
     .since = "6.5",
     .apply = ht_apply_write_out},
    {.name = NULL},
};
