/* SPDX-License-Identifier: MIT */
/* Rows: forms, uploads, and answers that are asked for in part or under a condition. */
#include "options/config.h"

const struct ht_option ht_rows_body[] = {
    {.name = "continue-at",
     .letter = 'C',
     .argument = "offset",
     .categories = HT_CATEGORY_HTTP,
     .help = "Resume a transfer at an offset",
     .text = "Asks for the bytes from OFFSET on and appends them to the output, or sends an upload from "
             "there on. "
             "- takes the length that the output file has. A server that sends the whole instead ends the "
             "transfer with exit code 33.",
     .since = "4.8",
     .apply = ht_apply_continue_at},
    {.name = "etag-compare",
     .argument = "file",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Ask for what has changed since the entity tag in a file",
     .text = "Sends If-None-Match with what the file holds. A file that is empty compares with nothing, and "
             "so does one "
             "that is not there while --etag-save is given.",
     .since = "7.68.0",
     .apply = ht_apply_etag_compare},
    {.name = "etag-save",
     .argument = "file",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Save the entity tag of the response to a file",
     .text = "What --etag-compare reads the next time. A response without a tag leaves the file empty.",
     .since = "7.68.0",
     .apply = ht_apply_etag_save},
    {.name = "form",
     .letter = 'F',
     .argument = "name=content",
     .categories = HT_CATEGORY_POST | HT_CATEGORY_HTTP | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_REPEATS,
     .help = "Send a field of a form, or a file, as multipart/form-data",
     .text = "NAME=VALUE is a field. NAME=@FILE sends a file with its name, NAME=@FILE,FILE several, "
             "NAME=<FILE what a "
             "file holds as the value; - is standard input. Behind it may stand ;type=CONTENT-TYPE, "
             ";filename=NAME, "
             ";encoder=7bit, 8bit, binary, base64 or quoted-printable, and ;headers=\"NAME: VALUE\" or "
             ";headers=@FILE. A value in double quotes may hold , and ; and, behind a backslash, quotes.\n\n"
             "NAME=( begins a multipart within the form and =) ends it. Files are read while they are sent.",
     .since = "5.0",
     .apply = ht_apply_form},
    {.name = "form-escape",
     .categories = HT_CATEGORY_POST | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_SWITCH,
     .help = "Escape names of form fields and files with backslashes",
     .text = "Without it they are percent-encoded where they hold a quote or a line end, as browsers do.",
     .since = "7.81.0",
     .apply = ht_apply_switch,
     .option = "MIME_OPTIONS"},
    {.name = "form-string",
     .argument = "name=string",
     .categories = HT_CATEGORY_POST | HT_CATEGORY_HTTP,
     .flags = HT_OPTION_REPEATS,
     .help = "Send a field of a form with exactly this value",
     .text = "As --form, but @, <, ; and quotes in the value mean nothing.",
     .since = "7.13.2",
     .apply = ht_apply_form_string},
    {.name = "time-cond",
     .letter = 'z',
     .argument = "time",
     .categories = HT_CATEGORY_HTTP,
     .flags = HT_OPTION_TAKES_FILE,
     .help = "Ask for what has changed since a time",
     .text = "A date, or a file whose time of modification counts. -TIME asks for what has not changed since "
             "then "
             "(If-Unmodified-Since), =TIME sends Last-Modified. What is neither a date nor a file is left "
             "out with a "
             "note.",
     .since = "5.8",
     .apply = ht_apply_time_cond},
    {.name = "upload-file",
     .letter = 'T',
     .argument = "file",
     .categories = HT_CATEGORY_POST | HT_CATEGORY_HTTP | HT_CATEGORY_IMPORTANT,
     .flags = HT_OPTION_REPEATS | HT_OPTION_TAKES_FILE,
     .help = "Upload a file with PUT",
     .text = "One for each URL, in their order; the file's name is appended to a URL that ends with a slash. "
             "- and . are "
             "standard input, which is sent in chunks as it comes; an empty argument uploads nothing.",
     .since = "4.0",
     .apply = ht_apply_upload_file},
    {0},
};
