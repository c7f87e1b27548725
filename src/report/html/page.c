/* SPDX-License-Identifier: MIT */
/*
 * Writes the page around the transfers: head, policy, style. There is no script in it, so that the policy
 * (CSP Level 3) admits one style sheet by its hash and nothing else.
 */
#include "report/html/html.h"
#include "report/xml.h"

static void policy(struct ht_sink *out)
{
    ht_sink_puts(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
                      "style-src &#39;sha256-");
    ht_sink_base64(out, ht_span(ht_html_style_sha256, sizeof ht_html_style_sha256));
    ht_sink_puts(out, "&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;\"/>\n");
}

void ht_html_head(struct ht_sink *out, const char *title)
{
    ht_sink_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    policy(out);
    ht_sink_puts(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                      "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
                      "<meta name=\"generator\" content=\"httptrace " HT_VERSION "\"/>\n<title>");
    ht_xml_text(out, title);
    ht_sink_puts(out, "</title>\n<style>");
    ht_sink_bytes(out, ht_span(ht_html_style, ht_html_style_bytes));
    ht_sink_puts(
        out,
        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
        "<svg class=\"defs\" aria-hidden=\"true\"><pattern id=\"hatch\" width=\"7\" height=\"7\" "
        "patternUnits=\"userSpaceOnUse\"><path d=\"M-1 8L8 -1M-1 1L1 -1M6 8L8 6\"/></pattern></svg>\n"
        "<header class=\"page\"><h1>httptrace report</h1></header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

void ht_html_tail(struct ht_sink *out)
{
    ht_sink_puts(out, "</main>\n<footer class=\"page\">Written by httptrace " HT_VERSION
                      ". Times count from the begin of each transfer."
                      "</footer>\n</body>\n</html>\n");
}
