/* SPDX-License-Identifier: MIT */
/* The catalogue: every row is complete, and the pages made from the rows hold them all. */
#include "rules/case.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>

static size_t rows(const struct ht_rule *const **all)
{
    size_t count = 0;
    *all = ht_catalogue(&count);
    return count;
}

static void every_row_is_complete(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    assert_true(count >= 50 && count <= 255);
    for (size_t i = 0; i < count; i++) {
        const struct ht_rule *r = all[i];
        bool good = r->code && r->title && *r->title && r->explanation && *r->explanation && r->holds;
        if (!good)
            print_message("row %zu: %s\n", i, r->code ? r->code : "?");
        assert_true(good);
        /* A run that was interrupted needs no advice. */
        assert_true(r->next_steps[0] || r->severity <= HT_SEVERITY_NOTICE ||
                    strcmp(r->code, "local.interrupted") == 0);
        assert_true(strchr(r->code, '.') != NULL);
    }
}

static void titles_are_headlines(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *title = all[i]->title;
        bool good = title[strlen(title) - 1] != '.' && !strchr(title, '\n') && strlen(title) <= 120 &&
                    !islower((unsigned char)title[0]);
        if (!good)
            print_message("%s: %s\n", all[i]->code, title);
        assert_true(good);
        assert_null(strchr(all[i]->explanation, '\n'));
        assert_int_equal(all[i]->explanation[strlen(all[i]->explanation) - 1], '.');
        if (all[i]->also_explained_by)
            assert_int_not_equal(all[i]->also_explained_by[strlen(all[i]->also_explained_by) - 1], '.');
    }
}

static void codes_are_unique_and_stand_by_family(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t family = strcspn(all[i]->code, ".") + 1;
        for (size_t j = i + 1; j < count; j++)
            assert_string_not_equal(all[i]->code, all[j]->code);
        /* The family may not come back once another one has begun. */
        bool left = false;
        for (size_t j = i + 1; j < count; j++) {
            bool same = strncmp(all[i]->code, all[j]->code, family) == 0;
            if (same && left)
                print_message("%s comes after its family's end\n", all[j]->code);
            assert_false(same && left);
            left = left || !same;
        }
    }
}

static void assert_globs_known(const struct ht_rule *rule)
{
    char globs[512];
    assert_true(strlen(rule->supersedes) < sizeof globs);
    strcpy(globs, rule->supersedes);
    for (char *glob = strtok(globs, " "); glob; glob = strtok(NULL, " ")) {
        if (!ht_rules_known(glob))
            print_message("%s supersedes %s, which no row has\n", rule->code, glob);
        assert_true(ht_rules_known(glob));
        assert_int_not_equal(fnmatch(glob, rule->code, 0), 0);
    }
}

static void usual_findings_are_the_rows(void **state)
{
    const struct ht_rule *const *all;
    struct ht_finding usual;
    size_t count = rows(&all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(ht_rules_usual(i, &usual));
        assert_ptr_equal(usual.code, all[i]->code);
        assert_ptr_equal(usual.next_steps, all[i]->next_steps);
        assert_int_equal(usual.severity, all[i]->severity);
        assert_null(usual.evidence);
    }
    assert_false(ht_rules_usual(count, &usual));
}

static void what_is_superseded_is_known(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (all[i]->supersedes)
            assert_globs_known(all[i]);
    }
}

static void no_two_rows_supersede_each_other(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            bool both = ht_glob_any(all[i]->supersedes, all[j]->code) &&
                        ht_glob_any(all[j]->supersedes, all[i]->code);
            if (both)
                print_message("%s and %s\n", all[i]->code, all[j]->code);
            assert_false(both);
        }
    }
}

static void the_last_resort_is_last(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    (void)state;
    assert_string_equal(all[count - 1]->code, "failed.unexplained");
}

static void pages_hold_every_row(void **state)
{
    const struct ht_rule *const *all;
    size_t count = rows(&all);
    struct ht_sink list = ht_sink(0), page = ht_sink(0), one = ht_sink(0);
    (void)state;
    ht_rules_list(&list);
    ht_rules_markdown(&page);
    for (size_t i = 0; i < count; i++) {
        char head[160];
        snprintf(head, sizeof head, "### %s\n", all[i]->code);
        assert_non_null(strstr(ht_sink_text(&list), all[i]->code));
        assert_non_null(strstr(ht_sink_text(&page), head));
        ht_sink_reset(&one);
        assert_true(ht_rules_explain(&one, all[i]->code));
        assert_non_null(strstr(ht_sink_text(&one), all[i]->explanation));
    }
    assert_non_null(strstr(ht_sink_text(&page), "`unknown`"));
    assert_false(ht_rules_explain(&one, "no.such_code"));
    ht_sink_free(&list);
    ht_sink_free(&page);
    ht_sink_free(&one);
}

static void globs_name_rows(void **state)
{
    (void)state;
    assert_true(ht_rules_known("http.killed"));
    assert_true(ht_rules_known("h2.*"));
    assert_false(ht_rules_known("h3.*"));
    assert_true(ht_glob_any("tls.* http.killed", "http.killed"));
    assert_true(ht_glob_any("tls.* http.killed", "tls.stalled_mid_handshake"));
    assert_false(ht_glob_any("tls.* http.killed", "http.empty"));
    assert_false(ht_glob_any(NULL, "http.empty"));
    assert_false(ht_glob_any("", "http.empty"));
}

static void ignored_codes_are_not_asked(void **state)
{
    static const char *const globs[] = {"http.k*", "failed.unexplained"};
    struct ht_rules_options options = {.ignore = globs, .ignore_count = 2};
    struct case_under_test k;
    (void)state;
    case_begin(&k, "http://example.com/");
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, 56, 3000);
    assert_non_null(case_finding(&k, "http.killed"));
    ht_rules_judge(&k.trace, k.t, &options);
    assert_null(k.x->findings);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_FAILED);
    case_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(titles_are_headlines),
        cmocka_unit_test(codes_are_unique_and_stand_by_family),
        cmocka_unit_test(usual_findings_are_the_rows),
        cmocka_unit_test(what_is_superseded_is_known),
        cmocka_unit_test(no_two_rows_supersede_each_other),
        cmocka_unit_test(the_last_resort_is_last),
        cmocka_unit_test(pages_hold_every_row),
        cmocka_unit_test(globs_name_rows),
        cmocka_unit_test(ignored_codes_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
