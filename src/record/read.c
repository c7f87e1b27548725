/* SPDX-License-Identifier: MIT */
/* Reading a record: takes a file of JSON Lines (RFC 8259 each), gives its raw events one by one. */
#include "record/record.h"

#include "base/arena.h"
#include "base/escape.h"
#include "record/codec.h"
#include "record/rows.h"

#include <httptrace/caps.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum line { LINE_WHOLE, LINE_CUT, LINE_LONG, LINE_UNREADABLE };

/* What a record is read with; one line of it is in memory at a time. */
struct source {
    FILE *file;
    const char *name;
    char *line;
    uint8_t *hex; /* half of the line's size */
    size_t len, size, number;
    int64_t count; /* events given */
    struct ht_error *error;
};

static enum ht_status fail(struct source *s, const char *why)
{
    return ht_fail(s->error, HT_ERR_FORMAT, "%s:%zu: %s", s->name, s->number, why);
}

static void grow(struct source *s)
{
    s->size = s->size ? s->size * 2 : 4096;
    s->line = ht_realloc(s->line, s->size);
    s->hex = ht_realloc(s->hex, s->size / 2);
}

/* The next line without its line feed; a carriage return before that is JSON's white space. */
static enum line next_line(struct source *s)
{
    int c;
    s->len = 0;
    s->number++;
    while ((c = getc_unlocked(s->file)) != EOF && c != '\n') {
        if (s->len >= HT_CAP_RECORD_LINE)
            return LINE_LONG;
        if (s->len == s->size)
            grow(s);
        s->line[s->len++] = (char)c;
    }
    if (c == EOF && ferror(s->file))
        return LINE_UNREADABLE;
    return c == EOF ? LINE_CUT : LINE_WHOLE;
}

static json_t *parse(struct source *s, json_error_t *error)
{
    return s->len ? json_loadb(s->line, s->len, JSON_REJECT_DUPLICATES, error) : NULL;
}

static enum ht_status fail_unreadable(struct source *s)
{
    return ht_fail(s->error, HT_ERR_IO, "%s: %s", s->name, strerror(errno));
}

static enum ht_status fail_line(struct source *s, enum line how)
{
    if (how == LINE_UNREADABLE)
        return fail_unreadable(s);
    if (how == LINE_CUT)
        return fail(s, "the file ends without its last line: it was cut");
    return ht_fail(s->error, HT_ERR_FORMAT, "%s:%zu: the line is longer than %u bytes", s->name, s->number,
                   HT_CAP_RECORD_LINE);
}

/* What comes from the file is hostile, jansson's words as well: it quotes what it stumbled over. */
static enum ht_status fail_quoting(struct source *s, const char *what, const char *quoted)
{
    struct ht_sink why = ht_sink(256);
    ht_sink_puts(&why, what);
    ht_escape_text(&why, ht_span_str(quoted));
    enum ht_status status = fail(s, ht_sink_text(&why));
    ht_sink_free(&why);
    return status;
}

/* Which version of the format the first line names, or NULL where it is not a record's. */
static const char *version_of(const json_t *first)
{
    const size_t family = strlen(HT_RECORD_FAMILY);
    const char *format = json_string_value(json_object_get(first, "format"));
    bool ours = format && strncmp(format, HT_RECORD_FAMILY, family) == 0;
    return ours ? format + family : NULL;
}

/* The first member of the first line that this version does not know, or NULL. */
static const char *unknown_of(json_t *first)
{
    static const char *const known[] = {"format", "tool", "secrets", "note"};
    const char *key;
    json_t *value;
    json_object_foreach(first, key, value)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return key;
    }
    return NULL;
}

