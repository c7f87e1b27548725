/* SPDX-License-Identifier: MIT */
/*
 * Report formats: a row each (formats.c). A format turns what it is told of a run into one document; whoever
 * runs it says where the document goes (cli/reports.h).
 */
#ifndef HT_REPORT_FORMAT_H
#define HT_REPORT_FORMAT_H

#include "base/error.h"
#include "report/report.h"

struct ht_document;

enum ht_format_flag {
    HT_FORMAT_FILE = 1 << 0,   /* binary, or of no use on a terminal: needs a file */
    HT_FORMAT_URL = 1 << 1,    /* may be sent with POST: the target is an http or https URL, or a file */
    HT_FORMAT_FLOWS = 1 << 2,  /* read while the run goes on: its file is written in place, line by line */
    HT_FORMAT_WIRE = 1 << 3,   /* needs what the sockets carried, which a record does not hold */
    HT_FORMAT_PIECES = 1 << 4, /* stands alone transfer by transfer: may share a stream with what else is
                                 written there */
    HT_FORMAT_SECRET = 1 << 5  /* holds secrets unmasked: its file is its owner's alone */
};

/*
 * One report format. Any of the functions but `transfer` may be NULL. What they append to document->out is
 * written, and the sink emptied, after each call; what they append to document->notes goes to standard error,
 * "httptrace: " before each line. Nothing that they are handed may be kept past the call.
 */
struct ht_format {
    const char *name; /* as --report has it */
    const char *help; /* one line, no full stop */
    const char *text; /* paragraphs for the documentation, separated by an empty line */
    unsigned flags;
    const char *content_type; /* with HT_FORMAT_URL: of a request, which is a line of the document */
    const char *url_path;     /* with HT_FORMAT_URL: where the URL has no path */
    /* Before anything else: heads, document->state. An error ends the run before it begins. */
    enum ht_status (*begin)(struct ht_document *document, struct ht_error *error);
    /* Every raw event as the tap gives it: HT_RAW_BYTES before they are cut into units. */
    void (*raw)(struct ht_document *document, const struct ht_raw *raw);
    /* A decoded event joined the timeline. */
    void (*event)(struct ht_document *document, const struct ht_trace *trace, const struct ht_event *event);
    /* A transfer has ended and was judged; document->options has its exit code and checks. */
    void (*transfer)(struct ht_document *document, const struct ht_trace *trace,
                     const struct ht_transfer *transfer);
    /* After the last one, also where there was none: tails; document->options has the exit code of the run.
     * Frees document->state, which is NULL where the
     * document could not be opened or begun. */
    enum ht_status (*end)(struct ht_document *document, struct ht_error *error);
};

/* One report of a run, being written. */
struct ht_document {
    const struct ht_format *format;
    const char *target; /* the file or URL, for messages; NULL: a stream */
    struct ht_report_options options;
    struct ht_sink out, notes;
    void *state;                                 /* the format's own */
    size_t transfers;                            /* told before the one at hand */
    void (*flush)(struct ht_document *, void *); /* writes `out` and empties it; NULL: stays in memory */
    void *flush_ctx;
};

/* For a document that is long: writes what was appended so far, so that memory does not grow with it. */
void ht_document_flush(struct ht_document *document);

/* All rows, ordered by name; static. */
const struct ht_format *const *ht_formats(size_t *count);
/* NULL: no format has that name. */
const struct ht_format *ht_format_by_name(struct ht_span name);

/* docs/reports.md. */
void ht_formats_markdown(struct ht_sink *out);

#endif
