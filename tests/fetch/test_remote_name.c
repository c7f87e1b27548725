/* SPDX-License-Identifier: MIT */
/* Names of files that a URL or a response gives: which they are, and that none leads out of a directory. */
#include "unit.h"

#include "fetch/remote_name.h"

#include <stdlib.h>
#include <string.h>

static void same(char *got, const char *expected, const char *of)
{
    if ((got == NULL) != (expected == NULL) || (got && strcmp(got, expected) != 0))
        fail_msg("%s: %s", of, got ? got : "none");
    free(got);
}

static void urls_name_files(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"http://h/a/b.txt?q#f", "b.txt"},
        {"http://h/", ""},
        {"h", ""},
        {"http://h/a%20b", "a%20b"},
        {"http://h/a/", ""},
        {"h/x", "x"},
        {"http://[bad", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        same(ht_remote_name_of_url(rows[i][0]), rows[i][1], rows[i][0]);
}

static void heads_name_files(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Content-Disposition: attachment; filename=a.txt\r\n", "a.txt"},
        {"content-disposition:filename=a.txt; x=y\r\n", "a.txt"},
        {"Content-Disposition: inline; filename=\"a b;c\"; y\r\n", "a b;c"},
        {"Content-Disposition: attachment; filename='q'\r\n", "q"},
        {"Content-Disposition: attachment; filename=../../etc/passwd\r\n", "passwd"},
        {"Content-Disposition: attachment; filename=\"..\\..\\x.exe\"\r\n", "x.exe"},
        {"Content-Disposition: attachment; filename=\"a/b\\c\"\r\n", "c"},
        {"Content-Disposition: attachment; filename=\"dir/\"\r\n", NULL},
        {"Content-Disposition: attachment; filename=\"\"\r\n", NULL},
        {"Content-Disposition: attachment; filename=\"open\r\n", "open"},
        {"Content-Disposition: attachment; xfilename=a\r\n", NULL},
        {"Content-Disposition: attachment; FILENAME=a\r\n", NULL},
        {"Content-Disposition: attachment; filename*=UTF-8''a\r\n", NULL},
        {"Content-Disposition: attachment\r\n", NULL},
        {"Content-Disposition:", NULL},
        {"Content-Type: x; filename=a\r\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        same(ht_remote_name_of_head(ht_span_str(rows[i][0])), rows[i][1], rows[i][0]);
}

static void a_nul_ends_a_name(void **state)
{
    (void)state;
    static const char line[] = "Content-Disposition: a; filename=x\0/y\r\n";
    same(ht_remote_name_of_head(ht_span(line, sizeof line - 1)), "x", "NUL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_name_files),
        cmocka_unit_test(heads_name_files),
        cmocka_unit_test(a_nul_ends_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
