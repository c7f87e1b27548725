/* SPDX-License-Identifier: MIT */
/* Rows: what is tried again, how often and after how long. */
#include "options/config.h"

const struct ht_option ht_rows_retry[] = {
    {.name = "retry",
     .argument = "num",
     .categories = HT_CATEGORY_CONNECTION | HT_CATEGORY_HTTP,
     .help = "Try a transfer that failed in passing again, so many times",
     .text =
         "In passing are: a timeout, a name that was not found, and an answer of 408, 429, 500, 502, 503 or "
         "504. Before the first new attempt it waits 1 second, then twice as long each time, 10 minutes at "
         "most; an answer's Retry-After takes the place of that.\n\n"
         "Each attempt is a transfer with a report of its own, which says whether another one follows; the "
         "body of an earlier attempt is taken back from its file. --expect, --fail-on, -w and the exit code "
         "are about the last one.",
     .since = "7.12.3",
     .apply = ht_apply_retry},
    {.name = "retry-all-errors",
     .categories = HT_CATEGORY_CONNECTION | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_SWITCH,
     .help = "Try again whatever the error was (with --retry)",
     .text = "An answer of 404 is an error only with -f or --fail-with-body.",
     .since = "7.71.0",
     .apply = ht_apply_retry_switch},
    {.name = "retry-connrefused",
     .categories = HT_CATEGORY_CONNECTION | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_SWITCH,
     .help = "Try a refused connection again (with --retry)",
     .text = "For a server that is still starting.",
     .since = "7.52.0",
     .apply = ht_apply_retry_switch},
    {.name = "retry-delay",
     .argument = "seconds",
     .categories = HT_CATEGORY_CONNECTION | HT_CATEGORY_HTTP,
     .help = "Wait so long before each new attempt",
     .text = "0 stands for the waits that double.",
     .since = "7.12.3",
     .apply = ht_apply_retry},
    {.name = "retry-max-time",
     .argument = "seconds",
     .categories = HT_CATEGORY_CONNECTION | HT_CATEGORY_HTTP,
     .help = "Begin no new attempt so long after the first",
     .text =
         "One that has begun may go past it: -m limits each. Nor is an answer waited for that asks for more "
         "time than this leaves. 0 is no limit.",
     .since = "7.12.3",
     .apply = ht_apply_retry},
    {0}};
