/* SPDX-License-Identifier: MIT */
/* Rows: which URLs are asked for, in which order, and from where options are read. */
#include "options/config.h"

const struct ht_option ht_rows_url[] = {
    {.name = "config",
     .letter = 'K',
     .argument = "file",
     .categories = HT_CATEGORY_HELP | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS | HT_OPTION_TAKES_FILE,
     .help = "Read options from a file",
     .text = "One option per line: its long name without dashes, or with them, and its value behind a space, "
             "= or :. "
             "A value with white space in it stands in double quotes, where \\\\ \\\" \\t \\n \\r \\v are "
             "escapes. # begins "
             "a comment. - is standard input. They count as if they stood in the option's place.\n\n"
             "$XDG_CONFIG_HOME/httptrace/config, or ~/.config/httptrace/config, is read before the command "
             "line, unless "
             "-q is its first word. curl's own .curlrc is not read.",
     .since = "4.10",
     .apply = ht_apply_config},
    {.name = "data-urlencode",
     .argument = "data",
     .categories = HT_CATEGORY_POST | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "Send data in a POST request, percent-encoded",
     .text = "CONTENT or =CONTENT is encoded whole; NAME=CONTENT keeps the name as it is. @FILE and "
             "NAME@FILE encode "
             "what the file holds. Joined with & to what other options gave.",
     .since = "7.18.0",
     .apply = ht_apply_data_urlencode},
    {.name = "disable",
     .letter = 'q',
     .categories = HT_CATEGORY_HELP,
     .flags = HT_OPTION_SWITCH,
     .help = "As the first word: do not read the default file of options",
     .text = "Anywhere else it has no effect, as with curl.",
     .since = "5.0",
     .apply = ht_apply_nothing},
    {.name = "fail-early",
     .categories = HT_CATEGORY_HTTP | HT_CATEGORY_GATE,
     .flags = HT_OPTION_SWITCH,
     .help = "End the run with the first transfer that fails",
     .text = "Without it the others go on, and the exit code is that of the last.",
     .since = "7.52.0",
     .apply = ht_apply_fail_early},
    {.name = "get",
     .letter = 'G',
     .categories = HT_CATEGORY_HTTP | HT_CATEGORY_POST,
     .flags = HT_OPTION_SWITCH,
     .help = "Put the data into the URL's query and send a GET",
     .text = "What -d and its kin gave is appended to the query of each URL. With -I the method is HEAD.",
     .since = "7.8.1",
     .apply = ht_apply_get},
    {.name = "globoff",
     .letter = 'g',
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_SWITCH,
     .help = "Take braces and brackets in URLs as they are",
     .text = "Without it {one,two} and [1-9], [01-99:2], [a-z] stand for several URLs, and #1 in the name of "
             "-o for "
             "the present value of the first of them.",
     .since = "7.6",
     .apply = ht_apply_globoff},
    {.name = "next",
     .letter = ':',
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "Begin anew: what follows has options of its own",
     .text = "Options about the request count for the URLs up to here; those about the run and its reports "
             "count for "
             "all. Connections and cookies are kept.",
     .since = "7.36.0",
     .apply = ht_apply_next},
    {.name = "rate",
     .argument = "number/unit",
     .categories = HT_CATEGORY_CONNECTION,
     .help = "Start no more transfers than this in a time",
     .text = "5/s, 10/m, 200/h, 1000/d; an hour where no unit is named. Starts are spread evenly.",
     .since = "7.84.0",
     .apply = ht_apply_rate},
    {.name = "url",
     .argument = "url|@file",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "A URL to request, the same as a bare argument",
     .text =
         "Needed for a URL that begins with a dash. Without a scheme libcurl guesses one. @FILE is a list, a "
         "URL on "
         "each line and # before a comment; @- reads it from standard input as it comes. Lines are no globs.",
     .since = "7.5",
     .apply = ht_apply_url},
    {.name = "url-query",
     .argument = "data",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "Append to the query of each URL, percent-encoded",
     .text = "The forms are those of --data-urlencode; +CONTENT is appended as it is. With -G the data takes "
             "its place.",
     .since = "7.87.0",
     .apply = ht_apply_url_query},
    {.name = "variable",
     .argument = "[%]name=text|@file",
     .categories = HT_CATEGORY_HELP | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "Set a variable for --expand-OPTION",
     .text = "NAME=CONTENT, NAME@FILE, or %NAME for one of the environment, with =CONTENT or @FILE for where "
             "it is not "
             "set. NAME[0-99] before = or @ takes those bytes alone.\n\n"
             "Any long option with expand- before its name takes its value with {{NAME}} replaced; "
             "{{NAME:trim:json:url:b64:64dec}} applies functions in that order, and \\{{ is {{ itself.",
     .since = "8.3.0",
     .apply = ht_apply_variable},
    {.name = NULL},
};
