#include "storage/sweep.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"
#include "unit.h"

enum { NOW_AT = 2000000000 };

static struct arena *a;
static char *folder;

static void set_up(void)
{
    a = arena_new(1024 * 1024);
    folder = folder_make(a);
}

static void tear_down(void)
{
    folder_drop(folder);
    arena_free(a);
}

static const char *path_of(const char *name)
{
    return arena_printf(a, "%s/%s", folder, name);
}

static void age(const char *name, int64_t at)
{
    const struct timespec times[2] = { { .tv_sec = at }, { .tv_sec = at } };
    ck_assert_int_eq(utimensat(AT_FDCWD, path_of(name), times, AT_SYMLINK_NOFOLLOW), 0);
}

static void put(const char *name, int64_t at)
{
    folder_write(path_of(name), "x", 1);
    age(name, at);
}

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(path_of(name), &st) == 0;
}

START_TEST(what_is_old_goes_and_what_is_new_stays)
{
    size_t n;
    put("old", NOW_AT - 1);
    put("new", NOW_AT);
    ck_assert(mkdir(path_of("old-folder"), 0700) == 0);
    put("old-folder/new", NOW_AT + 5);
    age("old-folder", NOW_AT - 1);
    ck_assert(mkdir(path_of("new-folder"), 0700) == 0);
    put("new-folder/old", NOW_AT - 1);
    age("new-folder", NOW_AT);
    ck_assert(sweep_folder(folder, NOW_AT, &n) == OK);
    ck_assert_uint_eq(n, 3);
    ck_assert(!is_there("old") && !is_there("old-folder"));
    ck_assert(is_there("new") && is_there("new-folder/old"));
}
END_TEST

START_TEST(a_link_goes_and_what_it_leads_to_stays)
{
    size_t n;
    put("kept", NOW_AT);
    ck_assert(mkdir(path_of("sub"), 0700) == 0);
    ck_assert(symlink(path_of("kept"), path_of("sub/link")) == 0);
    ck_assert(symlink(folder, path_of("sub/folder")) == 0);
    age("sub/link", 1);
    age("sub/folder", 1);
    ck_assert(sweep_folder(path_of("sub"), NOW_AT, &n) == OK);
    ck_assert_uint_eq(n, 2);
    ck_assert(is_there("kept") && !is_there("sub/link"));
}
END_TEST

START_TEST(a_folder_that_is_not_there_has_nothing)
{
    size_t n;
    ck_assert(sweep_folder(path_of("none"), NOW_AT, &n) == OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(what_cannot_be_removed_is_said_and_the_rest_goes)
{
    enum { DEEP = 7 };
    size_t n;
    const char *path = "a";
    put("old", NOW_AT - 1);
    for (int i = 0; i < DEEP; i++, path = arena_printf(a, "%s/a", path))
        ck_assert(mkdir(path_of(path), 0700) == 0);
    age("a", NOW_AT - 1);
    ck_assert(sweep_folder(folder, NOW_AT, &n) == R_FAULT);
    ck_assert_uint_eq(n, 1);
    ck_assert(is_there("a") && !is_there("old"));
}
END_TEST

START_TEST(a_file_or_a_link_in_place_of_the_folder_is_left_alone)
{
    size_t n;
    put("file", 1);
    ck_assert(symlink(folder, path_of("link")) == 0);
    ck_assert(sweep_folder(path_of("file"), NOW_AT, &n) == R_FAULT);
    ck_assert(sweep_folder(path_of("link"), NOW_AT, &n) == R_FAULT);
    ck_assert_uint_eq(n, 0);
    ck_assert(is_there("file"));
}
END_TEST

void unit_storage_sweep(Suite *s)
{
    TCase *t = tcase_create("sweep");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, what_is_old_goes_and_what_is_new_stays);
    tcase_add_test(t, a_link_goes_and_what_it_leads_to_stays);
    tcase_add_test(t, a_folder_that_is_not_there_has_nothing);
    tcase_add_test(t, what_cannot_be_removed_is_said_and_the_rest_goes);
    tcase_add_test(t, a_file_or_a_link_in_place_of_the_folder_is_left_alone);
    suite_add_tcase(s, t);
}
