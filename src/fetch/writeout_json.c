/* SPDX-License-Identifier: MIT */
/* %{json} and %{header_json}: takes a transfer that is over, gives JSON with the very bytes of the curl
 * tool's. */
#include "fetch/writeout.h"

#include <inttypes.h>

/* Bytes past ASCII go out as they came: they are UTF-8, or nobody knows what they are. */
static void put_string(struct ht_sink *out, const char *text)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    ht_sink_char(out, '"');
    for (const char *at = text; *at; at++) {
        const char *found = strchr(named, *at);
        if (found) {
            ht_sink_char(out, '\\');
            ht_sink_char(out, letters[found - named]);
        } else if ((unsigned char)*at < ' ') {
            ht_sink_printf(out, "\\u%04x", (unsigned)*at);
        } else {
            ht_sink_char(out, *at);
        }
    }
    ht_sink_char(out, '"');
}

static void put_lower(struct ht_sink *out, const char *name)
{
    struct ht_sink lower = ht_sink(0);
    for (; *name; name++)
        ht_sink_char(&lower, *name >= 'A' && *name <= 'Z' ? (char)(*name + 'a' - 'A') : *name);
    put_string(out, ht_sink_text(&lower));
    ht_sink_free(&lower);
}

static void put_values(struct ht_sink *out, CURL *easy, const struct curl_header *first)
{
    const size_t amount = first->amount; /* what `first` points to changes with the next call */
    struct ht_sink name = ht_sink(0);
    if (amount == 1) { /* libcurl looks through all of them for each that it is asked for */
        put_string(out, first->value);
        return;
    }
    ht_sink_puts(&name, first->name);
    for (size_t i = 0; i < amount; i++) {
        struct curl_header *at = NULL;
        if (curl_easy_header(easy, name.text, i, CURLH_HEADER, -1, &at) != CURLHE_OK)
            break;
        if (i)
            ht_sink_char(out, ',');
        put_string(out, at->value);
    }
    ht_sink_free(&name);
}

void ht_writeout_header_json(struct ht_sink *out, CURL *easy)
{
    struct curl_header *at = NULL;
    bool first = true;
    ht_sink_char(out, '{');
    while ((at = curl_easy_nextheader(easy, CURLH_HEADER, -1, at)) != NULL) {
        if (at->index != 0)
            continue;
        struct curl_header here = *at;
        if (!first)
            ht_sink_puts(out, ",\n");
        first = false;
        put_lower(out, here.name);
        ht_sink_puts(out, ":[");
        put_values(out, easy, &here);
        ht_sink_char(out, ']');
    }
    ht_sink_puts(out, "\n}");
}

static void put_value(struct ht_sink *out, const struct ht_writeout_variable *row,
                      const struct ht_writeout *about)
{
    struct ht_writeout_value value;
    ht_writeout_get(row, about, &value);
    put_string(out, row->name);
    ht_sink_char(out, ':');
    if (row->type == HT_WRITEOUT_TEXT && value.text)
        put_string(out, value.text);
    else if (row->type == HT_WRITEOUT_TEXT)
        ht_sink_puts(out, "null");
    else if (row->type == HT_WRITEOUT_TIME)
        ht_writeout_seconds(out, value.number);
    else
        ht_sink_printf(out, "%" PRId64, value.number);
    ht_sink_char(out, ',');
    ht_sink_free(&value.memory);
}

void ht_writeout_json(struct ht_sink *out, const struct ht_writeout *about, unsigned version)
{
    size_t count;
    const struct ht_writeout_variable *rows = ht_writeout_variables(&count);
    ht_sink_char(out, '{');
    for (size_t i = 0; i < count; i++)
        if (rows[i].since <= version)
            put_value(out, &rows[i], about);
    ht_sink_puts(out, "\"curl_version\":");
    put_string(out, curl_version());
    ht_sink_char(out, '}');
}
