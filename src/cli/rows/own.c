/* SPDX-License-Identifier: MIT */
/* Rows: the report, the live view, record files, the response body, help. */
#include "cli/config.h"

const struct ht_option ht_rows_own[] = {
    {.name = "curl",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_HELP,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Print the curl command that asks for the same, and end",
     .text =
         "The options are those that curl has, as they were given and in their order, with --json-data by "
         "its name there, --json; those from a file that -K names stand in its place. Files that options "
         "name stay named. Quotes are a shell's, where a word needs them; control characters need one that "
         "knows $'...', as bash, zsh and ksh do. Secrets are printed as they were given, since the command "
         "is for use.\n\n"
         "curl sends a User-Agent of its own, and reads its own ~/.curlrc unless -q is its first option.\n\n"
         "With --read the command is made from the recorded request: method, URL, header fields, the "
         "version of HTTP, proxy. Then secrets are masked unless --show-secrets is given. A record holds "
         "no bodies: the command names the file request-body for one.",
     .apply = ht_apply_curl},
    {.name = "dry-run",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Show the request that would be sent, and send nothing",
     .text =
         "libcurl makes the request as ever, but a peer within this process gets it: no name is looked up, "
         "nothing is connected to, no file is written. Shown are where it would connect, the TLS offer with "
         "its fingerprints, what a proxy would be asked, the request's head and the length of its body. "
         "--json gives an object of the schema httptrace.request/1 for each URL.\n\n"
         "It is the first request that is shown, no redirect and no answer to a challenge: --digest, "
         "--ntlm and --anyauth begin without a password, and Negotiate without its ticket. A SOCKS proxy is "
         "named and left out. The exit code is 0 where there was a request to show.",
     .apply = ht_apply_dry_run},
    {.name = "generate",
     .argument = "kind",
     .categories = HT_CATEGORY_HELP,
     .flags = HT_OPTION_OURS,
     .help = "Print the man page, completions or this documentation",
     .text = "man, bash, zsh or fish; markdown, findings and checks are docs/options.md, docs/findings.md "
             "and docs/checks.md.",
     .apply = ht_apply_generate},
    {.name = "help",
     .letter = 'h',
     .argument = "topic",
     .categories = HT_CATEGORY_HELP | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_MAY_TAKE,
     .help = "Help on everything important, a category or an option",
     .text =
         "Without a topic the important options are listed. The topic all lists every option, category the "
         "categories, a category's name its options, and an option, written as --name or -n, explains "
         "that one.",
     .apply = ht_apply_help},
    {.name = "include",
     .letter = 'i',
     .categories = HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_SWITCH,
     .help = "Write the response head before the body",
     .text = "Goes where -o sends the body.",
     .apply = ht_apply_include},
    {.name = "json",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Report as JSON",
     .text = "One object per URL, in the schema httptrace.report/1; one line each, indented on a terminal. "
             "curl's --json DATA is --json-data here.",
     .apply = ht_apply_json},
    {.name = "output",
     .letter = 'o',
     .argument = "file",
     .categories = HT_CATEGORY_OUTPUT | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_REPEATS | HT_OPTION_TAKES_FILE,
     .help = "Write the response body to a file",
     .text =
         "Without this option the body is discarded. The first -o belongs to the first URL, the second to "
         "the second. - is standard output, and the report then goes to standard error.",
     .apply = ht_apply_output},
    {.name = "read",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS | HT_OPTION_TAKES_FILE,
     .help = "Report on a record file in place of a URL",
     .text = "Reads what --record wrote; nothing is sent. - is standard input.",
     .apply = ht_apply_read},
    {.name = "record",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS | HT_OPTION_TAKES_FILE,
     .help = "Keep everything that happened in a record file",
     .text = "What was sent and received is in it, secrets included, so only its owner may read it. --read "
             "makes the same report of it again.",
     .apply = ht_apply_record},
    {.name = "show-error",
     .letter = 'S',
     .categories = HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_SWITCH,
     .help = "Accepted for curl's sake: errors are always shown",
     .text = "There is nothing to turn on or off.",
     .apply = ht_apply_nothing},
    {.name = "show-secrets",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Show credentials and cookies in the report",
     .text =
         "Without it the values of Authorization, Proxy-Authorization, Cookie and Set-Cookie, passwords in "
         "URLs, and query parameters named like a secret are masked in every output but a record file.",
     .apply = ht_apply_show_secrets},
    {.name = "silent",
     .letter = 's',
     .categories = HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_SWITCH,
     .help = "Accepted for curl's sake: there is no progress meter",
     .text = "There is nothing to silence; errors and the report stay.",
     .apply = ht_apply_nothing},
    {.name = "timeline",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "Put every decoded event into the JSON report",
     .text = "Fills the report's timeline, which is empty otherwise.",
     .apply = ht_apply_timeline},
    {.name = "url",
     .argument = "url",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "A URL to request, the same as a bare argument",
     .text = "Needed for a URL that begins with a dash. Without a scheme libcurl guesses http.",
     .apply = ht_apply_url},
    {.name = "verbose",
     .letter = 'v',
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_SWITCH | HT_OPTION_REPEATS,
     .help = "Show what happens while it happens; -vv and -vvv more",
     .text = "-v prints a line per step on standard error: *, > and < as curl has them, ! for a finding. -vv "
             "adds decoded TLS messages and HTTP/2 frames, -vvv bytes.",
     .apply = ht_apply_verbose},
    {.name = "version",
     .letter = 'V',
     .categories = HT_CATEGORY_HELP,
     .help = "Print the versions of httptrace and its libraries",
     .text = "Ends after that.",
     .apply = ht_apply_version},
    {.name = NULL},
};
