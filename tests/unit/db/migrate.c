#include "db/migrate.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/folder.h"
#include "unit.h"
#include "util/arena.h"
#include "util/fault.h"
#include "util/rand.h"
#include "util/text.h"

static struct arena *a;
static struct buf news, why;
static char *folder;

static void open_folder(void)
{
    rand_open();
    a = arena_new(1024 * 1024);
    buf_init(&news, 4096);
    buf_init(&why, 4096);
    folder = folder_make(a);
}

static void close_folder(void)
{
    folder_drop(folder);
    buf_free(&news);
    buf_free(&why);
    arena_free(a);
}

static void exec(const char *sql)
{
    sqlite3 *c;
    ck_assert_int_eq(
        sqlite3_open(arena_printf(a, "%s/prep.db", folder), &c), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(c, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(c);
}

START_TEST(the_database_is_for_its_owner_alone)
{
    struct stat st;
    umask(022);
    ck_assert_int_eq(migrate_run(folder, 1, &news, &why), OK);
    ck_assert_int_eq(stat(arena_printf(a, "%s/prep.db", folder), &st), 0);
    ck_assert_int_eq(st.st_mode & 077, 0);
}
END_TEST

START_TEST(the_second_run_has_nothing_to_do)
{
    ck_assert_int_eq(migrate_run(folder, 1, &news, &why), OK);
    ck_assert_ptr_nonnull(strstr(news.at, "applied 0001-accounts\n"));
    buf_clear(&news);
    ck_assert_int_eq(migrate_run(folder, 2, &news, &why), OK);
    ck_assert_str_eq(news.at, "");
}
END_TEST

START_TEST(a_migration_that_was_edited_afterwards_is_refused)
{
    ck_assert_int_eq(migrate_run(folder, 1, &news, &why), OK);
    exec("UPDATE schema_migrations SET sha256 = x'00' WHERE number = 2");
    ck_assert_int_eq(migrate_run(folder, 2, &news, &why), R_CONFLICT);
    ck_assert_ptr_nonnull(
        strstr(why.at, "0002-kitchens was changed after it was applied"));
}
END_TEST

START_TEST(a_database_newer_than_the_program_is_refused)
{
    ck_assert_int_eq(migrate_run(folder, 1, &news, &why), OK);
    exec("INSERT INTO schema_migrations VALUES"
         " ((SELECT MAX(number) + 1 FROM schema_migrations), '0999-later', x'00', 5)");
    ck_assert_int_eq(migrate_run(folder, 2, &news, &why), R_CONFLICT);
    ck_assert_ptr_nonnull(strstr(why.at, "install the newer program"));
}
END_TEST

#ifdef PREP_DEBUG
START_TEST(a_run_that_was_cut_off_goes_on_where_it_was)
{
    setenv("PREP_FAULT", "migrate.apply:3", 1);
    ck_assert_int_eq(migrate_run(folder, 1, &news, &why), R_FAULT);
    ck_assert_ptr_nonnull(strstr(news.at, "applied 0002-kitchens\n"));
    buf_clear(&news);
    enum result r = migrate_run(folder, 2, &news, &why);
    ck_assert_msg(r == OK, "%s", why.at);
    ck_assert(text_starts(news.at, "applied 0003-bookings\n"));
}
END_TEST
#endif

void unit_db_migrate(Suite *s)
{
    TCase *t = tcase_create("migrate");
    tcase_add_checked_fixture(t, open_folder, close_folder);
    tcase_add_test(t, the_database_is_for_its_owner_alone);
    tcase_add_test(t, the_second_run_has_nothing_to_do);
    tcase_add_test(t, a_migration_that_was_edited_afterwards_is_refused);
    tcase_add_test(t, a_database_newer_than_the_program_is_refused);
#ifdef PREP_DEBUG
    tcase_add_test(t, a_run_that_was_cut_off_goes_on_where_it_was);
#endif
    suite_add_tcase(s, t);
}
