/* SPDX-License-Identifier: MIT */
/* What both forms of a dry run's report say of a request that was not sent. */
#ifndef HT_REPORT_REQUEST_H
#define HT_REPORT_REQUEST_H

#include "report/report.h"

/* How the first socket would have been reached. */
struct ht_reach {
    struct ht_span host, address, unix_socket; /* address: empty where the name has to be looked up */
    int64_t port;                              /* -1: none */
    bool known, lookup;
};

enum ht_body_kind { HT_BODY_NONE, HT_BODY_LENGTH, HT_BODY_CHUNKED, HT_BODY_OPEN };

struct ht_body {
    enum ht_body_kind kind;
    int64_t bytes; /* HT_BODY_LENGTH */
    struct ht_span type;
};

/* The exchange whose request was seen, or NULL where it did not come to that. */
const struct ht_exchange *ht_request_seen(const struct ht_transfer *transfer);
struct ht_reach ht_request_reach(const struct ht_transfer *transfer);
struct ht_body ht_request_body(const struct ht_request *request);
/* libcurl's choice of HTTP/2 was only an offer: the server of a real run may answer with HTTP/1.1. */
bool ht_request_may_fall_back(const struct ht_exchange *exchange);

#endif
