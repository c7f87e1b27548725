/* SPDX-License-Identifier: MIT */
/* Takes a format and a sample, gives the document. */
#include "unit.h"

#include "report/document.h"

#include <stdlib.h>

static void tell_events(struct ht_document *document, const struct sample *sample)
{
    size_t count = 0;
    const struct ht_event **events = ht_transfer_timeline(sample->transfer, &count);
    for (size_t i = 0; document->format->event && i < count; i++)
        document->format->event(document, &sample->trace, events[i]);
    free(events);
}

struct ht_sink document_of(const struct ht_format *format, const struct sample *sample,
                           const struct ht_report_options *options)
{
    struct ht_document document = {.format = format, .options = *options};
    struct ht_error error = {0};
    if (format->begin && format->begin(&document, &error) != HT_OK)
        fail_msg("%s does not begin: %s", format->name, error.text);
    if (sample) {
        tell_events(&document, sample);
        format->transfer(&document, &sample->trace, sample->transfer);
        document.transfers++;
    }
    if (format->end && format->end(&document, &error) != HT_OK)
        fail_msg("%s does not end: %s", format->name, error.text);
    ht_sink_free(&document.notes);
    return document.out;
}
