/* SPDX-License-Identifier: MIT */
/* The spool: takes records one by one, gives them again in the same order. */
#include "report/pcapng/spool.h"

#include "base/arena.h"
#include "base/temporary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALL 4096 /* less is read rather than leapt over: it lies in the stream's buffer */

struct ht_spool {
    FILE *file;
    int64_t cap_bytes, bytes;
    bool full;
    int error; /* errno of the first write that failed */
    char buffer[HT_SPOOL_BYTES_MAX];
    uint8_t body[HT_SPOOL_BYTES_MAX];
};

enum ht_status ht_spool_open(int64_t cap_bytes, struct ht_spool **out, struct ht_error *error)
{
    FILE *file = ht_temporary_open();
    *out = NULL;
    if (!file)
        return ht_fail(error, HT_ERR_IO, "cannot make a temporary file for the capture: %s", strerror(errno));
    struct ht_spool *spool = ht_malloc(sizeof *spool);
    memset(spool, 0, offsetof(struct ht_spool, buffer));
    spool->file = file;
    spool->cap_bytes = cap_bytes;
    setvbuf(file, spool->buffer, _IOFBF, sizeof spool->buffer);
    *out = spool;
    return HT_OK;
}

void ht_spool_free(struct ht_spool *spool)
{
    if (!spool)
        return;
    fclose(spool->file);
    free(spool);
}

static bool put(struct ht_spool *spool, const void *bytes, size_t len)
{
    if (spool->error == 0 && len > 0 && fwrite(bytes, 1, len, spool->file) != len)
        spool->error = errno ? errno : EIO;
    return spool->error == 0;
}

bool ht_spool_put(struct ht_spool *spool, struct ht_spool_record *record, struct ht_span first,
                  struct ht_span then)
{
    first = ht_span_head(first, HT_SPOOL_BYTES_MAX);
    then = ht_span_head(then, HT_SPOOL_BYTES_MAX - first.len);
    int64_t size = (int64_t)(sizeof *record + first.len + then.len);
    spool->full = spool->full || spool->bytes + size > spool->cap_bytes;
    if (spool->full || spool->error)
        return false;
    spool->bytes += size;
    record->len = (uint32_t)(first.len + then.len);
    return put(spool, record, sizeof *record) && put(spool, first.data, first.len) &&
           put(spool, then.data, then.len);
}

bool ht_spool_is_full(const struct ht_spool *spool)
{
    return spool->full;
}

enum ht_status ht_spool_rewind(struct ht_spool *spool, struct ht_error *error)
{
    if (!spool->error && (fflush(spool->file) != 0 || fseeko(spool->file, 0, SEEK_SET) != 0))
        spool->error = errno;
    if (spool->error)
        return ht_fail(error, HT_ERR_IO, "the temporary file of the capture: %s", strerror(spool->error));
    return HT_OK;
}

bool ht_spool_next(struct ht_spool *spool, struct ht_spool_record *record, struct ht_span *bytes)
{
    if (fread(record, sizeof *record, 1, spool->file) != 1 || record->len > sizeof spool->body)
        return false;
    if (!bytes && record->len > SMALL)
        return fseeko(spool->file, (off_t)record->len, SEEK_CUR) == 0;
    if (fread(spool->body, 1, record->len, spool->file) != record->len)
        return false;
    if (bytes)
        *bytes = ht_span(spool->body, record->len);
    return true;
}
