/* SPDX-License-Identifier: MIT */
/* Rows: the report, the live view, record files, the response body, help. */
#include "options/config.h"

const struct ht_option ht_rows_own[] = {
    {.name = "curl",
     .since = "0.1.0",
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
     .since = "0.1.0",
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
     .text = "man, bash, zsh or fish; markdown, findings, checks and reports are docs/options.md, "
             "docs/findings.md, docs/checks.md and docs/reports.md.",
     .since = "0.1.0",
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
     .since = "4.0",
     .apply = ht_apply_help},
    {.name = "manual",
     .letter = 'M',
     .categories = HT_CATEGORY_HELP,
     .help = "Explain every option",
     .text = "What --help says of an option, for all of them. Ends after that.",
     .since = "5.2",
     .apply = ht_apply_manual},
    {.name = "metalink",
     .categories = HT_CATEGORY_HELP,
     .flags = HT_OPTION_SWITCH,
     .help = "Refused, as by curl: Metalink files are not read",
     .text = "curl dropped Metalink in 7.78.0.",
     .since = "7.27.0",
     .apply = ht_apply_metalink},
    {.name = "quiet",
     .since = "0.1.0",
     .categories = HT_CATEGORY_TRACE,
     .flags = HT_OPTION_SWITCH | HT_OPTION_OURS,
     .help = "No text report, but a line for a transfer that failed",
     .text =
         "The line is on standard error: httptrace, libcurl's code in parentheses, and the sentence that a "
         "report would begin with; of several URLs, with the URL behind it; -s without -S hides it too. "
         "Where --fail-on makes the exit code 100, a line names the finding. What "
         "--report, --json or --events ask for, gates, records and -v work as ever.",
     .apply = ht_apply_quiet},
    {.name = "read",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS | HT_OPTION_TAKES_FILE,
     .help = "Report on a record file in place of a URL",
     .text = "Reads what --record wrote; nothing is sent. - is standard input.",
     .since = "0.1.0",
     .apply = ht_apply_read},
    {.name = "record",
     .argument = "file",
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_OURS | HT_OPTION_TAKES_FILE,
     .help = "Keep everything that happened in a record file",
     .text = "What was sent and received is in it, secrets included, so only its owner may read it. --read "
             "makes the same report of it again.",
     .since = "0.1.0",
     .apply = ht_apply_record},
    {.name = "show-headers",
     .categories = HT_CATEGORY_OUTPUT,
     .flags = HT_OPTION_SWITCH,
     .help = "Write the response head before the body, the same as --include",
     .text = "What later curls call --include.",
     .since = "8.10.0",
     .apply = ht_apply_output_rule},
    {.name = "verbose",
     .letter = 'v',
     .categories = HT_CATEGORY_TRACE | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_SWITCH | HT_OPTION_REPEATS,
     .help = "Show what happens while it happens; -vv and -vvv more",
     .text = "-v prints a line per step on standard error: *, > and < as curl has them, } and { for messages "
             "of TLS "
             "and HTTP/2 that were sent and received, ! for a finding. -vv adds the fields of each message "
             "and frame, "
             "-vvv bytes. Called under the name curl, a single -v "
             "writes what curl's does.",
     .since = "4.0",
     .apply = ht_apply_verbose},
    {.name = "version",
     .letter = 'V',
     .categories = HT_CATEGORY_HELP,
     .help = "Print the versions of httptrace and its libraries",
     .text = "Ends after that.",
     .since = "4.0",
     .apply = ht_apply_version},
    {.name = NULL},
};
