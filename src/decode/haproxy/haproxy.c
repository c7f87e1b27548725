/* SPDX-License-Identifier: MIT */
/* The PROXY protocol's line (HAProxy's proxy-protocol.txt section 2.1): takes its bytes, gives its length,
 * its parts and what is wrong with it. */
#include "decode/haproxy/haproxy.h"

#include "base/escape.h"
#include "model/model.h"

#include <arpa/inet.h>

#define BEGIN   "PROXY "
#define LONGEST 107 /* CR LF included */

enum { FAMILY, SOURCE, DESTINATION, SOURCE_PORT, DESTINATION_PORT, WORDS };

static const char *const families[] = {"TCP4", "TCP6", "UNKNOWN"};

/* Cuts off the word that `rest` begins with, and one space behind it. */
static struct ht_span next_word(struct ht_span *rest)
{
    size_t len = ht_span_find_byte(*rest, ' ', 0);
    struct ht_span word = ht_span_head(*rest, len);
    *rest = ht_span_from(*rest, len + 1);
    return word;
}

static bool is_family(struct ht_span word)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (ht_span_eq_str(word, families[i]))
            return true;
    return false;
}

/* Without what every such line has, and without its end. */
static struct ht_span content(struct ht_span line)
{
    struct ht_span rest = ht_span_from(line, strlen(BEGIN));
    return ht_span_head(rest, ht_span_find(rest, ht_span_str("\r\n"), 0));
}

size_t ht_haproxy_split(struct ht_span in)
{
    struct ht_span head = ht_span_head(in, LONGEST), rest = content(head);
    size_t end = ht_span_find(head, ht_span_str("\r\n"), 0);
    bool begins = ht_span_eq_str(ht_span_head(head, strlen(BEGIN)), BEGIN);
    return begins && end < head.len && is_family(next_word(&rest)) ? end + 2 : 0;
}

static bool is_address(struct ht_span word, bool six)
{
    uint8_t address[16];
    char text[INET6_ADDRSTRLEN] = "";
    if (word.len == 0 || word.len >= sizeof text)
        return false;
    memcpy(text, word.data, word.len);
    return inet_pton(six ? AF_INET6 : AF_INET, text, address) == 1;
}

/* Decimal, without leading zeros; -1: none. */
static int port_of(struct ht_span word)
{
    int port = 0;
    bool bad = word.len == 0 || word.len > 5 || (word.len > 1 && word.data[0] == '0');
    for (size_t i = 0; i < word.len && !bad; i++) {
        bad = word.data[i] < '0' || word.data[i] > '9';
        port = 10 * port + (word.data[i] - '0');
    }
    return bad || port > 65535 ? -1 : port;
}

static void put_end(struct ht_sink *out, struct ht_span address, int port, bool six)
{
    ht_sink_puts(out, six ? "[" : "");
    ht_escape_text(out, address);
    ht_sink_printf(out, "%s:%d", six ? "]" : "", port);
}

static void mark(struct ht_haproxy_line *out, struct ht_span line, struct ht_span word, const char *why)
{
    if (out->malformed)
        return;
    out->malformed = true;
    out->malformed_at = word.data ? (size_t)(word.data - line.data) : line.len;
    out->malformed_why = why;
}

static void take_ends(struct ht_arena *arena, struct ht_span line, const struct ht_span words[WORDS],
                      struct ht_haproxy_line *out, struct ht_sink *summary)
{
    static const char *const names[WORDS] = {NULL, "source", "destination", "source_port",
                                             "destination_port"};
    bool six = ht_span_eq_str(words[FAMILY], "TCP6");
    for (int i = SOURCE; i <= DESTINATION; i++) {
        int port = port_of(words[i + 2]);
        ht_field_text(arena, out->fields, names[i], words[i]);
        if (port >= 0)
            ht_field_uint(arena, out->fields, names[i + 2], (uint64_t)port);
        if (!is_address(words[i], six))
            mark(out, line, words[i], "no address of this family (proxy-protocol.txt section 2.1)");
        if (port < 0)
            mark(out, line, words[i + 2], "no port (proxy-protocol.txt section 2.1)");
        ht_sink_puts(summary, i == SOURCE ? " from " : " to ");
        put_end(summary, words[i], port, six);
    }
}

void ht_haproxy_decode(struct ht_arena *arena, struct ht_span line, struct ht_haproxy_line *out)
{
    struct ht_span words[WORDS], rest = content(line);
    struct ht_sink summary = ht_sink(0);
    for (int i = 0; i < WORDS; i++)
        words[i] = next_word(&rest);
    *out = (struct ht_haproxy_line){.fields = ht_field_map(arena, NULL, NULL)};
    ht_sink_puts(&summary, BEGIN);
    ht_escape_text(&summary, words[FAMILY]);
    ht_field_uint(arena, out->fields, "version", 1);
    ht_field_text(arena, out->fields, "family", words[FAMILY]);
    if (ht_haproxy_split(line) != line.len)
        mark(out, line, line, "no line of the PROXY protocol (proxy-protocol.txt section 2.1)");
    else if (ht_span_eq_str(words[FAMILY], "UNKNOWN")) /* what else it says counts for nothing */
        ht_sink_puts(&summary, ": without addresses");
    else
        take_ends(arena, line, words, out, &summary);
    out->summary = ht_arena_text(arena, ht_span(summary.text, summary.len));
    ht_sink_free(&summary);
}
