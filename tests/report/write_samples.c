/* SPDX-License-Identifier: MIT */
/* Takes a directory, writes the JSON report of every sample into it: what validate.py holds against the
 * schema. */
#include "report/sample.h"

#include <stdio.h>
#include <stdlib.h>

static void write_one(const char *directory, const char *name, const char *form,
                      const struct ht_report_options *options)
{
    char path[4096];
    struct sample *s = sample_new(name);
    struct ht_sink out = ht_sink(0);
    ht_report_json(&out, &s->trace, s->transfer, options);
    snprintf(path, sizeof path, "%s/%s.%s.json", directory, name, form);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(out.text, 1, out.len, file) != out.len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    ht_sink_free(&out);
    sample_free(s);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < sample_count; i++) {
        write_one(argv[1], sample_rows[i].name, "line", &(struct ht_report_options){.timeline = true});
        write_one(argv[1], sample_rows[i].name, "pretty",
                  &(struct ht_report_options){.pretty = true, .show_secrets = true, .exit_code = 28});
    }
    return 0;
}
