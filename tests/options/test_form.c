/* SPDX-License-Identifier: MIT */
/* -F: uses of it in, parts written out. */
#include "unit.h"

#include "dump.h"

#include "options/form/form.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_USES 8

static void write_extras(struct ht_sink *sink, const struct ht_form_part *part)
{
    if (part->content_type)
        ht_sink_printf(sink, " type=[%s]", part->content_type);
    if (part->file_name)
        ht_sink_printf(sink, " file=[%s]", part->file_name);
    if (part->encoder)
        ht_sink_printf(sink, " encoder=[%s]", part->encoder);
    for (size_t i = 0; i < part->header_count; i++)
        ht_sink_printf(sink, " header=[%s]", part->headers[i]);
}

static void write_parts(struct ht_sink *sink, const struct ht_form_part *part)
{
    static const char kinds[] = {
        [HT_PART_TEXT] = '=', [HT_PART_FILE] = '@', [HT_PART_CONTENTS] = '<', [HT_PART_MULTIPLE] = '('};
    for (; part; part = part->next) {
        ht_sink_printf(sink, "%s%c", part->name ? part->name : "-", kinds[part->kind]);
        if (part->kind == HT_PART_MULTIPLE)
            write_parts(sink, part->parts);
        else
            ht_sink_printf(sink, "[%s]", part->data);
        if (part->kind == HT_PART_MULTIPLE)
            ht_sink_char(sink, ')');
        write_extras(sink, part);
        if (part->next)
            ht_sink_puts(sink, " & ");
    }
}

struct row {
    const char *uses[MAX_USES];
    const char *parts, *notes; /* NULL: an error; no notes */
};

static enum ht_status add_all(struct ht_form *form, const struct row *row, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < MAX_USES && row->uses[i] && status == HT_OK; i++)
        status = ht_form_add(form, "-F", row->uses[i], false, error);
    return status;
}

static void check_row(const struct row *row)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_sink notes = ht_sink(0), dump = ht_sink(0);
    struct ht_form form = ht_form(arena, &notes);
    struct ht_error error = {0};
    if (!row->parts) {
        assert_int_equal(add_all(&form, row, &error), HT_ERR_USAGE);
        assert_non_null(strstr(error.text, row->notes));
    } else {
        assert_int_equal(add_all(&form, row, &error), HT_OK);
        write_parts(&dump, form.parts);
        assert_string_equal(ht_sink_text(&dump), row->parts);
        if (row->notes)
            assert_non_null(strstr(ht_sink_text(&notes), row->notes));
        else
            assert_string_equal(ht_sink_text(&notes), "");
    }
    ht_form_free(&form);
    ht_sink_free(&notes);
    ht_sink_free(&dump);
    ht_arena_free(arena);
}

#define CHECK_ROWS(rows)                                                                                     \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++)                                               \
    check_row(&(rows)[i])

