/* SPDX-License-Identifier: MIT */
/* Headers of a form's part: takes a file of them, gives each unfolded and without comments. */
#include "options/form/form.h"

#include "options/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MAX 999 /* bytes of one header, as the curl tool has it */

void ht_form_add_header(struct ht_arena *arena, struct ht_form_field *out, const char *text)
{
    if (out->header_count == out->header_size) {
        size_t size = out->header_size ? 2 * out->header_size : 4;
        const char **grown = ht_arena_alloc(arena, size * sizeof *grown);
        if (out->header_count)
            memcpy(grown, out->headers, out->header_count * sizeof *grown);
        out->headers = grown;
        out->header_size = size;
    }
    out->headers[out->header_count++] = text;
}

/* A line without its end and without carriage returns. */
static size_t strip(char *line, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len && line[i] != '\n'; i++)
        if (line[i] != '\r')
            line[kept++] = line[i];
    line[kept] = '\0';
    return kept;
}

static void flush(const struct ht_form_reader *reader, struct ht_sink *header, struct ht_form_field *out)
{
    size_t len = header->len;
    while (len && ht_form_is_space(header->text[len - 1]))
        len--;
    if (len)
        ht_form_add_header(reader->arena, out, ht_arena_text(reader->arena, ht_span(header->text, len)));
    ht_sink_reset(header);
}

static void read_lines(const struct ht_form_reader *reader, FILE *file, const char *path,
                       struct ht_form_field *out)
{
    struct ht_sink header = ht_sink(HEADER_MAX);
    char *line = NULL;
    size_t size = 0, number = 1;
    for (ssize_t got; (got = getline(&line, &size, file)) >= 0; number++) {
        size_t len = strip(line, (size_t)got);
        if (len && !ht_form_is_space(line[0]))
            flush(reader, &header, out);
        if (line[0] == '#')
            continue;
        bool was_cut = header.cut;
        ht_sink_bytes(&header, ht_span(line, len));
        if (header.cut && !was_cut)
            ht_form_note(reader, "%s, line %zu: the header is longer than %d bytes; the rest is left out",
                         ht_value_shown(reader->arena, path), number, HEADER_MAX);
    }
    flush(reader, &header, out);
    free(line);
    ht_sink_free(&header);
}

void ht_form_read_headers(const struct ht_form_reader *reader, const char *path, struct ht_form_field *out)
{
    FILE *file = fopen(path, "re");
    if (file)
        read_lines(reader, file, path, out);
    if (!file || ferror(file))
        ht_form_note(reader, "headers of %s cannot be read: %s", ht_value_shown(reader->arena, path),
                     strerror(errno));
    if (file)
        fclose(file);
}
