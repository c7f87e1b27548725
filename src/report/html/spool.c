/* SPDX-License-Identifier: MIT */
/* Takes text piece by piece, gives it again in the same order. */
#include "report/html/spool.h"

#include "base/temporary.h"

#include <errno.h>
#include <string.h>

enum ht_status ht_html_spool_open(struct ht_html_spool *spool, struct ht_error *error)
{
    *spool = (struct ht_html_spool){.file = ht_temporary_open()};
    if (!spool->file)
        return ht_fail(error, HT_ERR_IO, "cannot make a temporary file for the page: %s", strerror(errno));
    return HT_OK;
}

void ht_html_spool_put(struct ht_html_spool *spool, struct ht_sink *text)
{
    if (!spool->error && text->len && fwrite(text->text, 1, text->len, spool->file) != text->len)
        spool->error = errno ? errno : EIO;
    ht_sink_reset(text);
}

enum ht_status ht_html_spool_copy(struct ht_html_spool *spool, struct ht_document *document,
                                  struct ht_error *error)
{
    char piece[16384];
    size_t len = 0;
    if (!spool->error && (fflush(spool->file) != 0 || fseeko(spool->file, 0, SEEK_SET) != 0))
        spool->error = errno;
    while (!spool->error && (len = fread(piece, 1, sizeof piece, spool->file)) > 0) {
        ht_sink_bytes(&document->out, ht_span(piece, len));
        ht_document_flush(document);
    }
    if (!spool->error && ferror(spool->file))
        spool->error = EIO;
    int saved_errno = spool->error;
    ht_html_spool_close(spool);
    if (saved_errno)
        return ht_fail(error, HT_ERR_IO, "the temporary file of the page: %s", strerror(saved_errno));
    return HT_OK;
}

void ht_html_spool_close(struct ht_html_spool *spool)
{
    if (spool->file)
        fclose(spool->file);
    spool->file = NULL;
}
