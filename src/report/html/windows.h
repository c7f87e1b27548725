/* SPDX-License-Identifier: MIT */
/* Flow-control windows over time. */
#ifndef HT_REPORT_HTML_WINDOWS_H
#define HT_REPORT_HTML_WINDOWS_H

#include "report/html/html.h"

/* A drawing for each stream and direction that carried DATA; nothing where none did. */
void ht_html_windows(const struct ht_html *h, const struct ht_connection *connection);

#endif
