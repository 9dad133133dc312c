/* What each connection must be set to: SECURITY findings F1 to F3 of the plan. */
#include "db/private.h"

#include <string.h>
#include <sys/stat.h>

#include "support/db.h"
#include "support/folder.h"
#include "unit.h"
#include "util/guard.h"

static const struct {
    const char *pragma;
    int reader, writer;
} settings[] = {
    { "PRAGMA foreign_keys", 1, 1 },
    { "PRAGMA mmap_size", 0, 0 },
    { "PRAGMA cache_size", -1500, -1000 },
    { "PRAGMA trusted_schema", 0, 0 },
    { "PRAGMA cell_size_check", 1, 1 },
    { "PRAGMA synchronous", -1, 2 }, /* FULL; a reader never syncs */
    { "PRAGMA busy_timeout", 5000, 5000 },
};

static int value_of(sqlite3 *c, const char *pragma)
{
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_prepare_v2(c, pragma, -1, &stmt, NULL), SQLITE_OK);
    int value = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return value;
}

START_TEST(both_connections_have_the_settings_that_keep_data_safe)
{
    struct db_test t;
    db_test_open(&t);
    ck_assert_int_eq(
        value_of(t.app.db->writer, settings[_i].pragma), settings[_i].writer);
    if (settings[_i].reader >= 0)
        ck_assert_int_eq(
            value_of(t.app.db->reader, settings[_i].pragma), settings[_i].reader);
    int off = 0;
    sqlite3_db_config(t.app.db->writer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &off);
    ck_assert_int_eq(off, 1);
    db_test_close(&t);
}
END_TEST

START_TEST(the_reader_cannot_write_whatever_it_is_told)
{
    struct db_test t;
    db_test_open(&t);
    ck_assert_int_eq(
        sqlite3_exec(t.app.db->reader, "DELETE FROM claims", NULL, NULL, NULL) & 0xff,
        SQLITE_READONLY);
    db_test_close(&t);
}
END_TEST

static void refuse(const char *dir, const char *words)
{
    struct db *db = NULL;
    struct buf why;
    buf_init(&why, 8192);
    ck_assert(db_open(dir, &db, &why) == R_FAULT);
    ck_assert_msg(strstr(why.at, words) != NULL, "%s", why.at);
    buf_free(&why);
}

START_TEST(what_is_no_database_of_ours_is_not_opened)
{
    static const char text[] = "This is no database, and longer than its header: "
                               "................................................"
                               "................................................";
    static char long_name[5000];
    struct db_test t;
    db_test_open(&t);
    refuse(arena_printf(t.app.forever, "%s/nowhere", t.dir), "cannot be opened");
    const char *dir = arena_printf(t.app.forever, "%s/other", t.dir);
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    folder_write(arena_printf(t.app.forever, "%s/prep.db", dir), text, strlen(text));
    refuse(dir, "not a database");
    memset(long_name, 'x', sizeof long_name - 1);
    refuse(long_name, "cannot be opened");
    db_test_close(&t);
}
END_TEST

void unit_db_connection(Suite *s)
{
    TCase *k = tcase_create("connection");
    tcase_add_loop_test(k, both_connections_have_the_settings_that_keep_data_safe, 0,
        COUNT_OF(settings));
    tcase_add_test(k, what_is_no_database_of_ours_is_not_opened);
    tcase_add_test(k, the_reader_cannot_write_whatever_it_is_told);
    suite_add_tcase(s, k);
}
