/* SPDX-License-Identifier: MIT */
/* How every report shows text: wire text made harmless, secrets masked, ready text guarded. */
#ifndef HT_REPORT_SHOW_H
#define HT_REPORT_SHOW_H

#include "base/sink.h"

#include <httptrace/event.h>

/*
 * Wire text by the rules of ht_escape_text, in JSON strings as well: a report in JSON goes to CI logs like
 * any other. The one exception are IPv6 addresses, whose "::" stays: they are no workflow command.
 */
void ht_show_text(struct ht_sink *out, struct ht_span wire);
/* An error text of OpenSSL, for a person: its "SSL routines::" would be broken up as a workflow command, so
 * that the colons become one. */
void ht_show_library_text(struct ht_sink *out, struct ht_span text);
/* Text that is escaped already (summaries, facts): what is still hostile in it is escaped, what was escaped
 * stays as it is. NULL writes nothing. */
void ht_show_ready(struct ht_sink *out, const char *text);

/* The same for sentences on a request (headlines, facts): the URLs that they repeat are masked once more. */
void ht_show_sentence(struct ht_sink *out, const char *text, bool secrets);

/* The same for a next step, our own text: one "::", as in curl's "--connect-to ::HOST:PORT", stays, since a
 * workflow command takes two. */
void ht_show_step(struct ht_sink *out, const char *text, bool secrets);

/* The same after masking; `secrets` true leaves secrets in. */
void ht_show_url(struct ht_sink *out, struct ht_span url, bool secrets);
void ht_show_header(struct ht_sink *out, struct ht_span name, struct ht_span value, bool secrets);
/* A text field of the tree: `field` may be flagged secret, or be a URL by its name; `map` is its parent,
 * which tells a header field's value from another. */
void ht_show_field(struct ht_sink *out, const struct ht_field *map, const struct ht_field *field,
                   bool secrets);

/* The value of any field of the tree without children, of opaque bytes the first `most`. */
void ht_show_value(struct ht_sink *out, const struct ht_field *map, const struct ht_field *field, size_t most,
                   bool secrets);

/* "rtt 23.9 ms"; a loopback's is not written as nothing. */
void ht_show_rtt(struct ht_sink *out, int64_t rtt_us);

/* An event's summary. libcurl's own text repeats cookies, fields and URLs, so it is masked by what libcurl
 * writes before them. */
void ht_show_summary(struct ht_sink *out, const struct ht_event *event, bool secrets);
void ht_show_curl_text(struct ht_sink *out, struct ht_span text, bool secrets);
/* libcurl's words as curl prints them, "SSL routines::" included: for a line in which something stands before
 * them, so that they are no workflow command. */
void ht_show_as_curl(struct ht_sink *out, struct ht_span text);

#endif
