/* SPDX-License-Identifier: MIT */
/* Tables: getaddrinfo()'s errors, DNS response codes, and the HTTP status code registry's phrases (RFC 9110
 * section 16.2). */
#include "report/names.h"

#include "base/names.h"

#include <netdb.h>

/* The errors are negative numbers: by what is left without their sign. */
static const struct ht_name eai_rows[] = {
    {-EAI_BADFLAGS, "EAI_BADFLAGS"}, {-EAI_NONAME, "EAI_NONAME"},   {-EAI_AGAIN, "EAI_AGAIN"},
    {-EAI_FAIL, "EAI_FAIL"},         {-EAI_NODATA, "EAI_NODATA"},   {-EAI_FAMILY, "EAI_FAMILY"},
    {-EAI_SOCKTYPE, "EAI_SOCKTYPE"}, {-EAI_SERVICE, "EAI_SERVICE"}, {-EAI_ADDRFAMILY, "EAI_ADDRFAMILY"},
    {-EAI_MEMORY, "EAI_MEMORY"},     {-EAI_SYSTEM, "EAI_SYSTEM"},   {-EAI_OVERFLOW, "EAI_OVERFLOW"},
};
static const struct ht_name_table eai = HT_NAME_TABLE(eai_rows);

static const struct ht_name phrase_rows[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {511, "Network Authentication Required"},
};
static const struct ht_name_table phrases = HT_NAME_TABLE(phrase_rows);

/* RFC 6895 section 2.3 */
static const struct ht_name rcode_rows[] = {
    {0, "NOERROR"}, {1, "FORMERR"}, {2, "SERVFAIL"}, {3, "NXDOMAIN"}, {4, "NOTIMP"}, {5, "REFUSED"},
};
static const struct ht_name_table rcodes = HT_NAME_TABLE(rcode_rows);

const char *ht_rcode_name(int64_t rcode)
{
    return rcode >= 0 && rcode <= UINT16_MAX ? ht_name_of(&rcodes, (uint32_t)rcode) : NULL;
}

const char *ht_eai_name(int64_t error)
{
    return error < 0 && error > -UINT16_MAX ? ht_name_of(&eai, (uint32_t)-error) : NULL;
}

const char *ht_status_phrase(int status)
{
    return status > 0 ? ht_name_of(&phrases, (uint32_t)status) : NULL;
}
