/* SPDX-License-Identifier: MIT */
/* Our own errors: takes a status and a sentence, keeps both for main. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum ht_status ht_fail(struct ht_error *error, enum ht_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        error->status = status;
        error->exit_code = 2;
    }
    return status;
}
