/* SPDX-License-Identifier: MIT */
/* For the record's tests: makes, copies and compares raw events by the record's rows, and keeps a folder. */
#include "support.h"

#include "record/rows.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/ht-record-XXXXXX";
static uint32_t state = 2463534242u;

uint32_t random_u32(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

void taken_begin(struct taken *taken)
{
    *taken = (struct taken){.arena = ht_arena_new()};
}

void taken_end(struct taken *taken)
{
    ht_arena_free(taken->arena);
    free(taken->at);
}

static void copy_spans(struct ht_arena *arena, struct ht_raw *raw, struct ht_record_rows rows)
{
    for (size_t i = 0; i < rows.count; i++) {
        struct ht_span *span = (struct ht_span *)(void *)((char *)raw + rows.at[i].offset);
        if (rows.at[i].type == HT_ROW_SPAN)
            *span = ht_arena_dup(arena, *span);
    }
}

static void take(void *ctx, const struct ht_raw *raw)
{
    struct taken *taken = ctx;
    if (taken->count == taken->size) {
        taken->size = taken->size ? taken->size * 2 : 64;
        taken->at = ht_realloc(taken->at, taken->size * sizeof *taken->at);
    }
    struct ht_raw *copy = &taken->at[taken->count++];
    *copy = *raw;
    copy_spans(taken->arena, copy, ht_record_common);
    copy_spans(taken->arena, copy, ht_record_rows_of(raw->kind));
}

struct ht_raw_sink taken_sink(struct taken *taken)
{
    return (struct ht_raw_sink){take, taken};
}

void folder_begin(void)
{
    memcpy(strrchr(folder, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(folder));
}

const char *folder_file(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t each_entry(int (*act)(const char *path))
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (act)
            act(folder_file(entry->d_name));
    }
    closedir(dir);
    return count;
}

size_t folder_count(void)
{
    return each_entry(NULL);
}

void folder_end(void)
{
    each_entry(remove);
    assert_int_equal(rmdir(folder), 0);
}

struct ht_span file_bytes(struct ht_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *bytes = ht_arena_alloc(arena, len + 1);
    assert_int_equal(fread(bytes, 1, len, file), len);
    fclose(file);
    return ht_span(bytes, len);
}

enum ht_status read_bytes(struct ht_span bytes, struct ht_raw_sink sink, struct ht_error *error)
{
    char *exact = ht_malloc(bytes.len); /* so that a sanitizer sees what reads past it */
    if (bytes.len)
        memcpy(exact, bytes.data, bytes.len);
    FILE *file = fmemopen(exact, bytes.len, "rb");
    assert_non_null(file);
    enum ht_status status = ht_record_read_file(file, "x.rec", sink, error);
    fclose(file);
    free(exact);
    return status;
}

static void leave(void *ctx, const struct ht_raw *raw)
{
    (void)ctx;
    (void)raw;
}

enum ht_status read_text(const char *text, struct ht_error *error)
{
    return read_bytes(ht_span_str(text), (struct ht_raw_sink){leave, NULL}, error);
}

static int64_t random_int(int64_t least)
{
    static const int64_t odd[] = {
        0, 1, -1, 127, 255, 65535, INT32_MAX, INT64_C(4294967296), HT_RECORD_INT_MAX};
    uint32_t pick = random_u32() % 16;
    int64_t value = pick < 9 ? odd[pick] : (int64_t)((uint64_t)random_u32() << (random_u32() % 22));
    if (least < -1 && random_u32() % 4 == 0)
        value = -value;
    return value < least ? least : value;
}

static struct ht_span random_span(struct ht_arena *arena, size_t most)
{
    static const char texts[][24] = {"", "example.com", "a\"b\\c\r\n\td", "\\u0000", "{\"end\":1}", "0a0b"};
    uint8_t bytes[300];
    uint32_t pick = random_u32() % 12;
    if (pick < 6)
        return ht_arena_dup(arena, ht_span_str(texts[pick]));
    size_t len = random_u32() % (most < sizeof bytes ? most + 1 : sizeof bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(pick < 9 ? 0x20 + random_u32() % 0x5F : random_u32());
    return ht_arena_dup(arena, ht_span(bytes, len));
}

static unsigned random_named(const struct ht_record_row *row)
{
    unsigned count = 0;
    while (row->name(count))
        count++;
    return random_u32() % count;
}

/* Without an arena every member gets the value that is left out. */
static void fill_row(struct ht_arena *arena, struct ht_raw *raw, const struct ht_record_row *row, size_t most)
{
    void *to = (char *)raw + row->offset;
    bool odd = arena != NULL;
    switch (row->type) {
    case HT_ROW_SPAN:
        *(struct ht_span *)to = odd ? random_span(arena, most) : (struct ht_span){NULL, 0};
        break;
    case HT_ROW_ID:
        *(int32_t *)to = odd ? (int32_t)(random_u32() >> 1) : -1;
        break;
    case HT_ROW_LEVEL:
        *(uint8_t *)to = odd ? (uint8_t)random_u32() : 0;
        break;
    case HT_ROW_BOOL:
        *(bool *)to = odd && random_u32() % 2;
        break;
    case HT_ROW_NAMED:
        *(unsigned *)to = odd ? random_named(row) : 0;
        break;
    default:
        *(int64_t *)to = odd ? random_int(row->type == HT_ROW_INT ? -HT_RECORD_INT_MAX : 0) : row->missing;
    }
}

static struct ht_raw fill(struct ht_arena *arena, enum ht_raw_kind kind, size_t most)
{
    struct ht_raw raw;
    struct ht_record_rows tables[] = {ht_record_common, ht_record_rows_of(kind)};
    memset(&raw, 0, sizeof raw);
    raw.kind = kind;
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < tables[t].count; i++)
            fill_row(arena, &raw, &tables[t].at[i], most);
    }
    return raw;
}

