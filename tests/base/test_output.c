/* SPDX-License-Identifier: MIT */
/* Output files: there whole or not at all. */
#include "unit.h"

#include "base/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static char path[128];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/httptrace-output.XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/body", directory);
    return 0;
}

static int count_files(void)
{
    int count = 0;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static int remove_directory(void **state)
{
    (void)state;
    char other[160];
    snprintf(other, sizeof other, "%s.real", path);
    unlink(path);
    unlink(other);
    return rmdir(directory);
}

static void assert_content(const char *file, const char *expected)
{
    char text[64] = "";
    FILE *in = fopen(file, "r");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    assert_string_equal(text, expected);
}

static void put_file(const char *file, const char *text)
{
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void kept_file_appears_at_its_end(void **state)
{
    (void)state;
    struct ht_output out;
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "hello ", 6));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(ht_output_write(&out, "world", 5));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_content(path, "hello world");
    assert_int_equal(count_files(), 1);
}

static void new_file_has_the_umasks_mode(void **state)
{
    (void)state;
    struct ht_output out;
    struct stat told;
    mode_t before = umask(027);
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    umask(before);
    assert_int_equal(stat(path, &told), 0);
    assert_int_equal(told.st_mode & 0777, 0640);
}

static void dropped_file_leaves_nothing(void **state)
{
    (void)state;
    struct ht_output out;
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "half", 4));
    assert_int_equal(ht_output_close(&out, false, NULL), HT_OK);
    assert_int_equal(count_files(), 0);
}

static void dropped_file_leaves_the_old_one(void **state)
{
    (void)state;
    struct ht_output out;
    put_file(path, "old");
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "half", 4));
    assert_int_equal(ht_output_close(&out, false, NULL), HT_OK);
    assert_content(path, "old");
}

static void link_to_a_file_to_be_made_is_followed(void **state)
{
    (void)state;
    static const char *const targets[] = {"body.real", "hop"};
    struct ht_output out;
    struct stat told;
    char real[160], hop[160];
    snprintf(real, sizeof real, "%s.real", path);
    snprintf(hop, sizeof hop, "%s/hop", directory);
    assert_int_equal(symlink(real, hop), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(symlink(targets[i], path), 0);
        assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
        assert_true(ht_output_write(&out, "new", 3));
        assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
        assert_int_equal(lstat(path, &told), 0);
        assert_true(S_ISLNK(told.st_mode));
        assert_content(real, "new");
        assert_int_equal(unlink(path), 0);
        assert_int_equal(unlink(real), 0);
    }
    assert_int_equal(unlink(hop), 0);
}

static void links_in_a_circle_are_an_error(void **state)
{
    (void)state;
    struct ht_output out;
    struct stat told;
    assert_int_equal(symlink("body", path), 0);
    assert_int_equal(ht_output_open(&out, path, NULL), HT_ERR_IO);
    assert_int_equal(lstat(path, &told), 0);
    assert_true(S_ISLNK(told.st_mode));
    assert_int_equal(count_files(), 1);
}

static void link_is_followed(void **state)
{
    (void)state;
    struct ht_output out;
    struct stat told;
    char real[160];
    snprintf(real, sizeof real, "%s.real", path);
    put_file(real, "old");
    assert_int_equal(chmod(real, 0604), 0);
    assert_int_equal(symlink(real, path), 0);
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "new", 3));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_content(real, "new");
    assert_int_equal(lstat(path, &told), 0);
    assert_true(S_ISLNK(told.st_mode));
    assert_int_equal(stat(real, &told), 0);
    assert_int_equal(told.st_mode & 0777, 0604);
}

static void full_device_is_told(void **state)
{
    (void)state;
    struct ht_output out;
    struct ht_error error = {0};
    assert_int_equal(ht_output_open(&out, "/dev/full", &error), HT_OK);
    assert_false(ht_output_trouble(&out, &error));
    assert_false(ht_output_write(&out, "x", 1));
    assert_true(ht_output_trouble(&out, &error));
    assert_string_equal(error.text, "cannot write /dev/full: No space left on device");
    assert_int_equal(ht_output_close(&out, true, &error), HT_ERR_IO);
    assert_string_equal(error.text, "cannot write /dev/full: No space left on device");
}

