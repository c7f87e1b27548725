/* SPDX-License-Identifier: MIT */
/* URL globbing: takes a URL with {sets} and [ranges], gives its combinations one by one. */
#include "options/urls/glob.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define EXIT_MALFORMED    3   /* CURLE_URL_MALFORMAT */
#define MOST_ADDRESS      128 /* bytes of an IPv6 literal in brackets */
#define MOST_DIGITS       19  /* of a number that fits into 64 bits with room to spare */
#define MOST_COMBINATIONS (UINT64_MAX >> 1)

struct walk {
    struct ht_arena *arena;
    const char *pattern, *at;
    struct ht_glob *out;
    struct ht_error *error;
};

static enum ht_status fail_at(const struct walk *walk, const char *at, const char *what)
{
    walk->out->failed_at = (size_t)(at - walk->pattern) + 1;
    enum ht_status status =
        ht_fail(walk->error, HT_ERR_USAGE, "%s in URL position %zu", what, walk->out->failed_at);
    if (walk->error)
        walk->error->exit_code = EXIT_MALFORMED;
    return status;
}

static enum ht_status fail(const struct walk *walk, const char *what)
{
    return fail_at(walk, walk->at, what);
}

static enum ht_status add_part(struct walk *walk, struct ht_glob_part part)
{
    struct ht_glob *glob = walk->out;
    if (glob->part_count == HT_GLOB_PARTS)
        return fail(walk, "too many patterns");
    if (part.count > MOST_COMBINATIONS / glob->combinations)
        return fail(walk, "range overflow");
    glob->combinations *= part.count;
    glob->parts[glob->part_count++] = part;
    return HT_OK;
}

/* The length of brackets that are no range: of an IPv6 literal, its zone included (RFC 3986, RFC 6874), and
 * of empty ones, as with curl. 0: they are one. */
static size_t literal_len(const char *at)
{
    if (at[1] == ']')
        return 2;
    char text[MOST_ADDRESS];
    struct in6_addr address;
    const char *end = strchr(at, ']');
    size_t len = end ? (size_t)(end - at) + 1 : 0;
    if (len < 4 || len > sizeof text)
        return 0;
    size_t inner = strcspn(at + 1, "%]");
    memcpy(text, at + 1, inner);
    text[inner] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1 ? len : 0;
}

static bool is_special(char c)
{
    return c && strchr("{}[]", c);
}

static enum ht_status read_text(struct walk *walk)
{
    struct ht_sink text = ht_sink(0);
    enum ht_status status = HT_OK;
    for (size_t len; *walk->at && *walk->at != '{' && status == HT_OK; walk->at += len) {
        len = *walk->at == '[' ? literal_len(walk->at) : 1;
        if (len == 0)
            break;
        if (*walk->at == '}' || *walk->at == ']') {
            status = fail(walk, "unmatched close brace/bracket");
            break;
        }
        if (*walk->at == '\\' && is_special(walk->at[1]))
            walk->at++;
        ht_sink_bytes(&text, ht_span(walk->at, len));
    }
    if (status == HT_OK && text.len) {
        const char **item = ht_arena_alloc(walk->arena, sizeof *item);
        *item = ht_arena_text(walk->arena, ht_span(text.text, text.len));
        status = add_part(walk, (struct ht_glob_part){.kind = HT_GLOB_TEXT, .items = item, .count = 1});
    }
    ht_sink_free(&text);
    return status;
}

/* One item of the set that `open` begins, up to its comma or the closing brace. */
static enum ht_status read_item(struct walk *walk, const char *open, struct ht_sink *item)
{
    for (; *walk->at != ',' && *walk->at != '}'; walk->at++) {
        if (*walk->at == '\0')
            return fail_at(walk, open, "unmatched brace");
        if (*walk->at == '{' || *walk->at == '[')
            return fail(walk, "nested brace");
        if (*walk->at == ']')
            return fail(walk, "unexpected close bracket");
        if (*walk->at == '\\' && walk->at[1])
            walk->at++;
        ht_sink_char(item, *walk->at);
    }
    return HT_OK;
}

static size_t most_items(const char *at)
{
    size_t count = 1;
    for (; *at && *at != '}'; at++)
        count += *at == ',';
    return count + 1;
}

static enum ht_status read_set(struct walk *walk)
{
    const char **items = ht_arena_alloc(walk->arena, most_items(walk->at) * sizeof *items);
    struct ht_glob_part part = {.kind = HT_GLOB_SET, .items = items};
    const char *open = walk->at;
    if (open[1] == '}')
        return fail_at(walk, open + 1, "empty string within braces");
    enum ht_status status;
    do {
        struct ht_sink item = ht_sink(0);
        walk->at++;
        status = read_item(walk, open, &item);
        items[part.count++] = ht_arena_text(walk->arena, ht_span(ht_sink_text(&item), item.len));
        ht_sink_free(&item);
    } while (status == HT_OK && *walk->at == ',');
    walk->at += status == HT_OK;
    return status == HT_OK ? add_part(walk, part) : status;
}