struct ht_raw raw_empty(enum ht_raw_kind kind)
{
    return fill(NULL, kind, 0);
}

struct ht_raw raw_random(struct ht_arena *arena, enum ht_raw_kind kind, size_t most)
{
    return fill(arena, kind, most);
}

static size_t size_of(enum ht_row_type type)
{
    static const size_t sizes[] = {
        [HT_ROW_INT] = 8,
        [HT_ROW_TIME] = 8,
        [HT_ROW_LAST] = 8,
        [HT_ROW_ID] = 4,
        [HT_ROW_LEVEL] = 1,
        [HT_ROW_BOOL] = 1,
        [HT_ROW_NAMED] = sizeof(enum ht_dir),
    };
    return sizes[type];
}

static void compare_rows(const struct ht_raw *a, const struct ht_raw *b, struct ht_record_rows rows)
{
    for (size_t i = 0; i < rows.count; i++) {
        const struct ht_record_row *row = &rows.at[i];
        const void *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;
        bool same = row->type == HT_ROW_SPAN
                        ? ht_span_eq(*(const struct ht_span *)x, *(const struct ht_span *)y)
                        : memcmp(x, y, size_of(row->type)) == 0;
        if (!same)
            fail_msg("%s: the member \"%s\" differs", ht_record_kind_name(a->kind), row->key);
    }
}

void assert_raw_equal(const struct ht_raw *a, const struct ht_raw *b)
{
    assert_int_equal(a->kind, b->kind);
    compare_rows(a, b, ht_record_common);
    compare_rows(a, b, ht_record_rows_of(a->kind));
}

void write_record(const char *path, const struct ht_raw *raws, size_t count)
{
    struct ht_recorder *recorder;
    struct ht_error error;
    assert_int_equal(ht_recorder_open(path, &recorder, &error), HT_OK);
    for (size_t i = 0; i < count; i++)
        ht_recorder_take(recorder, &raws[i]);
    assert_int_equal(ht_recorder_close(recorder, &error), HT_OK);
}
