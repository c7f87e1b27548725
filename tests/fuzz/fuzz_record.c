/* SPDX-License-Identifier: MIT */
/* Fuzzes the record's reader: takes a file's bytes; whatever event is read must be written and read alike. */
#include "fuzz.h"

#include "base/arena.h"
#include "record/codec.h"
#include "record/record.h"

/* The line that the event read from `line` is written as. */
static struct ht_sink again(const struct ht_sink *line)
{
    struct ht_raw raw;
    struct ht_sink why = ht_sink(0), out = ht_sink(0);
    uint8_t *hex = ht_malloc(line->len);
    json_t *object = json_loadb(line->text, line->len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(object && ht_record_decode(object, hex, &raw, &why));
    ht_record_encode(&out, &raw);
    json_decref(object);
    free(hex);
    ht_sink_free(&why);
    return out;
}

static void take(void *ctx, const struct ht_raw *raw)
{
    struct ht_sink line = ht_sink(0);
    ++*(size_t *)ctx;
    ht_record_encode(&line, raw);
    struct ht_sink second = again(&line);
    FUZZ_CHECK(ht_span_eq(ht_span(line.text, line.len), ht_span(second.text, second.len)));
    ht_sink_free(&line);
    ht_sink_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t events = 0;
    struct ht_error error = {.text = ""};
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "rb");
    if (!file)
        return 0;
    enum ht_status status = ht_record_read_file(file, "x.rec", (struct ht_raw_sink){take, &events}, &error);
    FUZZ_CHECK((status == HT_OK) == (error.text[0] == '\0'));
    fclose(file);
    return 0;
}
