/* SPDX-License-Identifier: MIT */
/* Values of options: takes a word of the command line, gives a number, a time, a file's bytes; or says what
 * is wrong. */
#include "options/config.h"

#include "base/escape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SHOWN       120u
#define EXIT_READ_ERROR 26 /* CURLE_READ_ERROR, as curl from 8.3 on */

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

bool ht_value_seconds(const char *text, int64_t *out_ms)
{
    char *rest;
    /* strtod() takes names of infinity and of no number as well, and spaces. */
    if (!(text[0] >= '0' && text[0] <= '9') && text[0] != '.' && text[0] != '+')
        return false;
    double seconds = strtod(text, &rest);
    if (rest == text || *rest || !(seconds >= 0) || seconds > (double)(INT64_MAX / 2000))
        return false;
    *out_ms = (int64_t)(seconds * 1000);
    return true;
}

bool ht_value_size(const char *text, int64_t *out_bytes)
{
    static const char units[] = "BKMG";
    size_t len = digits(text, out_bytes);
    const char *unit = text[len] ? strchr(units, text[len] & ~0x20) : units;
    if (!len || !unit || (text[len] && text[len + 1]))
        return false;
    return !__builtin_mul_overflow(*out_bytes, INT64_C(1) << (10 * (unit - units)), out_bytes);
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

enum ht_status ht_value_read_sent(struct ht_config *config, const struct ht_option_use *use, const char *path,
                                  struct ht_sink *out, struct ht_error *error)
{
    struct ht_error missing = {0};
    enum ht_status status = ht_value_read_file(use->flag, path, out, &missing);
    if (status != HT_OK && config->as_curl) {
        ht_config_note(config, "%s: it counts as empty", missing.text);
        return HT_OK;
    }
    if (status != HT_OK && error) {
        *error = missing;
        error->exit_code = EXIT_READ_ERROR;
    }
    return status;
}