static void null_device_takes_all_without_being_opened(void **state)
{
    (void)state;
    struct ht_output out;
    assert_int_equal(ht_output_open(&out, "/dev/null", NULL), HT_OK);
    assert_int_equal(out.fd, -1);
    assert_true(ht_output_write(&out, "x", 1));
    ht_output_discard(&out);
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
}

static void missing_directory_is_told(void **state)
{
    (void)state;
    struct ht_output out;
    struct ht_error error = {0};
    assert_int_equal(ht_output_open(&out, "/nonexistent/file", &error), HT_ERR_IO);
    assert_string_equal(error.text, "cannot write /nonexistent/file: No such file or directory");
    assert_int_equal(ht_output_close(&out, true, &error), HT_OK);
}

static void no_output_is_no_error(void **state)
{
    (void)state;
    struct ht_output out;
    assert_int_equal(ht_output_open(&out, NULL, NULL), HT_OK);
    assert_int_equal(out.fd, -1);
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

static void what_was_written_is_taken_back(void **state)
{
    (void)state;
    struct ht_output out;
    put_file(path, "before ");
    assert_int_equal(ht_output_append(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "first", 5));
    ht_output_discard(&out);
    assert_true(ht_output_write(&out, "2nd", 3));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_content(path, "before 2nd");
    assert_int_equal(ht_output_open(&out, path, NULL), HT_OK);
    assert_true(ht_output_write(&out, "first", 5));
    ht_output_discard(&out);
    assert_true(ht_output_write(&out, "2nd", 3));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_content(path, "2nd");
}

static void what_is_no_file_is_not_taken_back(void **state)
{
    (void)state;
    struct ht_output out;
    assert_int_equal(ht_output_open(&out, "/dev/null", NULL), HT_OK);
    assert_true(ht_output_write(&out, "first", 5));
    ht_output_discard(&out);
    assert_true(ht_output_write(&out, "2nd", 3));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_int_equal(ht_output_open(&out, NULL, NULL), HT_OK);
    ht_output_discard(&out);
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
}

static void pipe_needs_a_reader(void **state)
{
    (void)state;
    struct ht_output out;
    struct ht_error error = {0};
    char text[8] = "", expected[192];
    assert_false(ht_output_is_pipe(path));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(ht_output_is_pipe(path));
    assert_int_equal(ht_output_open_pipe(&out, path, 20, &error), HT_ERR_IO);
    snprintf(expected, sizeof expected, "cannot write %s: nobody reads this pipe", path);
    assert_string_equal(error.text, expected);
    assert_int_equal(ht_output_close(&out, false, &error), HT_OK);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_int_equal(ht_output_open_pipe(&out, path, 0, &error), HT_OK);
    assert_int_equal(fcntl(out.fd, F_GETFL) & O_NONBLOCK, 0);
    assert_true(ht_output_write(&out, "new", 3));
    assert_int_equal(ht_output_close(&out, true, NULL), HT_OK);
    assert_int_equal(read(reader, text, sizeof text), 3);
    assert_string_equal(text, "new");
    close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(kept_file_appears_at_its_end),
        IN_DIRECTORY(new_file_has_the_umasks_mode),
        IN_DIRECTORY(dropped_file_leaves_nothing),
        IN_DIRECTORY(dropped_file_leaves_the_old_one),
        IN_DIRECTORY(link_is_followed),
        IN_DIRECTORY(link_to_a_file_to_be_made_is_followed),
        IN_DIRECTORY(links_in_a_circle_are_an_error),
        cmocka_unit_test(full_device_is_told),
        cmocka_unit_test(missing_directory_is_told),
        cmocka_unit_test(null_device_takes_all_without_being_opened),
        cmocka_unit_test(no_output_is_no_error),
        cmocka_unit_test_setup_teardown(what_was_written_is_taken_back, make_directory, remove_directory),
        cmocka_unit_test(what_is_no_file_is_not_taken_back),
        IN_DIRECTORY(pipe_needs_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
