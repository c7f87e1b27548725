/* SPDX-License-Identifier: MIT */
/* Values of options: takes a word of the command line, gives a number, a time, a file's bytes; or says what
 * is wrong. */
#include "cli/config.h"

#include "base/escape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_SHOWN 120u

/* Reads digits; gives how many there were, 0 as well where the number does not fit. */
static size_t digits(const char *text, int64_t *out)
{
    size_t at = 0;
    int64_t value = 0;
    for (; text[at] >= '0' && text[at] <= '9'; at++)
        if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_add_overflow(value, (int64_t)(text[at] - '0'), &value))
            return 0;
    *out = value;
    return at;
}

bool ht_value_integer(const char *text, int64_t *out)
{
    bool minus = text[0] == '-';
    if (minus || text[0] == '+')
        text++;
    size_t len = digits(text, out);
    if (minus)
        *out = -*out;
    return len > 0 && text[len] == '\0';
}

/* The first three digits after the point; what follows them is below a millisecond. */
static bool fraction_ms(const char *text, int64_t *out_ms)
{
    int64_t weight = 100;
    *out_ms = 0;
    for (; *text >= '0' && *text <= '9'; text++, weight /= 10)
        *out_ms += (*text - '0') * weight;
    return *text == '\0';
}

bool ht_value_seconds(const char *text, int64_t *out_ms)
{
    int64_t seconds = 0, ms = 0;
    size_t len = digits(text, &seconds);
    const char *rest = text + len;
    bool has_fraction = rest[0] == '.' && rest[1] != '\0';
    if ((len == 0 && !has_fraction) || (has_fraction ? !fraction_ms(rest + 1, &ms) : rest[0] != '\0'))
        return false;
    return !__builtin_mul_overflow(seconds, (int64_t)1000, out_ms) &&
           !__builtin_add_overflow(*out_ms, ms, out_ms);
}

const char *ht_value_shown(struct ht_arena *arena, const char *text)
{
    struct ht_sink sink = ht_sink(0);
    size_t len = strlen(text);
    ht_escape_text(&sink, ht_span(text, len < MAX_SHOWN ? len : MAX_SHOWN));
    const char *shown = ht_arena_printf(arena, "%s%s", ht_sink_text(&sink), len > MAX_SHOWN ? "..." : "");
    ht_sink_free(&sink);
    return shown;
}

enum ht_status ht_value_fail(struct ht_error *error, const struct ht_option_use *use, const char *what)
{
    struct ht_arena *arena = ht_arena_new();
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "option %s: expected %s, got \"%s\"", use->flag,
                                    what, ht_value_shown(arena, use->value));
    ht_arena_free(arena);
    return status;
}

static char *unescape(const char **at, char *to)
{
    const char *from = *at + 1;
    if (*from != ':' && *from != '\\')
        *to++ = '\\';
    if (*from)
        *to++ = *from++;
    *at = from;
    return to;
}

void ht_value_cert(struct ht_arena *arena, const char *value, const char **file, const char **password)
{
    char *name = ht_arena_text(arena, ht_span_str(value)), *to = name;
    *file = name;
    *password = NULL;
    if (strncasecmp(value, "pkcs11:", 7) == 0)
        return;
    while (*value && !(*value == ':' && value[1])) {
        if (*value == '\\')
            to = unescape(&value, to);
        else if (*value == ':')
            value++;
        else
            *to++ = *value++;
    }
    *to = '\0';
    if (*value)
        *password = ht_arena_text(arena, ht_span_str(value + 1));
}

enum ht_status ht_value_read_file(const char *flag, const char *path, struct ht_sink *out,
                                  struct ht_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    int failed = file ? 0 : errno;
    char block[65536]; /* larger than stdio's own buffer, which then stays out of the way */
    size_t len;
    while (file && (len = fread(block, 1, sizeof block, file)) > 0)
        ht_sink_bytes(out, ht_span(block, len));
    if (file && ferror(file))
        failed = errno ? errno : EIO;
    if (file && !standard)
        fclose(file);
    if (!failed)
        return HT_OK;
    struct ht_arena *arena = ht_arena_new();
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "option %s: cannot read \"%s\": %s", flag,
                                    ht_value_shown(arena, path), strerror(failed));
    ht_arena_free(arena);
    return status;
}
