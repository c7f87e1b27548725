/* SPDX-License-Identifier: MIT */
/*
 * How raw events look in a record: one table of rows per kind, one row per member. The writer and the reader
 * know nothing of single members, so that both sides agree by construction.
 */
#ifndef HT_RECORD_ROWS_H
#define HT_RECORD_ROWS_H

#include <httptrace/raw.h>

#define HT_RECORD_FAMILY  "httptrace.record/"
#define HT_RECORD_VERSION "1"
#define HT_RECORD_FORMAT  HT_RECORD_FAMILY HT_RECORD_VERSION

/* Integers past this are not interoperable JSON (RFC 8259 section 6, RFC 7493 section 2.2). The bound also
 * keeps a hostile record from making sums and differences of times overflow. */
#define HT_RECORD_INT_MAX (INT64_C(1) << 53)

enum ht_row_type {
    HT_ROW_INT,   /* int64_t */
    HT_ROW_TIME,  /* int64_t, 0 or more */
    HT_ROW_LAST,  /* int64_t, 0 or more; where it is missing, the event's t_us */
    HT_ROW_ID,    /* int32_t, -1 or more */
    HT_ROW_LEVEL, /* uint8_t */
    HT_ROW_BOOL,  /* bool */
    HT_ROW_NAMED, /* an enum, by name */
    HT_ROW_SPAN   /* struct ht_span: a string where all is printable ASCII, CR, LF or TAB; else hex */
};

struct ht_record_row {
    const char *key;
    const char *hex_key; /* SPAN: the key of its other form */
    enum ht_row_type type;
    size_t offset;   /* within struct ht_raw */
    int64_t missing; /* the value that is left out when writing, and assumed when it is missing */
    bool always;     /* written whatever its value, and an error where it is missing */
    const char *(*name)(int64_t value); /* NAMED: the name, or NULL past the last */
};

struct ht_record_rows {
    const struct ht_record_row *at;
    size_t count;
};

/* The rows that every event has, its kind excepted; t_us comes first. */
extern const struct ht_record_rows ht_record_common;

/* The rows of one kind's own members. */
struct ht_record_rows ht_record_rows_of(enum ht_raw_kind kind);

/* "socket_open"; NULL for HT_RAW_BYTES, which no record holds, and for what is no kind. */
const char *ht_record_kind_name(enum ht_raw_kind kind);

/* The kind of that name; HT_RAW_KIND_COUNT where there is none. */
enum ht_raw_kind ht_record_kind_of(const char *name);

#endif