static bool read_number(const char **at, uint64_t *out)
{
    size_t len = strspn(*at, "0123456789");
    *out = 0;
    if (len == 0 || len > MOST_DIGITS)
        return false;
    for (size_t i = 0; i < len; i++)
        *out = *out * 10 + (uint64_t)((*at)[i] - '0');
    *at += len;
    return *out <= MOST_COMBINATIONS;
}

/*
 * The rest of a range behind its bounds: "]" or ":STEP]". `last` is where the part before it begins. What is
 * wrong with the numbers is told behind the range, other things where they are.
 */
static enum ht_status end_range(struct walk *walk, const char *last, const char *at, struct ht_glob_part part,
                                uint64_t most)
{
    part.step = 1;
    if (*at == ':') {
        last = ++at;
        if (!read_number(&at, &part.step))
            return fail_at(walk, last, "bad range");
    }
    if (*at != ']')
        return fail_at(walk, last, "bad range");
    bool single = part.least == most;
    if (part.step == 0 || (single && part.step != 1) || part.least > most ||
        (!single && part.step > most - part.least))
        return fail_at(walk, at + 1, "bad range");
    part.count = (most - part.least) / part.step + 1;
    walk->at = at + 1;
    return add_part(walk, part);
}

static enum ht_status read_letters(struct walk *walk)
{
    const char *at = walk->at + 1;
    if (at[1] != '-' || !isalpha((unsigned char)at[2]) || at[2] - at[0] > 'z' - 'a')
        return fail_at(walk, at, "bad range");
    struct ht_glob_part part = {.kind = HT_GLOB_LETTERS, .least = (unsigned char)at[0]};
    return end_range(walk, at, at + 3, part, (unsigned char)at[2]);
}

static enum ht_status read_numbers(struct walk *walk)
{
    const char *at = walk->at + 1;
    struct ht_glob_part part = {.kind = HT_GLOB_NUMBERS};
    uint64_t most;
    part.width = *at == '0' ? (int)strspn(at, "0123456789") : 0;
    if (!read_number(&at, &part.least) || *at++ != '-')
        return fail_at(walk, walk->at + 1, "bad range");
    at += strspn(at, " \t");
    const char *last = at;
    if (!read_number(&at, &most))
        return fail_at(walk, last, "bad range");
    return end_range(walk, last, at, part, most);
}

static enum ht_status read_range(struct walk *walk)
{
    unsigned char first = (unsigned char)walk->at[1];
    if (isalpha(first))
        return read_letters(walk);
    return isdigit(first) ? read_numbers(walk) : fail_at(walk, walk->at + 1, "bad range specification");
}

enum ht_status ht_glob_parse(struct ht_arena *arena, const char *pattern, struct ht_glob *out,
                             struct ht_error *error)
{
    struct walk walk = {arena, pattern, pattern, out, error};
    enum ht_status status = HT_OK;
    out->part_count = 0;
    out->combinations = 1;
    while (*walk.at && status == HT_OK) {
        status = read_text(&walk);
        if (status == HT_OK && *walk.at == '{')
            status = read_set(&walk);
        else if (status == HT_OK && *walk.at == '[')
            status = read_range(&walk);
    }
    return status;
}

static void write_part(const struct ht_glob_part *part, struct ht_sink *out)
{
    uint64_t value = part->least + part->at * part->step;
    if (part->items)
        ht_sink_puts(out, part->items[part->at]);
    else if (part->kind == HT_GLOB_LETTERS)
        ht_sink_char(out, (char)value);
    else
        ht_sink_printf(out, "%0*llu", part->width, (unsigned long long)value);
}

void ht_glob_write(const struct ht_glob *glob, struct ht_sink *out)
{
    for (size_t i = 0; i < glob->part_count; i++)
        write_part(&glob->parts[i], out);
}

bool ht_glob_next(struct ht_glob *glob)
{
    for (size_t i = glob->part_count; i-- > 0;) {
        if (++glob->parts[i].at < glob->parts[i].count)
            return true;
        glob->parts[i].at = 0;
    }
    return false;
}

/* The N-th pattern, from 1; NULL where there are not so many. */
static const struct ht_glob_part *pattern_at(const struct ht_glob *glob, uint64_t number)
{
    for (size_t i = 0; i < glob->part_count; i++)
        if (glob->parts[i].kind != HT_GLOB_TEXT && --number == 0)
            return &glob->parts[i];
    return NULL;
}

void ht_glob_fill(const struct ht_glob *glob, const char *text, struct ht_sink *out)
{
    while (*text) {
        const char *at = text + 1;
        uint64_t number = 0;
        bool named = *text == '#' && read_number(&at, &number) && number > 0;
        const struct ht_glob_part *part = named ? pattern_at(glob, number) : NULL;
        if (part)
            write_part(part, out);
        else
            ht_sink_char(out, *text);
        text = part ? at : text + 1;
    }
}