static enum ht_status read_first(struct source *s)
{
    json_error_t ignored;
    enum line how = next_line(s);
    if (how == LINE_UNREADABLE)
        return fail_unreadable(s);
    json_t *first = how == LINE_LONG ? NULL : parse(s, &ignored);
    const char *version = version_of(first);
    enum ht_status status = HT_OK;
    if (!version)
        status = fail(s, "not an httptrace record");
    else if (strcmp(version, HT_RECORD_VERSION) != 0)
        status = fail(s, "a record of another version than " HT_RECORD_FORMAT);
    else if (unknown_of(first))
        status = fail_quoting(s, "unknown member of the first line: ", unknown_of(first));
    else if (how == LINE_CUT)
        status = fail_line(s, how);
    json_decref(first);
    return status;
}

static enum ht_status read_end(struct source *s, const json_t *object, const json_t *end)
{
    if (json_object_size(object) != 1 || !json_is_integer(end))
        return fail(s, "the last line holds more than the number of events");
    if (json_integer_value(end) != s->count)
        return fail(s, "the last line tells another number of events than there are: some are missing");
    enum line how = next_line(s);
    if (how == LINE_UNREADABLE)
        return fail_unreadable(s);
    return how == LINE_CUT && s->len == 0 ? HT_OK : fail(s, "something follows the last line");
}

static enum ht_status read_event(struct source *s, const json_t *object, struct ht_raw_sink sink)
{
    struct ht_raw raw;
    struct ht_sink why = ht_sink(0);
    enum ht_status status = HT_OK;
    if (ht_record_decode(object, s->hex, &raw, &why)) {
        sink.take(sink.ctx, &raw);
        s->count++;
    } else {
        status = fail(s, ht_sink_text(&why));
    }
    ht_sink_free(&why);
    return status;
}

static enum ht_status read_object(struct source *s, const json_t *object, struct ht_raw_sink sink, bool *done)
{
    const json_t *end = json_object_get(object, "end");
    *done = end && !json_object_get(object, "k");
    return *done ? read_end(s, object, end) : read_event(s, object, sink);
}

/* One line after the first. */
static enum ht_status read_line(struct source *s, struct ht_raw_sink sink, bool *done)
{
    json_error_t wrong;
    enum line how = next_line(s);
    if (how != LINE_WHOLE)
        return fail_line(s, how);
    json_t *object = parse(s, &wrong);
    if (!object)
        return fail_quoting(s, "not JSON: ", s->len ? wrong.text : "the line is empty");
    enum ht_status status =
        json_is_object(object) ? read_object(s, object, sink, done) : fail(s, "not a JSON object");
    json_decref(object);
    return status;
}

enum ht_status ht_record_read_file(FILE *file, const char *name, struct ht_raw_sink sink,
                                   struct ht_error *error)
{
    struct source s = {.file = file, .name = name, .error = error};
    bool done = false;
    enum ht_status status = read_first(&s);
    while (status == HT_OK && !done)
        status = read_line(&s, sink, &done);
    free(s.line);
    free(s.hex);
    return status;
}

enum ht_status ht_record_read(const char *path, struct ht_raw_sink sink, struct ht_error *error)
{
    if (strcmp(path, "-") == 0)
        return ht_record_read_file(stdin, "standard input", sink, error);
    FILE *file = fopen(path, "re");
    if (!file)
        return ht_fail(error, HT_ERR_IO, "%s: %s", path, strerror(errno));
    enum ht_status status = ht_record_read_file(file, path, sink, error);
    fclose(file);
    return status;
}

bool ht_record_is_of_several(const char *path)
{
    static const char begin[] = "{\"k\":\"transfer_start\"", again[] = ",\"retries\":";
    struct stat about;
    char part[8192];
    size_t urls = 0;
    bool at_begin = true;
    FILE *file = stat(path, &about) == 0 && S_ISREG(about.st_mode) ? fopen(path, "re") : NULL;
    while (file && urls < 2 && fgets(part, sizeof part, file)) {
        urls += at_begin && strncmp(part, begin, sizeof begin - 1) == 0 && !strstr(part, again);
        at_begin = strchr(part, '\n') != NULL;
    }
    if (file)
        fclose(file);
    return urls > 1;
}
