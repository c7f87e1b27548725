/* SPDX-License-Identifier: MIT */
/* OCSP: takes a DER OCSPResponse, gives the certificate status of its first single response (RFC 6960
 * section 4.2.1).
 */
#include "decode/x509/x509.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <limits.h>

static enum ht_ocsp_status single_status(OCSP_BASICRESP *basic)
{
    OCSP_SINGLERESP *single = OCSP_resp_get0(basic, 0);
    int status = single ? OCSP_single_get0_status(single, NULL, NULL, NULL, NULL) : -1;
    switch (status) {
    case V_OCSP_CERTSTATUS_GOOD:
        return HT_OCSP_GOOD;
    case V_OCSP_CERTSTATUS_REVOKED:
        return HT_OCSP_REVOKED;
    case V_OCSP_CERTSTATUS_UNKNOWN:
        return HT_OCSP_UNKNOWN;
    default:
        return HT_OCSP_UNPARSED;
    }
}

/* A response that is an error by itself (tryLater, unauthorized, ...) tells nothing of the certificate. */
static enum ht_ocsp_status response_status(OCSP_RESPONSE *response)
{
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return HT_OCSP_UNPARSED;
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    enum ht_ocsp_status status = basic ? single_status(basic) : HT_OCSP_UNPARSED;
    OCSP_BASICRESP_free(basic);
    return status;
}

enum ht_ocsp_status ht_ocsp_decode(struct ht_span der)
{
    const unsigned char *at = der.data;
    if (der.len == 0)
        return HT_OCSP_NONE;
    if (der.len > LONG_MAX)
        return HT_OCSP_UNPARSED;
    ERR_set_mark();
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
    bool whole = response && at == der.data + der.len;
    enum ht_ocsp_status status = whole ? response_status(response) : HT_OCSP_UNPARSED;
    OCSP_RESPONSE_free(response);
    ERR_pop_to_mark();
    return status;
}
