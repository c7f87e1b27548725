/* SPDX-License-Identifier: MIT */
/* Names of files that the far side has a word in: -O and -J. */
#ifndef HT_FETCH_REMOTE_NAME_H
#define HT_FETCH_REMOTE_NAME_H

#include <httptrace/span.h>

/* What follows the last slash of the URL's path, still percent-encoded; "" where nothing does. NULL: no URL.
 * To be freed. */
char *ht_remote_name_of_url(const char *url);

/*
 * The file's name of a header line "Content-Disposition: ...; filename=...", without what stands before the
 * last slash or backslash in it (RFC 6266 section 4.3 warns of them); NULL where the line is another one or
 * names none. To be freed. filename* (RFC 8187) is not read, as the curl tool does not.
 */
char *ht_remote_name_of_head(struct ht_span line);

#endif
