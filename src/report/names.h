/* SPDX-License-Identifier: MIT */
/* Names that reports alone need: numbers of the system and of HTTP. NULL for a number that nobody named. */
#ifndef HT_REPORT_NAMES_H
#define HT_REPORT_NAMES_H

#include <stdint.h>

const char *ht_eai_name(int64_t error);   /* getaddrinfo()'s errors: "EAI_NONAME" */
const char *ht_status_phrase(int status); /* RFC 9110 section 15 and its registry: "Not Found" */
const char *ht_rcode_name(int64_t rcode); /* "NXDOMAIN" */

#endif
