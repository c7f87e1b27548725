/* SPDX-License-Identifier: MIT */
/* Arenas: aligned, zeroed, apart from each other, and ended where memory ends. */
#include "unit.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void alignment(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = ht_arena_alloc(arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xA5, size); /* would show in the next one if they overlapped */
    }
    ht_arena_free(arena);
}

static void large_blocks(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {10, 2047, 2048, 2049, 65536, 70000, 5000000, 1, 65535};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    unsigned char *at[COUNT];
    struct ht_arena *arena = ht_arena_new();
    size_t sum = 0;
    for (size_t i = 0; i < COUNT; i++) {
        at[i] = ht_arena_alloc(arena, sizes[i]);
        memset(at[i], (int)i + 1, sizes[i]);
        sum += sizes[i];
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(at[i][0], i + 1);
        assert_int_equal(at[i][sizes[i] - 1], i + 1);
    }
    assert_true(ht_arena_used(arena) >= sum && ht_arena_used(arena) <= sum + COUNT * alignof(max_align_t));
    ht_arena_free(arena);
    ht_arena_free(NULL);
}

static void totals(void **unused)
{
    (void)unused;
    size_t total = 0;
    struct ht_arena *one = ht_arena_new_of(&total), *two = ht_arena_new_of(&total), *own = ht_arena_new();
    ht_arena_alloc(one, 100000);
    ht_arena_alloc(two, 10);
    ht_arena_alloc(own, 1000);
    assert_int_equal(total, ht_arena_used(one) + ht_arena_used(two));
    assert_int_equal(ht_arena_total(two), total);
    assert_int_equal(ht_arena_total(own), ht_arena_used(own));
    ht_arena_free(one);
    assert_int_equal(total, ht_arena_used(two));
    ht_arena_free(two);
    ht_arena_free(own);
    assert_int_equal(total, 0);
}

static void copies(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    char text[] = "abc";
    struct ht_span copy = ht_arena_dup(arena, ht_span(text, 3));
    char *terminated = ht_arena_text(arena, ht_span(text, 2));
    text[0] = 'z';
    assert_true(ht_span_eq_str(copy, "abc"));
    assert_string_equal(terminated, "ab");
    assert_int_equal(ht_arena_dup(arena, ht_span(NULL, 0)).len, 0);
    assert_null(ht_arena_dup(arena, ht_span(text, 0)).data);
    assert_string_equal(ht_arena_text(arena, ht_span(NULL, 0)), "");
    ht_arena_free(arena);
}

static void formatted(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    assert_string_equal(ht_arena_printf(arena, "%s", ""), "");
    assert_string_equal(ht_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    char *wide = ht_arena_printf(arena, "%*d", 100000, 5);
    assert_int_equal(strlen(wide), 100000);
    assert_int_equal(wide[99999], '5');
    ht_arena_free(arena);
}

/* A size that would wrap when it is rounded up ends the process; it does not give a small block. */
static void no_wrap(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            (void)!freopen("/dev/null", "w", stderr);
            ht_arena_alloc(ht_arena_new(), sizes[i]);
            _exit(77);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 2);
    }
}

static void plain_memory(void **unused)
{
    (void)unused;
    char *memory = ht_malloc(0);
    assert_non_null(memory);
    memory = ht_realloc(memory, 10);
    memcpy(memory, "123456789", 10);
    memory = ht_realloc(memory, 10000);
    assert_string_equal(memory, "123456789");
    free(memory);
    char *copy = ht_strdup("x");
    assert_string_equal(copy, "x");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alignment),    cmocka_unit_test(large_blocks), cmocka_unit_test(totals),
        cmocka_unit_test(copies),       cmocka_unit_test(formatted),    cmocka_unit_test(no_wrap),
        cmocka_unit_test(plain_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
