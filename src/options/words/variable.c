/* SPDX-License-Identifier: MIT */
/* Variables: takes --variable's settings and texts with {{names}} in them, gives texts without. */
#include "options/words/variable.h"

#include "options/config.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAME 128

static bool is_name(struct ht_span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum(name.data[i]) && name.data[i] != '_')
            return false;
    return name.len > 0 && name.len <= MOST_NAME;
}

static const struct ht_variable *find(const struct ht_variable *list, struct ht_span name)
{
    while (list && !ht_span_eq_str(name, list->name))
        list = list->next;
    return list;
}

/* [from-to] or [from-]: false where it is no range. */
static bool read_range(const char **at, size_t *from, size_t *to)
{
    char *end;
    *to = SIZE_MAX;
    if (!isdigit((unsigned char)(*at)[1]))
        return false;
    *from = strtoull(*at + 1, &end, 10);
    if (*end++ != '-')
        return false;
    if (isdigit((unsigned char)*end))
        *to = strtoull(end, &end, 10);
    *at = end + 1;
    return *end == ']' && *from <= *to;
}

static struct ht_span part_of(struct ht_span value, size_t from, size_t to)
{
    value = ht_span_from(value, from);
    return to == SIZE_MAX ? value : ht_span_head(value, to - from + 1);
}

/* What stands behind = or @. */
static enum ht_status read_content(struct ht_arena *arena, const char *flag, const char *at,
                                   struct ht_span *out, struct ht_error *error)
{
    if (*at == '=') {
        *out = ht_span_str(at + 1);
        return HT_OK;
    }
    struct ht_sink file = ht_sink(0);
    enum ht_status status = ht_value_read_file(flag, at + 1, &file, error);
    *out = ht_arena_dup(arena, ht_span(ht_sink_text(&file), file.len));
    ht_sink_free(&file);
    return status;
}

enum ht_status ht_variable_set(struct ht_variable **list, struct ht_arena *arena, const char *flag,
                               const char *text, struct ht_error *error)
{
    bool imports = *text == '%';
    const char *name = text + imports, *at = name + strcspn(name, "=@[");
    struct ht_span spelled = ht_span(name, (size_t)(at - name)), value;
    size_t from = 0, to = SIZE_MAX;
    if (!is_name(spelled))
        return ht_fail(error, HT_ERR_USAGE, "option %s: a name has letters, digits and _, up to %d", flag,
                       MOST_NAME);
    struct ht_variable *made = ht_arena_alloc(arena, sizeof *made);
    made->name = ht_arena_text(arena, spelled);
    if (*at == '[' && !read_range(&at, &from, &to))
        return ht_fail(error, HT_ERR_USAGE, "option %s: expected a range as in [0-99] behind %s", flag,
                       made->name);
    const char *imported = imports ? getenv(made->name) : NULL;
    if (imported)
        value = ht_span_str(imported);
    else if (*at != '=' && *at != '@')
        return ht_fail(error, HT_ERR_USAGE,
                       imports ? "option %s: %s is not in the environment"
                               : "option %s: expected = or @ behind %s",
                       flag, made->name);
    else if (read_content(arena, flag, at, &value, error) != HT_OK)
        return HT_ERR_USAGE;
    made->value = ht_arena_dup(arena, part_of(value, from, to));
    made->next = *list;
    *list = made; /* found before an earlier one of that name */
    return HT_OK;
}

/* ---- functions ---- */
static bool trim(struct ht_sink *out, struct ht_span in)
{
    while (in.len && isspace(in.data[0]))
        in = ht_span_from(in, 1);
    while (in.len && isspace(in.data[in.len - 1]))
        in.len--;
    ht_sink_bytes(out, in);
    return true;
}

/* RFC 8259 section 7, without the quotes around it. */
static bool to_json(struct ht_sink *out, struct ht_span in)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    for (size_t i = 0; i < in.len; i++) {
        const char *known = in.data[i] ? strchr(from, in.data[i]) : NULL;
        if (known)
            ht_sink_printf(out, "\\%c", to[known - from]);
        else if (in.data[i] < 0x20)
            ht_sink_printf(out, "\\u%04x", in.data[i]);
        else
            ht_sink_char(out, (char)in.data[i]);
    }
    return true;
}

