/* SPDX-License-Identifier: MIT */
/* A tracer whose events nobody is shown: of every recorded session the rules find what they find of the full
 * trace. */
#include "unit.h"

#include "base/sink.h"
#include "model/model.h"
#include "record/record.h"
#include "report/headline.h"
#include "rules/rules.h"
#include "trace/tracer.h"

#include <dirent.h>
#include <stdlib.h>

struct told {
    struct ht_sink text;
    size_t summaries;
};

static void put_findings(struct ht_sink *out, const struct ht_exchange *x)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        ht_sink_printf(out, "%s %d %d %d %d %d\n", f->code, (int)f->severity, (int)f->phase, (int)f->locus,
                       (int)f->confidence, (int)f->connection);
        for (const struct ht_evidence *e = f->evidence; e; e = e->next)
            ht_sink_printf(out, "  %s %llu\n", e->fact, (unsigned long long)e->event);
    }
}

static void transfer_end(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    static const struct ht_rules_options options = {0};
    struct told *told = ctx;
    size_t count = 0;
    ht_rules_judge(trace, transfer, &options);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        put_findings(&told->text, x);
    ht_sink_printf(&told->text, "%d %s\n", (int)transfer->verdict.status,
                   transfer->verdict.headline ? transfer->verdict.headline : "-");
    ht_headline(&told->text, transfer, true);
    const struct ht_event **list = ht_transfer_timeline(transfer, &count);
    for (size_t i = 0; i < count; i++)
        told->summaries += list[i]->summary[0] != '\0';
    free(list);
}

static struct told read_record(const char *path, bool brief)
{
    struct told told = {.text = ht_sink(0)};
    struct ht_observer observer = {.ctx = &told, .transfer_end = transfer_end};
    struct ht_error error;
    struct ht_tracer *tracer = ht_tracer_new(&observer);
    if (brief)
        ht_tracer_be_brief(tracer);
    if (ht_record_read(path, ht_tracer_sink(tracer), &error) != HT_OK)
        fail_msg("%s", error.text);
    ht_tracer_free(tracer);
    return told;
}

static void compare(const char *path)
{
    struct told full = read_record(path, false), brief = read_record(path, true);
    if (strcmp(ht_sink_text(&full.text), ht_sink_text(&brief.text)) != 0)
        fail_msg("%s:\n%s\nin brief:\n%s", path, ht_sink_text(&full.text), ht_sink_text(&brief.text));
    assert_true(full.text.len > 0);
    assert_true(brief.summaries <= full.summaries);
    ht_sink_free(&full.text);
    ht_sink_free(&brief.text);
}

static void findings_stay(void **state)
{
    static const char directory[] = HT_FIXTURES "/records";
    DIR *dir = opendir(directory);
    size_t count = 0;
    (void)state;
    assert_non_null(dir);
    for (struct dirent *one; (one = readdir(dir));) {
        struct ht_sink path = ht_sink(0);
        ht_sink_printf(&path, "%s/%s", directory, one->d_name);
        if (one->d_name[0] != '.' && ++count)
            compare(ht_sink_text(&path));
        ht_sink_free(&path);
    }
    closedir(dir);
    assert_true(count > 40);
}

static void summaries_go(void **state)
{
    static const char path[] = HT_FIXTURES "/records/nginx-h2.record";
    struct told full = read_record(path, false), brief = read_record(path, true);
    (void)state;
    assert_true(brief.summaries + 5 < full.summaries);
    ht_sink_free(&full.text);
    ht_sink_free(&brief.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(findings_stay), cmocka_unit_test(summaries_go)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
