/* SPDX-License-Identifier: MIT */
/* What the files of the live view share. */
#ifndef HT_REPORT_LIVE_H
#define HT_REPORT_LIVE_H

#include "report/paint.h"
#include "report/report.h"

/* The frame that a header section came in. */
struct ht_live_section {
    enum ht_dir dir;
    int32_t exchange;
    int64_t t_us;
};

struct ht_live {
    FILE *stream;
    int level;
    struct ht_report_options options;
    struct ht_sink buffer; /* the lines of one event, written and flushed together */
    struct ht_paint paint;
    struct ht_observer observer;
    /* Lines that wait for the event after theirs. */
    struct {
        bool waits;
        char mark;
        int64_t t_us;
        int32_t connection;
        enum ht_phase phase;
        struct ht_sink text;
    } connected;            /* the first sample of the connection goes behind it */
    struct ht_sink section; /* of a HEADERS frame: dropped where the message follows, which shows the same */
    struct ht_live_section section_of;
};

/* A line: mark, elapsed milliseconds, `name` (a phase), text. */
void ht_live_line(struct ht_live *live, char mark, int64_t t_us, const char *name, const char *text);
/* A line that goes on with what the one before began. */
void ht_live_more(struct ht_live *live, char mark, int64_t t_us, const char *text);
/* The fields of an event, in as few lines as can be read: those of a header section, or all others. */
void ht_live_fields(struct ht_live *live, char mark, int64_t t_us, const struct ht_event *event,
                    bool sections);
/* The header fields of a decoded head, one line each; at level 1 without the pseudo-fields that the summary
 * tells. */
void ht_live_headers(struct ht_live *live, char mark, int64_t t_us, const struct ht_field *headers);
/* The bytes of a raw event as a hex dump, what is secret in them struck out. */
void ht_live_raw(struct ht_live *live, const struct ht_raw *raw);
void ht_live_flush(struct ht_live *live);

#endif
