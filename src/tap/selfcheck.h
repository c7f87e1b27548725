/* SPDX-License-Identifier: MIT */
/* The self-check: do libcurl's calls reach the tap's functions in this very process? */
#ifndef HT_TAP_SELFCHECK_H
#define HT_TAP_SELFCHECK_H

#include "tap/run.h"

/* Needs the run to be the live one. Makes no connection. */
bool ht_tap_selfcheck(struct ht_tap *tap);

#endif
