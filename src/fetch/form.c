/* SPDX-License-Identifier: MIT */
/* Forms: takes the parts that -F made, gives libcurl's MIME structure (RFC 7578). */
#include "fetch/form.h"

#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How far one part of standard input has been sent. */
struct ht_form_source {
    struct ht_form_source *next;
    const struct ht_form_input *input;
    int64_t sent_bytes;
};

static size_t on_read(char *buffer, size_t size, size_t count, void *ctx)
{
    struct ht_form_source *source = ctx;
    const struct ht_form_input *input = source->input;
    int64_t left = input->size_bytes - source->sent_bytes, room = (int64_t)(size * count);
    size_t len = (size_t)(left < room ? left : room);
    if (input->bytes) {
        memcpy(buffer, input->bytes + source->sent_bytes, len);
    } else {
        ssize_t got = pread(STDIN_FILENO, buffer, len, (off_t)(input->offset_bytes + source->sent_bytes));
        if (got < 0)
            return CURL_READFUNC_ABORT;
        len = (size_t)got;
    }
    source->sent_bytes += (int64_t)len;
    return len;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct ht_form_source *source = ctx;
    int64_t from = origin == SEEK_CUR   ? source->sent_bytes
                   : origin == SEEK_END ? source->input->size_bytes
                                        : 0;
    if (from + offset < 0 || from + offset > source->input->size_bytes)
        return CURL_SEEKFUNC_CANTSEEK;
    source->sent_bytes = from + offset;
    return CURL_SEEKFUNC_OK;
}

/* Without a file name libcurl says "form-data" for what is read through a function, and so does the curl tool
 * for contents; a file that is standard input is named "-". */
static CURLcode set_input(struct ht_form_body *body, curl_mimepart *part, const struct ht_form_part *from)
{
    struct ht_form_source *source = ht_malloc(sizeof *source);
    *source = (struct ht_form_source){.next = body->sources, .input = from->input};
    body->sources = source;
    CURLcode code = curl_mime_data_cb(part, from->input->size_bytes, on_read, on_seek, NULL, source);
    if (code == CURLE_OK && from->kind == HT_PART_FILE && !from->file_name)
        code = curl_mime_filename(part, "-");
    return code;
}

/* The name that libcurl takes from the path is only for files. */
static CURLcode set_file(curl_mimepart *part, const struct ht_form_part *from)
{
    CURLcode code = curl_mime_filedata(part, from->data);
    if (code == CURLE_OK && from->kind == HT_PART_CONTENTS && !from->file_name)
        code = curl_mime_filename(part, NULL);
    return code;
}

static CURLcode set_headers(curl_mimepart *part, const struct ht_form_part *from)
{
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < from->header_count; i++) {
        struct curl_slist *grown = curl_slist_append(headers, from->headers[i]);
        if (!grown) {
            curl_slist_free_all(headers);
            return CURLE_OUT_OF_MEMORY;
        }
        headers = grown;
    }
    if (!headers)
        return CURLE_OK;
    CURLcode code = curl_mime_headers(part, headers, 1);
    if (code != CURLE_OK)
        curl_slist_free_all(headers);
    return code;
}

static CURLcode set_extras(curl_mimepart *part, const struct ht_form_part *from)
{
    CURLcode code = from->file_name ? curl_mime_filename(part, from->file_name) : CURLE_OK;
    if (code == CURLE_OK && from->content_type)
        code = curl_mime_type(part, from->content_type);
    if (code == CURLE_OK)
        code = set_headers(part, from);
    if (code == CURLE_OK && from->encoder)
        code = curl_mime_encoder(part, from->encoder);
    if (code == CURLE_OK && from->name)
        code = curl_mime_name(part, from->name);
    return code;
}

static enum ht_status refuse(struct ht_error *error, const struct ht_form_part *part, CURLcode code)
{
    int failed = errno;
    enum ht_status status = HT_ERR_CURL;
    if (code == CURLE_READ_ERROR)
        status = ht_fail(error, HT_ERR_USAGE, "option -F: %s: %s", part->data, strerror(failed));
    else if (code == CURLE_BAD_FUNCTION_ARGUMENT && part->encoder)
        status = ht_fail(error, HT_ERR_USAGE, "option -F: no such encoder: %s", part->encoder);
    else
        status = ht_fail(error, HT_ERR_CURL, "option -F: %s", curl_easy_strerror(code));
    if (error)
        error->exit_code = (int)code;
    return status;
}

/* A structure of the parts that follow each other; those within a multipart are `inner` and not yet filled.
 */
static enum ht_status add_parts(struct ht_form_body *body, CURL *easy, curl_mime *mime,
                                const struct ht_form_part *from, struct ht_error *error);

static CURLcode set_data(struct ht_form_body *body, CURL *easy, curl_mimepart *part,
                         const struct ht_form_part *from, curl_mime **inner)
{
    CURLcode code = CURLE_OK;
    if (from->kind == HT_PART_TEXT)
        return curl_mime_data(part, from->data ? from->data : "", CURL_ZERO_TERMINATED);
    if (from->kind != HT_PART_MULTIPLE)
        return from->input ? set_input(body, part, from) : set_file(part, from);
    *inner = curl_mime_init(easy);
    if (!*inner)
        return CURLE_OUT_OF_MEMORY;
    code = curl_mime_subparts(part, *inner);
    if (code != CURLE_OK) {
        curl_mime_free(*inner);
        *inner = NULL;
    }
    return code;
}

static enum ht_status add_part(struct ht_form_body *body, CURL *easy, curl_mime *mime,
                               const struct ht_form_part *from, struct ht_error *error)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    curl_mime *inner = NULL;
    CURLcode code = part ? set_data(body, easy, part, from, &inner) : CURLE_OUT_OF_MEMORY;
    if (code == CURLE_OK)
        code = set_extras(part, from);
    if (code != CURLE_OK)
        return refuse(error, from, code);
    return inner ? add_parts(body, easy, inner, from->parts, error) : HT_OK;
}

static enum ht_status add_parts(struct ht_form_body *body, CURL *easy, curl_mime *mime,
                                const struct ht_form_part *from, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    for (; from && status == HT_OK; from = from->next)
        status = add_part(body, easy, mime, from, error);
    return status;
}

enum ht_status ht_form_body_set(struct ht_form_body *body, CURL *easy, const struct ht_form_part *parts,
                                struct ht_error *error)
{
    *body = (struct ht_form_body){0};
    if (!parts)
        return HT_OK;
    body->mime = curl_mime_init(easy);
    if (!body->mime)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot make a form");
    enum ht_status status = add_parts(body, easy, body->mime, parts, error);
    if (status == HT_OK)
        curl_easy_setopt(easy, CURLOPT_MIMEPOST, body->mime);
    return status;
}

void ht_form_body_clear(struct ht_form_body *body)
{
    curl_mime_free(body->mime);
    while (body->sources) {
        struct ht_form_source *next = body->sources->next;
        free(body->sources);
        body->sources = next;
    }
    body->mime = NULL;
}
