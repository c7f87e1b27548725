/* SPDX-License-Identifier: MIT */
/* Takes harmless UTF-8, writes it as character data (XML 1.0 section 2.4, HTML section 13.1.2). */
#include "report/xml.h"

#include "base/escape.h"

static const char *entity_of(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;"; /* HTML 4 has no &apos; */
    default:
        return NULL;
    }
}

static bool is_character(uint32_t c)
{
    return c >= 0x20 ? c != 0xFFFE && c != 0xFFFF : c == '\t' || c == '\n' || c == '\r';
}

void ht_xml_bytes(struct ht_sink *out, struct ht_span text)
{
    size_t plain = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(text, at, &c);
        const char *instead = len && is_character(c) ? entity_of(c) : "\xef\xbf\xbd";
        len = len ? len : 1;
        if (instead) {
            ht_sink_bytes(out, ht_span(text.data + plain, at - plain));
            ht_sink_puts(out, instead);
            plain = at + len;
        }
        at += len;
    }
    if (plain < text.len)
        ht_sink_bytes(out, ht_span_from(text, plain));
}

void ht_xml_text(struct ht_sink *out, const char *text)
{
    ht_xml_bytes(out, ht_span_str(text));
}
