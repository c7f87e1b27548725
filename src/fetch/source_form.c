/* SPDX-License-Identifier: MIT */
/* Source of a form: takes the parts of -F, gives calls of libcurl's MIME functions. */
#include "fetch/source_code.h"

static void put_call(struct ht_source_code *code, unsigned form, const char *function, const char *text,
                     const char *more)
{
    ht_sink_printf(&code->body, "  curl_mime_%s(part%u, ", function, form);
    if (text)
        ht_source_code_string(&code->body, ht_span_str(text));
    else
        ht_sink_puts(&code->body, "NULL");
    ht_sink_printf(&code->body, "%s);\n", more);
}

static void put_stdin(struct ht_source_code *code, unsigned form)
{
    ht_sink_printf(&code->body,
                   "  curl_mime_data_cb(part%u, -1, (curl_read_callback) fread, \\\n"
                   "                    (curl_seek_callback) fseek, NULL, stdin);\n",
                   form);
}

static void put_parts(struct ht_source_code *code, unsigned form, const struct ht_form_part *parts);

static unsigned open_form(struct ht_source_code *code)
{
    unsigned form = ++code->forms;
    ht_sink_printf(&code->declarations, "  curl_mime *mime%u;\n  curl_mimepart *part%u;\n", form, form);
    ht_sink_printf(&code->lists, "  mime%u = NULL;\n", form);
    ht_sink_printf(&code->cleanup, "  curl_mime_free(mime%u);\n  mime%u = NULL;\n", form, form);
    ht_sink_printf(&code->body, "  mime%u = curl_mime_init(hnd);\n", form);
    return form;
}

static void put_data(struct ht_source_code *code, unsigned form, const struct ht_form_part *part)
{
    if (part->kind == HT_PART_MULTIPLE) {
        unsigned inner = open_form(code);
        put_parts(code, inner, part->parts);
        ht_sink_printf(&code->body, "  curl_mime_subparts(part%u, mime%u);\n  mime%u = NULL;\n", form, inner,
                       inner);
    } else if (part->kind == HT_PART_TEXT) {
        put_call(code, form, "data", part->data ? part->data : "", ", CURL_ZERO_TERMINATED");
    } else if (part->input) {
        put_stdin(code, form);
    } else {
        put_call(code, form, "filedata", part->data, "");
    }
}

/* What libcurl would name it after, and the curl tool would not. */
static void put_file_name(struct ht_source_code *code, unsigned form, const struct ht_form_part *part)
{
    if (part->file_name)
        put_call(code, form, "filename", part->file_name, "");
    else if (part->kind == HT_PART_FILE && part->input)
        put_call(code, form, "filename", "-", "");
    else if (part->kind == HT_PART_CONTENTS && !part->input)
        put_call(code, form, "filename", NULL, "");
}

static void put_headers(struct ht_source_code *code, unsigned form, const struct ht_form_part *part)
{
    if (part->header_count == 0)
        return;
    unsigned list = ht_source_code_list(code);
    for (size_t i = 0; i < part->header_count; i++)
        ht_source_code_entry(code, list, part->headers[i]);
    ht_sink_printf(&code->body, "  curl_mime_headers(part%u, slist%u, 1);\n  slist%u = NULL;\n", form, list,
                   list);
}

static void put_parts(struct ht_source_code *code, unsigned form, const struct ht_form_part *parts)
{
    for (const struct ht_form_part *part = parts; part; part = part->next) {
        ht_sink_printf(&code->body, "  part%u = curl_mime_addpart(mime%u);\n", form, form);
        put_data(code, form, part);
        if (part->encoder)
            put_call(code, form, "encoder", part->encoder, "");
        put_file_name(code, form, part);
        if (part->name)
            put_call(code, form, "name", part->name, "");
        if (part->content_type)
            put_call(code, form, "type", part->content_type, "");
        put_headers(code, form, part);
    }
}

unsigned ht_source_code_form(struct ht_source_code *code, const struct ht_form_part *parts)
{
    unsigned form = open_form(code);
    put_parts(code, form, parts);
    return form;
}
