/* SPDX-License-Identifier: MIT */
/* Names of HTTP/2 settings and error codes: takes a number, gives the name of the IANA registry (RFC 9113
 * section 11). */
#include "base/names.h"
#include "decode/h2/h2.h"

#include <nghttp2/nghttp2.h>

static const struct ht_name settings[] = {
    {1, "HEADER_TABLE_SIZE"},       {2, "ENABLE_PUSH"},    {3, "MAX_CONCURRENT_STREAMS"},
    {4, "INITIAL_WINDOW_SIZE"},     {5, "MAX_FRAME_SIZE"}, {6, "MAX_HEADER_LIST_SIZE"},
    {8, "ENABLE_CONNECT_PROTOCOL"}, /* RFC 8441 */
    {9, "NO_RFC7540_PRIORITIES"},   /* RFC 9218 */
    {16, "TLS_RENEG_PERMITTED"},    /* MS-HTTP2E */
};

const char *ht_h2_setting_name(uint16_t id)
{
    static const struct ht_name_table table = HT_NAME_TABLE(settings);
    return ht_name_of(&table, id);
}

const char *ht_h2_error_name(uint32_t code)
{
    const char *name = nghttp2_http2_strerror(code);
    return name && strcmp(name, "unknown") != 0 ? name : NULL;
}
