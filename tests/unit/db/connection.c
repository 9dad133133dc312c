/* What each connection must be set to: SECURITY findings F1 to F3 of the plan. */
#include "db/private.h"

#include "support/db.h"
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

void unit_db_connection(Suite *s)
{
    TCase *k = tcase_create("connection");
    tcase_add_loop_test(k, both_connections_have_the_settings_that_keep_data_safe, 0,
        COUNT_OF(settings));
    tcase_add_test(k, the_reader_cannot_write_whatever_it_is_told);
    suite_add_tcase(s, k);
}
