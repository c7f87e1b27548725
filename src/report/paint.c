/* SPDX-License-Identifier: MIT */
/* Takes harmless UTF-8, writes it styled, cut or wrapped by the columns that a terminal needs (UAX #11,
 * ECMA-48 SGR). */
#include "report/paint.h"

#include "base/escape.h"

struct range {
    uint32_t first, last;
};

/* What takes no column of its own: combining marks, joiners, variation selectors. */
static const struct range narrow_none[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC},   {0x0900, 0x0902}, {0x093A, 0x093A}, {0x093C, 0x093C}, {0x0941, 0x0948},
    {0x0E31, 0x0E31},   {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF},   {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF},
    {0xE0100, 0xE01EF},
};

/* East Asian Wide and Fullwidth, and emoji. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26BD, 0x26BE},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F19A}, {0x1F200, 0x1F265}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static const char *const sgr[] = {
    [HT_STYLE_PLAIN] = "",        [HT_STYLE_BOLD] = "\033[1m",  [HT_STYLE_DIM] = "\033[2m",
    [HT_STYLE_GOOD] = "\033[32m", [HT_STYLE_WARN] = "\033[33m", [HT_STYLE_BAD] = "\033[31m",
    [HT_STYLE_BAR] = "\033[36m",  [HT_STYLE_OUT] = "\033[36m",  [HT_STYLE_IN] = "\033[35m"};

/* The characters that our own texts use. */
static const struct {
    uint32_t character;
    const char *ascii;
} ascii_for[] = {{0xA0, " "},    {0xB5, "u"},    {0xB7, "-"},   {0xD7, "x"},     {0x2010, "-"},
                 {0x2013, "-"},  {0x2014, "-"},  {0x2019, "'"}, {0x2026, "..."}, {0x2192, "->"},
                 {0x2264, "<="}, {0x2265, ">="}, {0x2717, "x"}};

static bool within(const struct range *ranges, size_t count, uint32_t c)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= c;
}

static size_t columns_of(uint32_t c)
{
    if (c < 0x300)
        return 1;
    if (within(narrow_none, sizeof narrow_none / sizeof *narrow_none, c))
        return 0;
    return within(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

/* Bytes of the character at `at`, and its columns; a broken byte counts as one. */
static size_t next(struct ht_span s, size_t at, size_t *columns)
{
    uint32_t c = 0;
    size_t len = ht_utf8_next(s, at, &c);
    *columns = len ? columns_of(c) : 1;
    return len ? len : 1;
}

size_t ht_paint_columns(const char *text)
{
    struct ht_span s = ht_span_str(text);
    size_t total = 0, columns = 0;
    for (size_t at = 0; at < s.len; at += next(s, at, &columns), total += columns)
        ;
    return total;
}

static void ascii_character(struct ht_sink *out, struct ht_span s, uint32_t c)
{
    for (size_t i = 0; i < sizeof ascii_for / sizeof *ascii_for; i++) {
        if (ascii_for[i].character == c) {
            ht_sink_puts(out, ascii_for[i].ascii);
            return;
        }
    }
    for (size_t i = 0; i < s.len; i++)
        ht_sink_printf(out, "\\x%02x", s.data[i]);
}

/* The text as it will be written; the caller frees the sink. */
static struct ht_sink translated(const struct ht_paint *paint, const char *text)
{
    struct ht_sink out = ht_sink(0);
    struct ht_span s = ht_span_str(text);
    ht_sink_puts(&out, paint->unicode ? text : "");
    for (size_t at = 0; !paint->unicode && at < s.len;) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(s, at, &c);
        len = len ? len : 1;
        if (s.data[at] < 0x80)
            ht_sink_bytes(&out, ht_span(s.data + at, 1));
        else
            ascii_character(&out, ht_span(s.data + at, len), c);
        at += len;
    }
    return out;
}

size_t ht_paint_columns_as(const struct ht_paint *paint, const char *text)
{
    struct ht_sink t = translated(paint, text);
    size_t columns = ht_paint_columns(ht_sink_text(&t));
    ht_sink_free(&t);
    return columns;
}

static void styled(const struct ht_paint *paint, enum ht_style style, struct ht_span text, const char *tail)
{
    bool color = paint->color && style != HT_STYLE_PLAIN && (text.len || *tail);
    ht_sink_puts(paint->out, color ? sgr[style] : "");
    ht_sink_bytes(paint->out, text);
    ht_sink_puts(paint->out, tail);
    ht_sink_puts(paint->out, color ? "\033[0m" : "");
}

void ht_paint_text(const struct ht_paint *paint, enum ht_style style, const char *text)
{
    struct ht_sink t = translated(paint, text);
    styled(paint, style, ht_span(ht_sink_text(&t), t.len), "");
    ht_sink_free(&t);
}

/* Bytes of `s` from `from` on that fit, and their columns. */
static size_t fitting(struct ht_span s, size_t from, size_t columns, size_t *used)
{
    size_t at = from, one = 0;
    *used = 0;
    while (at < s.len) {
        size_t len = next(s, at, &one);
        if (*used + one > columns)
            break;
        *used += one;
        at += len;
    }
    return at - from;
}

size_t ht_paint_fit(const struct ht_paint *paint, enum ht_style style, const char *text, size_t columns)
{
    struct ht_sink t = translated(paint, text);
    struct ht_span s = ht_span(ht_sink_text(&t), t.len);
    const char *tail = "";
    size_t used = 0, len = fitting(s, 0, columns, &used);
    if (len < s.len) {
        tail = paint->unicode ? "\u2026" : "...";
        size_t room = paint->unicode ? 1 : 3;
        len = fitting(s, 0, columns > room ? columns - room : 0, &used);
        while (len && s.data[len - 1] == ' ')
            len--, used--;
        used += room;
    }
    styled(paint, style, ht_span_head(s, len), tail);
    ht_sink_free(&t);
    return used;
}

/* Where a line of at most `columns` ends: after a word, or within one that is longer than the line. */
static size_t line_end(struct ht_span s, size_t from, size_t columns)
{
    size_t used = 0, len = fitting(s, from, columns, &used), cut = len;
    if (from + len >= s.len || s.data[from + len] == ' ')
        return from + len;
    while (cut && s.data[from + cut - 1] != ' ')
        cut--;
    if (cut)
        return from + cut;
    return from + (len ? len : 1);
}

void ht_paint_wrap(const struct ht_paint *paint, enum ht_style style, const char *text, size_t at,
                   size_t indent)
{
    struct ht_sink t = translated(paint, text);
    struct ht_span s = ht_span(ht_sink_text(&t), t.len);
    size_t from = 0;
    indent = indent + 16 > paint->width ? 2 : indent;
    do {
        size_t room = paint->width > at + 8 ? paint->width - at : 8;
        size_t end = line_end(s, from, room), trimmed = end;
        while (trimmed > from && s.data[trimmed - 1] == ' ')
            trimmed--;
        styled(paint, style, ht_span(s.data + from, trimmed - from), "");
        ht_paint_newline(paint);
        for (from = end; from < s.len && s.data[from] == ' ';)
            from++;
        if (from < s.len)
            ht_sink_fill(paint->out, ' ', indent);
        at = indent;
    } while (from < s.len);
    ht_sink_free(&t);
}

void ht_paint_newline(const struct ht_paint *paint)
{
    ht_sink_char(paint->out, '\n');
}
