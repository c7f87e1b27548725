/* SPDX-License-Identifier: MIT */
/* Text for XML and HTML documents. */
#ifndef HT_REPORT_XML_H
#define HT_REPORT_XML_H

#include "base/sink.h"

/*
 * Appends UTF-8 text that was made harmless before (report/show.h) as character data: fit for elements and
 * for attribute values in either kind of quotes, in XML 1.0 and in HTML. What no XML document may hold
 * (section 2.2: most control bytes, U+FFFE, U+FFFF, bytes that are not UTF-8) becomes U+FFFD. NULL writes
 * nothing.
 */
void ht_xml_text(struct ht_sink *out, const char *text);
void ht_xml_bytes(struct ht_sink *out, struct ht_span text);

#endif
