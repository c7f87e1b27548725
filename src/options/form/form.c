/* SPDX-License-Identifier: MIT */
/* -F: takes its uses one by one, gives the parts of a form. */
#include "options/form/form.h"

#include "options/config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_READ_ERROR 26 /* CURLE_READ_ERROR */

struct ht_form_level {
    struct ht_form_level *outer;
    struct ht_form_part **end; /* where its next part goes */
};

struct ht_form ht_form(struct ht_arena *arena, struct ht_sink *notes)
{
    return (struct ht_form){.arena = arena, .notes = notes, .input = ht_sink(0)};
}

void ht_form_free(struct ht_form *form)
{
    ht_sink_free(&form->input);
    form->parts = NULL;
    form->level = NULL;
}

static void open_level(struct ht_form *form, struct ht_form_part **parts)
{
    struct ht_form_level *level = ht_arena_alloc(form->arena, sizeof *level);
    *level = (struct ht_form_level){.outer = form->level, .end = parts};
    form->level = level;
}

static struct ht_form_part *add_part(struct ht_form *form, enum ht_part_kind kind,
                                     const struct ht_form_field *field)
{
    struct ht_form_part *part = ht_arena_alloc(form->arena, sizeof *part);
    if (!form->level)
        open_level(form, &form->parts);
    *part = (struct ht_form_part){.kind = kind,
                                  .data = field->value,
                                  .file_name = field->file_name,
                                  .content_type = field->content_type,
                                  .encoder = field->encoder,
                                  .headers = field->headers,
                                  .header_count = field->header_count};
    *form->level->end = part;
    form->level->end = &part->next;
    return part;
}

/* Standard input that is a file is read as it is sent, each time from where it stands now. What cannot be
 * read twice is kept, and gives nothing to a second part. */
static enum ht_status read_input(struct ht_form *form, const char *flag, struct ht_form_part *part,
                                 struct ht_error *error)
{
    struct ht_form_input *input = ht_arena_alloc(form->arena, sizeof *input);
    struct stat file;
    off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
    part->input = input;
    if (at >= 0 && fstat(STDIN_FILENO, &file) == 0 && S_ISREG(file.st_mode)) {
        *input = (struct ht_form_input){.offset_bytes = at,
                                        .size_bytes = file.st_size > at ? file.st_size - at : 0};
        return HT_OK;
    }
    input->bytes = "";
    if (form->has_input)
        return HT_OK;
    form->has_input = true;
    enum ht_status status = ht_value_read_file(flag, "-", &form->input, error);
    if (status != HT_OK && error)
        error->exit_code = EXIT_READ_ERROR;
    input->bytes = ht_sink_text(&form->input);
    input->size_bytes = (int64_t)form->input.len;
    return status;
}

static enum ht_status add_file(struct ht_form *form, const char *flag, enum ht_part_kind kind,
                               const struct ht_form_field *field, struct ht_form_part **out,
                               struct ht_error *error)
{
    *out = add_part(form, kind, field);
    return strcmp(field->value, "-") == 0 ? read_input(form, flag, *out, error) : HT_OK;
}

/* "@FILE", or "@FILE,FILE..." which is a multipart of its own. */
static enum ht_status add_files(struct ht_form *form, struct ht_form_reader *reader,
                                struct ht_form_part **out, struct ht_error *error)
{
    struct ht_form_level *outer = NULL;
    struct ht_form_part *group = NULL, *part = NULL;
    enum ht_status status = HT_OK;
    reader->stop = ',';
    do {
        struct ht_form_field field;
        reader->at++;
        status = ht_form_read_field(reader, HT_FORM_FILE_NAME | HT_FORM_ENCODER, &field, error);
        if (status == HT_OK && !group && *reader->at) {
            group = add_part(form, HT_PART_MULTIPLE, &(struct ht_form_field){0});
            outer = form->level;
            open_level(form, &group->parts);
        }
        if (status == HT_OK)
            status = add_file(form, reader->flag, HT_PART_FILE, &field, &part, error);
    } while (status == HT_OK && *reader->at);
    if (group)
        form->level = outer;
    *out = group ? group : part;
    return status;
}

static enum ht_status add_contents(struct ht_form *form, struct ht_form_reader *reader,
                                   struct ht_form_part **out, struct ht_error *error)
{
    struct ht_form_field field;
    reader->at++;
    enum ht_status status = ht_form_read_field(reader, HT_FORM_ENCODER, &field, error);
    return status == HT_OK ? add_file(form, reader->flag, HT_PART_CONTENTS, &field, out, error) : status;
}

static enum ht_status begin_multipart(struct ht_form *form, struct ht_form_reader *reader,
                                      struct ht_form_part **out, struct ht_error *error)
{
    struct ht_form_field field;
    enum ht_status status = ht_form_read_field(reader, 0, &field, error);
    if (status != HT_OK)
        return status;
    field.value = NULL;
    *out = add_part(form, HT_PART_MULTIPLE, &field);
    open_level(form, &(*out)->parts);
    return HT_OK;
}

static enum ht_status end_multipart(struct ht_form *form, const char *flag, struct ht_error *error)
{
    if (!form->level || !form->level->outer)
        return ht_fail(error, HT_ERR_USAGE, "option %s: \"=)\" ends a multipart, but none was begun", flag);
    form->level = form->level->outer;
    return HT_OK;
}

static enum ht_status add_text(struct ht_form *form, struct ht_form_reader *reader, struct ht_form_part **out,
                               struct ht_error *error)
{
    struct ht_form_field field;
    enum ht_status status = ht_form_read_field(reader, HT_FORM_FILE_NAME | HT_FORM_ENCODER, &field, error);
    if (status == HT_OK)
        *out = add_part(form, HT_PART_TEXT, &field);
    return status;
}

static enum ht_status add_value(struct ht_form *form, struct ht_form_reader *reader,
                                struct ht_form_part **out, struct ht_error *error)
{
    switch (*reader->at) {
    case '@':
        return add_files(form, reader, out, error);
    case '<':
        return add_contents(form, reader, out, error);
    case '(':
        return begin_multipart(form, reader, out, error);
    default:
        return add_text(form, reader, out, error);
    }
}

enum ht_status ht_form_add(struct ht_form *form, const char *flag, const char *text, bool literal,
                           struct ht_error *error)
{
    const char *equals = strchr(text, '=');
    struct ht_form_part *part = NULL;
    if (!equals)
        return ht_fail(error, HT_ERR_USAGE, "option %s: expected NAME=VALUE, got %s", flag,
                       ht_value_shown(form->arena, text));
    if (!literal && equals == text && strcmp(equals, "=)") == 0)
        return end_multipart(form, flag, error);
    struct ht_form_reader reader = {
        .at = equals + 1, .flag = flag, .arena = form->arena, .notes = form->notes};
    enum ht_status status = HT_OK;
    if (literal)
        part = add_part(form, HT_PART_TEXT,
                        &(struct ht_form_field){
                            .value = ht_arena_text(form->arena, ht_span(equals + 1, strlen(equals + 1)))});
    else
        status = add_value(form, &reader, &part, error);
    if (part && equals > text)
        part->name = ht_arena_text(form->arena, ht_span(text, (size_t)(equals - text)));
    return status;
}
