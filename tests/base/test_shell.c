/* SPDX-License-Identifier: MIT */
/* Words for a shell: bare where that is safe, else quoted in the form that is easiest to read. */
#include "text.h"

#include "base/shell.h"

#define WORD(expected, input) WRITES(expected, ht_shell_word(&out, LITERAL(input)))

static void bare(void **unused)
{
    (void)unused;
    WORD("https://example.com:8443/a-b/c_d.html", "https://example.com:8443/a-b/c_d.html");
    WORD("@file,name%20x+y", "@file,name%20x+y");
    WORD("a=b", "a=b");
}

static void quoted(void **unused)
{
    (void)unused;
    WORD("''", "");
    WORD("'=a'", "=a");
    WORD("'X-A: b'", "X-A: b");
    WORD("'https://e.com/?a=1&b=2#c'", "https://e.com/?a=1&b=2#c");
    WORD("'{\"a\":[1,2]}'", "{\"a\":[1,2]}");
    WORD("'~/x'", "~/x");
    WORD("'$HOME `id` !x'", "$HOME `id` !x");
    WORD("'a\\b'", "a\\b");
    WORD("'gr\xC3\xBC\xC3\x9F'", "gr\xC3\xBC\xC3\x9F");
}

static void with_apostrophes(void **unused)
{
    (void)unused;
    WORD("\"it's\"", "it's");
    WORD("'it'\\''s $5'", "it's $5");
    WORD("'it'\\''s \"x\"'", "it's \"x\"");
    WORD("''\\''!'", "'!");
}

static void with_controls(void **unused)
{
    (void)unused;
    WORD("$'a\\nb'", "a\nb");
    WORD("$'\\t\\r\\a\\b\\f\\v'", "\t\r\a\b\f\v");
    WORD("$'\\0331'", "\x1B"
                      "1");
    WORD("$'it\\'s\\\\n\\n'", "it's\\n\n");
    WORD("$'\\177\\377'", "\x7F\xFF");
    WORD("$'\\342\\200\\256x'", "\xE2\x80\xAEx"); /* U+202E reverses what follows it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare),
        cmocka_unit_test(quoted),
        cmocka_unit_test(with_apostrophes),
        cmocka_unit_test(with_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
