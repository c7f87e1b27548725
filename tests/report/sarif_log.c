/* SPDX-License-Identifier: MIT */
/* Takes a sample, gives the run of its SARIF log, with a catalogue of two rows. */
#include "unit.h"

#include "report/sarif_log.h"

#include <stdlib.h>
#include <string.h>

static const char *const steps[] = {"ask with {braces}", NULL};

/* A catalogue of two rows. */
static bool catalogue(size_t index, struct ht_finding *usual)
{
    static const struct ht_finding rows[] = {{.code = "dns.nothing",
                                              .severity = HT_SEVERITY_NOTICE,
                                              .title = "Nothing",
                                              .explanation = "It is nothing."},
                                             {.code = "tls.ch_dropped",
                                              .severity = HT_SEVERITY_ERROR,
                                              .phase = HT_PHASE_TLS,
                                              .locus = HT_LOCUS_PATH,
                                              .confidence = HT_CONFIDENCE_HIGH,
                                              .title = "Dropped",
                                              .explanation = "It was [dropped](on the way).",
                                              .also_explained_by = "an outage",
                                              .next_steps = steps,
                                              .reference = "RFC 8446"}};
    if (index >= sizeof rows / sizeof *rows)
        return false;
    *usual = rows[index];
    return true;
}

json_t *sarif_run(struct sample *sample, struct ht_report_options options)
{
    json_error_t error;
    options.catalogue = catalogue;
    struct ht_sink out = document_of(ht_format_by_name(ht_span_str("sarif")), sample, &options);
    json_t *log = json_loadb(ht_sink_text(&out), out.len, JSON_REJECT_DUPLICATES, &error);
    if (!log)
        fail_msg("%s at %d: %s", error.text, error.position, ht_sink_text(&out));
    json_t *run = json_incref(json_array_get(json_object_get(log, "runs"), 0));
    json_decref(log);
    ht_sink_free(&out);
    return run;
}

const json_t *sarif_at(const json_t *value, const char *path)
{
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *step = strtok_r(copy, "/", &rest); step; step = strtok_r(NULL, "/", &rest)) {
        value =
            json_is_array(value) ? json_array_get(value, (size_t)atoi(step)) : json_object_get(value, step);
        if (!value)
            fail_msg("%s: no %s", path, step);
    }
    return value;
}

const char *sarif_text(const json_t *value, const char *path)
{
    return json_string_value(sarif_at(value, path));
}

struct sample *sarif_sample(enum ht_severity severity)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, severity);
    return sample;
}
