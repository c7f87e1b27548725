/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 answers that break the grammar (RFC 9110 section 5, RFC 9112 sections 2 to 7). */
#include "lab.h"

#define BROKEN(name, words, literal)                                                                         \
    {                                                                                                        \
        .code = "http.malformed." name, .help = (words), .phase = "response", .finding = "http.malformed",   \
        .serve = lab_h1_bytes, .end = LAB_END_FIN, .bytes = LAB_BYTES(literal)                               \
    }
#define BODY "Content-Length: 6\r\n\r\nHello\n"

static const struct lab_row rows[] = {
    BROKEN("status_line", "a status line that is none", "HTPP/one 2OO OK\r\n" BODY),
    BROKEN("status_code", "a status code of two digits", "HTTP/1.1 20 OK\r\n" BODY),
    BROKEN("version", "a version nobody has defined", "HTTP/7.3 200 OK\r\n" BODY),
    BROKEN("no_colon", "a field line without colon", "HTTP/1.1 200 OK\r\nNo colon here\r\n" BODY),
    BROKEN("space_before_colon", "a space between field name and colon",
           "HTTP/1.1 200 OK\r\nX-Field : value\r\n" BODY),
    BROKEN("field_name", "a field name with a character that no token has",
           "HTTP/1.1 200 OK\r\nX(Field): value\r\n" BODY),
    BROKEN("nul", "a NUL in a field value", "HTTP/1.1 200 OK\r\nX-Nul: be\0fore\r\n" BODY),
    BROKEN("bare_cr", "a bare CR in a field value", "HTTP/1.1 200 OK\r\nX-Cr: be\rfore\r\n" BODY),
    BROKEN("control", "an escape sequence in a field value",
           "HTTP/1.1 200 OK\r\nX-Escape: \033[31mred\033[0m\r\n" BODY),
    BROKEN("length_conflict", "two Content-Length fields that differ",
           "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nHello\n"),
    BROKEN("length_word", "a Content-Length that is no number",
           "HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\nHello\n"),
    BROKEN("length_negative", "a negative Content-Length",
           "HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\nHello\n"),
    BROKEN("length_and_chunked", "both Content-Length and Transfer-Encoding",
           "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
           "6\r\nHello\n\r\n0\r\n\r\n"),
    BROKEN("chunk_size", "a chunk size that is no hexadecimal number",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nHello\n\r\n0\r\n\r\n"),
    BROKEN("chunk_overflow", "a chunk size past 64 bits",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nHello\n\r\n0\r\n\r\n"),
    BROKEN("chunk_end", "no CRLF after a chunk's data",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nHello\nXX0\r\n\r\n"),
};

const struct lab_family lab_h1_grammar = LAB_FAMILY(rows);
