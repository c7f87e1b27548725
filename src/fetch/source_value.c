/* SPDX-License-Identifier: MIT */
/* Source of single values: takes texts, numbers and constants, gives C as the curl tool writes it. */
#include "fetch/source_code.h"

#include "fetch/symbols.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* A byte that is not printed is octal where a hex digit follows, as \x would take that in. */
static void put_byte(struct ht_sink *out, uint8_t byte, bool digit_follows)
{
    static const char named[] = "\\\"?\n\r\t", letters[] = "\\\"?nrt";
    const char *found = byte ? strchr(named, byte) : NULL;
    if (found)
        ht_sink_printf(out, "\\%c", letters[found - named]);
    else if (byte >= 0x20 && byte < 0x7f)
        ht_sink_char(out, (char)byte);
    else
        ht_sink_printf(out, digit_follows ? "\\%03o" : "\\x%02x", byte);
}

void ht_source_code_string(struct ht_sink *out, struct ht_span text)
{
    ht_sink_char(out, '"');
    for (size_t i = 0; i < text.len; i++)
        put_byte(out, text.data[i], i + 1 < text.len && isxdigit(text.data[i + 1]));
    ht_sink_char(out, '"');
}

void ht_source_code_begin(struct ht_source_code *code, const char *option)
{
    ht_sink_printf(&code->body, "  curl_easy_setopt(hnd, CURLOPT_%s, ", option);
}

void ht_source_code_end(struct ht_source_code *code)
{
    ht_sink_puts(&code->body, ");\n");
}

void ht_source_code_text(struct ht_source_code *code, const char *option, struct ht_span text)
{
    ht_source_code_begin(code, option);
    ht_source_code_string(&code->body, text);
    ht_source_code_end(code);
}

void ht_source_code_number(struct ht_source_code *code, const char *option, bool offset, int64_t number)
{
    ht_source_code_begin(code, option);
    ht_sink_printf(&code->body, offset ? "(curl_off_t)%" PRId64 : "%" PRId64 "L", number);
    ht_source_code_end(code);
}

static const char *name_of(const char *const *names, long number)
{
    long value = 0;
    for (; names && *names; names++)
        if (ht_symbol_find(*names, &value) && value == number)
            return *names;
    return NULL;
}

/* The bits that have names, one below the other, and as a number what is left. */
static void put_bits(struct ht_source_code *code, const char *option, const char *const *names, long number)
{
    int indent = (int)(strlen("  curl_easy_setopt(hnd, CURLOPT_, ") + strlen(option));
    unsigned long left = (unsigned long)number;
    bool first = true;
    for (; *names; names++) {
        long value = 0;
        bool single = ht_symbol_find(*names, &value) && value > 0 && (value & (value - 1)) == 0;
        if (!single || (left & (unsigned long)value) == 0)
            continue;
        if (!first)
            ht_sink_printf(&code->body, " |\n%*s", indent, "");
        ht_sink_printf(&code->body, "(long)%s", *names);
        first = false;
        left &= ~(unsigned long)value;
    }
    if (left)
        ht_sink_printf(&code->body, "%s |\n%*s%luUL", first ? "(long)CURLAUTH_NONE" : "", indent, "", left);
}

void ht_source_code_symbol(struct ht_source_code *code, const char *option, long number)
{
    bool bits = false;
    const char *const *names = ht_source_names(option, &bits);
    const char *name = name_of(names, number);
    if (!name && !bits) {
        ht_source_code_number(code, option, false, number);
        return;
    }
    ht_source_code_begin(code, option);
    if (name)
        ht_sink_printf(&code->body, "(long)%s", name);
    else
        put_bits(code, option, names, number);
    ht_source_code_end(code);
}

unsigned ht_source_code_list(struct ht_source_code *code)
{
    unsigned list = ++code->list_count;
    ht_sink_printf(&code->declarations, "  struct curl_slist *slist%u;\n", list);
    ht_sink_printf(&code->lists, "  slist%u = NULL;\n", list);
    ht_sink_printf(&code->cleanup, "  curl_slist_free_all(slist%u);\n  slist%u = NULL;\n", list, list);
    return list;
}

void ht_source_code_entry(struct ht_source_code *code, unsigned list, const char *text)
{
    ht_sink_printf(&code->lists, "  slist%u = curl_slist_append(slist%u, ", list, list);
    ht_source_code_string(&code->lists, ht_span_str(text));
    ht_sink_puts(&code->lists, ");\n");
}
