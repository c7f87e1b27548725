/* SPDX-License-Identifier: MIT */
/* Fields of -F: takes VALUE;type=...;filename=..., gives the value and what stands beside it. */
#include "options/form/form.h"

#include "options/config.h"

#include <string.h>
#include <strings.h>

#define TYPE_HALF_MAX 127 /* bytes of a content type before its '/', and of what is checked behind it */

/* A field while it is read. A content type goes on over ';' until something else is named, so that it may
 * have parameters of its own. */
struct reading {
    struct ht_form_reader *reader;
    struct ht_form_field *out;
    const char *type, *type_end; /* NULL: no content type is open */
};

static void close_type(struct reading *reading)
{
    if (reading->type)
        reading->out->content_type = ht_arena_text(
            reading->reader->arena, ht_span(reading->type, (size_t)(reading->type_end - reading->type)));
    reading->type = NULL;
}

static void extend_type(struct reading *reading)
{
    struct ht_form_reader *reader = reading->reader;
    reading->type_end = reader->at;
    for (; !ht_form_ends(reader, *reader->at); reader->at++)
        if (!ht_form_is_space(*reader->at))
            reading->type_end = reader->at + 1;
}

/* What stands at `at` of the form "major/minor", where even ';' may be in the first half, as curl sees it; 0:
 * nothing.
 */
static size_t type_len(const char *at)
{
    size_t major = strcspn(at, "/ ");
    if (major == 0 || major > TYPE_HALF_MAX || at[major] != '/')
        return 0;
    size_t minor = strcspn(at + major + 1, ";, \n");
    return minor ? major + 1 + (minor > TYPE_HALF_MAX ? TYPE_HALF_MAX : minor) : 0;
}

static enum ht_status open_type(struct reading *reading, struct ht_error *error)
{
    struct ht_form_reader *reader = reading->reader;
    ht_form_skip_spaces(reader);
    size_t len = type_len(reader->at);
    if (len == 0)
        return ht_fail(error, HT_ERR_USAGE, "option %s: expected a content type like text/plain, got %s",
                       reader->flag, ht_value_shown(reader->arena, reader->at));
    reading->type = reader->at;
    reader->at += len;
    extend_type(reading);
    return HT_OK;
}

static void read_headers(struct reading *reading)
{
    struct ht_form_reader *reader = reading->reader;
    bool is_file = *reader->at == '@' || *reader->at == '<';
    reader->at += is_file;
    const char *text = ht_form_read_word(reader);
    if (is_file)
        ht_form_read_headers(reader, text, reading->out);
    else
        ht_form_add_header(reader->arena, reading->out, text);
}

/* Steps over `name` where it stands there, in any case. */
static bool takes(struct ht_form_reader *reader, const char *name)
{
    size_t len = strlen(name);
    if (strncasecmp(reader->at, name, len) != 0)
        return false;
    reader->at += len;
    return true;
}

static bool read_known(struct reading *reading)
{
    struct ht_form_reader *reader = reading->reader;
    const char **out = takes(reader, "filename=")  ? &reading->out->file_name
                       : takes(reader, "encoder=") ? &reading->out->encoder
                                                   : NULL;
    if (!out && !takes(reader, "headers="))
        return false;
    close_type(reading);
    if (out)
        *out = ht_form_read_word(reader);
    else
        read_headers(reading);
    return true;
}

/* What follows one ';'. */
static enum ht_status read_extra(struct reading *reading, struct ht_error *error)
{
    struct ht_form_reader *reader = reading->reader;
    ht_form_skip_spaces(reader);
    if (!reading->type && takes(reader, "type="))
        return open_type(reading, error);
    if (read_known(reading))
        return HT_OK;
    if (reading->type) {
        extend_type(reading);
        return HT_OK;
    }
    const char *unknown = ht_form_read_word(reader);
    if (*unknown)
        ht_form_note(reader, "nothing is known by the name of %s; it is left out",
                     ht_value_shown(reader->arena, unknown));
    return HT_OK;
}

static void refuse(struct ht_form_reader *reader, const char *what, const char **text)
{
    if (*text)
        ht_form_note(reader, "%s has no place here, so %s is left out", what,
                     ht_value_shown(reader->arena, *text));
    *text = NULL;
}

enum ht_status ht_form_read_field(struct ht_form_reader *reader, unsigned extras, struct ht_form_field *out,
                                  struct ht_error *error)
{
    struct reading reading = {.reader = reader, .out = out};
    enum ht_status status = HT_OK;
    *out = (struct ht_form_field){.value = ht_form_read_word(reader)};
    while (status == HT_OK && *reader->at == ';') {
        reader->at++;
        status = read_extra(&reading, error);
    }
    close_type(&reading);
    if (!(extras & HT_FORM_FILE_NAME))
        refuse(reader, "a file name", &out->file_name);
    if (!(extras & HT_FORM_ENCODER))
        refuse(reader, "an encoder", &out->encoder);
    return status;
}
