/* SPDX-License-Identifier: MIT */
/* The sequence diagram: what is drawn where (conversation.c), and how (arrows.c). */
#ifndef HT_REPORT_HTML_CONVERSATION_H
#define HT_REPORT_HTML_CONVERSATION_H

#include "report/html/html.h"

enum ht_html_peer { HT_HTML_NOTE, HT_HTML_PROXY, HT_HTML_FRONT };

/* One message, top to bottom. */
struct ht_html_step {
    const struct ht_event *event;
    enum ht_html_peer peer; /* whom this host spoke with; NOTE: nobody, it happened here */
    enum ht_dir dir;
    bool bad;       /* malformed, an alert, a reset: drawn as a failure */
    bool new_phase; /* the phase's name stands above it */
    int64_t gap_us; /* of silence before it that is worth a mark; else 0 */
    size_t skipped; /* messages before it that are not drawn */
    int y;          /* of its arrow, in pixels */
};

struct ht_html_diagram {
    const struct ht_connection *connection;
    struct ht_html_step *steps;
    size_t count;
    int height;
};

/* One connection's diagram. */
void ht_html_draw(const struct ht_html *h, const struct ht_html_diagram *diagram);

#endif