/* RFC 3986 section 2.3. */
static bool to_url(struct ht_sink *out, struct ht_span in)
{
    for (size_t i = 0; i < in.len; i++) {
        unsigned char c = in.data[i];
        if (c < 0x80 && (isalnum(c) || (c && strchr("-._~", c))))
            ht_sink_char(out, (char)c);
        else
            ht_sink_printf(out, "%%%02X", c);
    }
    return true;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648 section 4. */
static bool to_base64(struct ht_sink *out, struct ht_span in)
{
    for (size_t i = 0; i < in.len; i += 3) {
        size_t left = in.len - i;
        unsigned word = (unsigned)in.data[i] << 16;
        word |= left > 1 ? (unsigned)in.data[i + 1] << 8 : 0;
        word |= left > 2 ? in.data[i + 2] : 0;
        ht_sink_char(out, base64[word >> 18]);
        ht_sink_char(out, base64[word >> 12 & 63]);
        ht_sink_char(out, left > 1 ? base64[word >> 6 & 63] : '=');
        ht_sink_char(out, left > 2 ? base64[word & 63] : '=');
    }
    return true;
}

static bool from_base64(struct ht_sink *out, struct ht_span in)
{
    unsigned word = 0, bits = 0;
    while (in.len && in.data[in.len - 1] == '=')
        in.len--;
    for (size_t i = 0; i < in.len; i++) {
        const char *found = in.data[i] ? strchr(base64, in.data[i]) : NULL;
        if (!found)
            return false;
        word = (word << 6 | (unsigned)(found - base64)) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            ht_sink_char(out, (char)(word >> bits & 0xff));
        }
    }
    return bits < 6;
}

static const struct {
    const char *name;
    bool (*apply)(struct ht_sink *out, struct ht_span in);
} functions[] = {
    {"trim", trim}, {"json", to_json}, {"url", to_url}, {"b64", to_base64}, {"64dec", from_base64}};

static void replace(struct ht_sink *value, bool (*apply)(struct ht_sink *, struct ht_span))
{
    struct ht_sink next = ht_sink(0);
    if (!apply(&next, ht_span(ht_sink_text(value), value->len))) {
        ht_sink_reset(&next);
        ht_sink_puts(&next, "[64dec-fail]"); /* as curl has it */
    }
    ht_sink_free(value);
    *value = next;
}

/* Applies the functions named in "name:name"; false for an unknown one. */
static bool apply_all(struct ht_sink *value, struct ht_span names)
{
    while (names.len) {
        size_t end = ht_span_find_byte(names, ':', 0), row = 0;
        while (row < sizeof functions / sizeof *functions &&
               !ht_span_eq_str(ht_span_head(names, end), functions[row].name))
            row++;
        if (row == sizeof functions / sizeof *functions)
            return false;
        replace(value, functions[row].apply);
        names = ht_span_from(names, end + 1);
    }
    return true;
}

/* One {{...}}, without its braces. */
static enum ht_status expand_one(const struct ht_variable *list, const char *flag, struct ht_span inner,
                                 struct ht_sink *out, struct ht_error *error)
{
    size_t colon = ht_span_find_byte(inner, ':', 0);
    struct ht_span name = ht_span_head(inner, colon);
    if (!is_name(name)) { /* as it is, as curl has it */
        ht_sink_printf(out, "{{%.*s}}", (int)inner.len, (const char *)inner.data);
        return HT_OK;
    }
    const struct ht_variable *found = find(list, name);
    struct ht_sink value = ht_sink(0);
    if (found)
        ht_sink_bytes(&value, found->value);
    bool known = apply_all(&value, ht_span_from(inner, colon + 1));
    bool clean = value.len == 0 || memchr(value.text, '\0', value.len) == NULL;
    ht_sink_bytes(out, ht_span(ht_sink_text(&value), value.len));
    ht_sink_free(&value);
    if (!known)
        return ht_fail(error, HT_ERR_USAGE, "option %s: the functions are trim, json, url, b64 and 64dec",
                       flag);
    return clean ? HT_OK : ht_fail(error, HT_ERR_USAGE, "option %s: a NUL is in the variable", flag);
}

enum ht_status ht_variable_expand(const struct ht_variable *list, const char *flag, const char *text,
                                  struct ht_sink *out, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    while (*text && status == HT_OK) {
        const char *open = strstr(text, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (open == NULL) {
            ht_sink_puts(out, text);
            return HT_OK;
        }
        bool escaped = open > text && open[-1] == '\\';
        ht_sink_bytes(out, ht_span(text, (size_t)(open - text) - escaped));
        if (escaped) {
            ht_sink_puts(out, "{{");
            text = open + 2;
            continue;
        }
        if (close == NULL)
            return ht_fail(error, HT_ERR_USAGE, "option %s: {{ without }}", flag);
        status = expand_one(list, flag, ht_span(open + 2, (size_t)(close - open) - 2), out, error);
        text = close + 2;
    }
    return status;
}