static void test_values(void **state)
{
    static const struct row rows[] = {
        {{"a=b"}, "a=[b]", NULL},
        {{"a="}, "a=[]", NULL},
        {{"=b"}, "-=[b]", NULL},
        {{"a=b=c"}, "a=[b=c]", NULL},
        {{"a=  b c  "}, "a=[b c]", NULL},
        {{"a=\" b;c \""}, "a=[ b;c ]", NULL},
        {{"a=\"b\\\"c\\\\d\\e\""}, "a=[b\"c\\d\\e]", NULL},
        {{"a=\"b\"  "}, "a=[b]", NULL},
        {{"a=\"b\"x;type=a/b"}, "a=[b] type=[a/b]", "closing quote"},
        {{"a=\"b;type=a/b"}, "a=[\"b] type=[a/b]", NULL},
        {{"a=b,c"}, "a=[b,c]", NULL},
        {{"a=b", "c=d"}, "a=[b] & c=[d]", NULL},
        {{"a=)"}, "a=[)]", NULL},
        {{"=)z"}, "-=[)z]", NULL},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void test_extras(void **state)
{
    static const struct row rows[] = {
        {{"a=b;type=text/x"}, "a=[b] type=[text/x]", NULL},
        {{"a=b; TYPE= text/x "}, "a=[b] type=[text/x]", NULL},
        {{"a=b;type=a/b; charset=x ;q=1"}, "a=[b] type=[a/b; charset=x ;q=1]", NULL},
        {{"a=b;type=a/b;filename=f"}, "a=[b] type=[a/b] file=[f]", NULL},
        {{"a=b;type=a/b;type=c/d"}, "a=[b] type=[a/b;type=c/d]", NULL},
        {{"a=b;type=a/b;filename=f;type=c/d"}, "a=[b] type=[c/d] file=[f]", NULL},
        {{"a=b;type=a/b; c=d;encoder=base64;x=y"}, "a=[b] type=[a/b; c=d] encoder=[base64]", "x=y"},
        {{"a=b;type=a;b/c"}, "a=[b] type=[a;b/c]", NULL},
        {{"a=b;type=a/b c"}, "a=[b] type=[a/b c]", NULL},
        {{"a=b;filename=\"x;\\\"y\""}, "a=[b] file=[x;\"y]", NULL},
        {{"a=b;filename="}, "a=[b] file=[]", NULL},
        {{"a=b;headers=\"X-A: 1; 2\";headers= X-B:2 "}, "a=[b] header=[X-A: 1; 2] header=[X-B:2]", NULL},
        {{"a=b;headers=1;headers=2;headers=3;headers=4;headers=5"},
         "a=[b] header=[1] header=[2] header=[3] header=[4] header=[5]",
         NULL},
        {{"a=b;foo"}, "a=[b]", "foo"},
        {{"a=b;;"}, "a=[b]", NULL},
        {{"a=b;headers=@/nonexistent/h"}, "a=[b]", "/nonexistent/h cannot be read"},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void test_files(void **state)
{
    static const struct row rows[] = {
        {{"a=@f"}, "a@[f]", NULL},
        {{"a=@ f ;filename=g"}, "a@[f] file=[g]", NULL},
        {{"a=@f,g"}, "a(-@[f] & -@[g])", NULL},
        {{"a=@f;type=a/b,g;filename=h", "c=d"}, "a(-@[f] type=[a/b] & -@[g] file=[h]) & c=[d]", NULL},
        {{"a=@\"f,g\""}, "a@[f,g]", NULL},
        {{"a=@f,"}, "a(-@[f] & -@[])", NULL},
        {{"a=@f;type=a,b/c"}, "a@[f] type=[a,b/c]", NULL},
        {{"a=@f;type=a/b,g"}, "a(-@[f] type=[a/b] & -@[g])", NULL},
        {{"a=<f,g"}, "a<[f,g]", NULL},
        {{"a=<f;type=a/b;encoder=8bit"}, "a<[f] type=[a/b] encoder=[8bit]", NULL},
        {{"a=<f;filename=g"}, "a<[f]", "a file name has no place here"},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void test_multiparts(void **state)
{
    static const struct row rows[] = {
        {{"a=(", "b=c", "=)", "d=e"}, "a(b=[c]) & d=[e]", NULL},
        {{"=(;type=multipart/alternative", "=x", "=y", "=)"},
         "-(-=[x] & -=[y]) type=[multipart/alternative]",
         NULL},
        {{"a=(", "b=(", "c=d", "=)", "e=f"}, "a(b(c=[d]) & e=[f])", NULL},
        {{"a=(", "b=@f,g", "c=d"}, "a(b(-@[f] & -@[g]) & c=[d])", NULL},
        {{"a=(x;encoder=base64"}, "a()", "an encoder has no place here"},
        {{"a=(;headers=X: 1;filename=f"}, "a() header=[X: 1]", "a file name"},
        {{"a=(", "=)", "=)"}, NULL, "none was begun"},
        {{"=)"}, NULL, "none was begun"},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void test_errors(void **state)
{
    static const struct row rows[] = {
        {{"a"}, NULL, "expected NAME=VALUE, got a"},
        {{""}, NULL, "expected NAME=VALUE"},
        {{"a=b;type=text"}, NULL, "expected a content type"},
        {{"a=b;type=/x"}, NULL, "expected a content type"},
        {{"a=b;type=x/"}, NULL, "expected a content type"},
        {{"a=b;type=x y/z"}, NULL, "expected a content type"},
        {{"a=@f,g;type=x"}, NULL, "expected a content type"},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void test_literal(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_sink notes = ht_sink(0), dump = ht_sink(0);
    struct ht_form form = ht_form(arena, &notes);
    struct ht_error error = {0};
    static const char *const uses[] = {"a=@f;type=x", "b=\"c\"", "=)", "d=(", "e= "};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        assert_int_equal(ht_form_add(&form, "--form-string", uses[i], true, &error), HT_OK);
    write_parts(&dump, form.parts);
    assert_string_equal(ht_sink_text(&dump), "a=[@f;type=x] & b=[\"c\"] & -=[)] & d=[(] & e=[ ]");
    assert_int_equal(ht_form_add(&form, "--form-string", "x", true, &error), HT_ERR_USAGE);
    assert_string_equal(error.text, "option --form-string: expected NAME=VALUE, got x");
    ht_form_free(&form);
    ht_sink_free(&dump);
    ht_arena_free(arena);
}

/* Gives a file of that content; its name is the caller's to free. */
static char *file_of(const char *content)
{
    char *path = ht_strdup("/tmp/ht-form-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    return path;
}

static void check_header_file(const char *content, const char *expected, const char *note)
{
    char *path = file_of(content), use[64];
    snprintf(use, sizeof use, "a=b;headers=@%s", path);
    check_row(&(struct row){{use}, expected, note});
    unlink(path);
    free(path);
}

static void test_header_files(void **state)
{
    (void)state;
    check_header_file("# c\nX-A: 1\n folded\r\n\nX-B: 2  \n", "a=[b] header=[X-A: 1 folded] header=[X-B: 2]",
                      NULL);
    check_header_file("X: 1\n#\n\ty\nZ: 2", "a=[b] header=[X: 1] header=[\ty] header=[Z: 2]", NULL);
    check_header_file("\n \n", "a=[b]", NULL);
    char *large = ht_malloc(2003);
    memset(large, 'x', 2002);
    memcpy(large + 1200, "\nY: 1", 5);
    large[1205] = '\0';
    struct ht_sink expected = ht_sink(0);
    ht_sink_printf(&expected, "a=[b] header=[%.999s] header=[Y: 1]", large);
    check_header_file(large, ht_sink_text(&expected), "line 1: the header is longer than 999 bytes");
    ht_sink_free(&expected);
    free(large);
}

/* Runs with `content` as standard input, through a pipe or as a file. */
static void with_input(const char *content, bool is_file, void (*check)(const struct ht_form *form))
{
    int before = dup(STDIN_FILENO), ends[2];
    char *path = file_of(content);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], content, strlen(content)), (ssize_t)strlen(content));
    close(ends[1]);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    lseek(file, 1, SEEK_SET);
    dup2(is_file ? file : ends[0], STDIN_FILENO);
    struct ht_arena *arena = ht_arena_new();
    struct ht_sink notes = ht_sink(0);
    struct ht_form form = ht_form(arena, &notes);
    struct ht_error error = {0};
    assert_int_equal(ht_form_add(&form, "-F", "a=@-", false, &error), HT_OK);
    assert_int_equal(ht_form_add(&form, "-F", "b=<-", false, &error), HT_OK);
    check(&form);
    ht_form_free(&form);
    ht_arena_free(arena);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
    close(file);
    unlink(path);
    free(path);
}

static void check_piped(const struct ht_form *form)
{
    const struct ht_form_input *first = form->parts->input, *second = form->parts->next->input;
    assert_int_equal(first->size_bytes, 5);
    assert_memory_equal(first->bytes, "hello", 5);
    assert_non_null(second->bytes);
    assert_int_equal(second->size_bytes, 0);
}

static void check_file(const struct ht_form *form)
{
    for (const struct ht_form_part *part = form->parts; part; part = part->next) {
        assert_null(part->input->bytes);
        assert_int_equal(part->input->offset_bytes, 1);
        assert_int_equal(part->input->size_bytes, 4);
    }
}

static void test_input(void **state)
{
    (void)state;
    with_input("hello", false, check_piped);
    with_input("hello", true, check_file);
}

static void test_one_request_has_one_body(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int exit_code;
    } rows[] = {
        {"-F|a|h", 2},
        {"-F|a=b|-d|x|h", 2},
        {"-I|-F|a=b|h", 2},
        {"-T|f|-F|a=b|h", 2},
        {"-T|f|--data-raw|x|h", 2},
        {"-T|f|-I|h", 2},
        {"-C|x|h", 2},
        {"-C|-1|h", 2},
        {"--etag-compare|/nonexistent|h", 26},
        {"-T||-d|x|h", 0},
        {"-F|a=b|-I|--no-head|h", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = {0};
        struct ht_error error = {0};
        enum ht_status status = dump_parse(rows[i].words, &command, &error);
        if ((status == HT_OK) != (rows[i].exit_code == 0) || error.exit_code != rows[i].exit_code)
            fail_msg("%s: %s (%d)", rows[i].words, error.text, error.exit_code);
        if (status == HT_OK)
            ht_command_clear(&command);
    }
}

static void test_pipes_are_sent_once(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool noted;
    } rows[] = {
        {"--anyauth|-T|-|h", true},
        {"--digest|--ntlm|-T|.|h", true},
        {"--proxy-anyauth|-T|-|h", true},
        {"--digest|-T|-|h", false},
        {"-T|-|h", false},
        {"--anyauth|-T|f|h", false},
        {"--anyauth|-F|a=b|h", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = {0};
        struct ht_error error = {0};
        assert_int_equal(dump_parse(rows[i].words, &command, &error), HT_OK);
        if ((command.notes && strstr(command.notes, "which a pipe cannot")) != rows[i].noted)
            fail_msg("%s: %s", rows[i].words, command.notes ? command.notes : "no note");
        ht_command_clear(&command);
    }
}

static void test_uploads_belong_to_urls(void **state)
{
    (void)state;
    struct ht_command command = {0};
    struct ht_error error = {0};
    assert_int_equal(dump_parse("-T|f|h|-T||-T|g|i|j|k", &command, &error), HT_OK);
    assert_int_equal(dump_job_count, 4);
    assert_string_equal(dump_jobs[0].upload, "f");
    assert_string_equal(dump_jobs[1].upload, "");
    assert_string_equal(dump_jobs[2].upload, "g");
    assert_null(dump_jobs[3].upload);
    ht_command_clear(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_extras),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_multiparts),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_literal),
        cmocka_unit_test(test_header_files),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_one_request_has_one_body),
        cmocka_unit_test(test_uploads_belong_to_urls),
        cmocka_unit_test(test_pipes_are_sent_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
