#include "db/db.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "domain/kitchens.h"
#include "support/db.h"
#include "unit.h"
#include "util/text.h"

static struct db_test t;

static void open_db(void)
{
    db_test_open(&t);
}

static void close_db(void)
{
    db_test_end(&t);
    db_test_close(&t);
}

static enum result take(struct ctx *c, const char *key)
{
    struct query *q = db_query(c->db, Q_CLAIMS_TAKE);
    bind_text(q, "scope", "test");
    bind_text(q, "key", key);
    bind_int(q, "at", 1);
    return query_run(q);
}

START_TEST(a_unit_that_ends_early_leaves_nothing_behind)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "a"), OK);
    db_test_end(&t);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM claims"), 0);
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "a"), OK);
    ck_assert_int_eq(db_commit(c->db), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM claims"), 1);
}
END_TEST

START_TEST(a_unique_key_decides_and_says_conflict)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "a"), OK);
    ck_assert_int_eq(take(c, "a"), R_CONFLICT);
    ck_assert_int_eq(take(c, "b"), OK);
    ck_assert_int_eq(db_commit(c->db), OK);
}
END_TEST

START_TEST(a_reading_unit_cannot_write)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    db_query(c->db, Q_CLAIMS_TAKE); /* aborts */
}
END_TEST

static int64_t rate_of(struct ctx *c, int64_t kitchen_id)
{
    struct kitchen k;
    ck_assert_int_eq(kitchens_get(c, kitchen_id, &k), OK);
    return k.rate.n;
}

START_TEST(a_reading_unit_sees_one_moment)
{
    int64_t id = make_kitchen(&t, make_user(&t, "host"));
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    ck_assert_int_eq(rate_of(c, id), 5000);
    db_test_exec(&t, "UPDATE kitchens SET rate_cents = 6000");
    ck_assert_int_eq(rate_of(c, id), 5000);
    c = db_test_begin(&t, DB_READ, 0);
    ck_assert_int_eq(rate_of(c, id), 6000);
}
END_TEST

START_TEST(every_query_fits_the_schema)
{
    struct buf why;
    buf_init(&why, 1024);
    ck_assert_msg(db_prepare_all(t.app.db, &why) == OK, "%s", why.at);
    buf_free(&why);
}
END_TEST

START_TEST(a_query_that_does_not_fit_the_schema_is_named)
{
    struct db *other;
    struct buf why;
    buf_init(&why, 1024);
    db_test_exec(&t, "ALTER TABLE claims RENAME TO demands");
    ck_assert_int_eq(db_open(t.dir, &other, &why), OK);
    ck_assert_int_eq(db_prepare_all(other, &why), R_FAULT);
    ck_assert(text_starts(why.at, "sql/"));
    ck_assert(text_ends(why.at, ": no such table: claims"));
    db_close(other);
    buf_free(&why);
}
END_TEST

/* As when a worker meets a schema that is not its own. */
START_TEST(a_query_that_cannot_be_prepared_fails_at_its_step)
{
    db_test_exec(&t, "ALTER TABLE claims RENAME TO demands");
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    struct query *q = db_query(c->db, Q_CLAIMS_ANSWER_OF); /* SQLite reads the schema */
    bind_id(q, "user_id", 1);
    bind_text(q, "key", "1");
    ck_assert_int_eq(query_step(q), R_NOT_FOUND);
    ck_assert_int_eq(take(c, "1"), R_FAULT);
    ck_assert_int_eq(db_query_count(c->db), 1);
    db_test_end(&t);
    db_test_exec(&t, "ALTER TABLE demands RENAME TO claims");
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "1"), OK);
}
END_TEST

START_TEST(a_query_in_use_follows_a_change_of_the_schema)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "1"), OK);
    db_test_end(&t);
    db_test_exec(&t, "ALTER TABLE claims ADD COLUMN more TEXT");
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(take(c, "1"), OK);
}
END_TEST

START_TEST(a_write_outside_a_transaction_is_a_bug)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    db_query(c->db, Q_CLAIMS_TAKE); /* aborts */
}
END_TEST

START_TEST(an_unbound_parameter_is_a_bug)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    struct query *q = db_query(c->db, Q_CLAIMS_TAKE);
    bind_text(q, "scope", "test");
    ck_assert_int_eq(query_run(q), OK); /* aborts */
}
END_TEST

START_TEST(a_misspelt_parameter_is_a_bug)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    bind_text(db_query(c->db, Q_CLAIMS_TAKE), "scop", "test"); /* aborts */
}
END_TEST

START_TEST(a_fresh_database_verifies)
{
    struct buf found;
    buf_init(&found, 4096);
    ck_assert_int_eq(db_verify(t.app.db, &found), OK);
    ck_assert_str_eq(found.at, "");
    buf_free(&found);
}
END_TEST

START_TEST(a_backup_is_whole_and_never_overwrites)
{
    struct buf why;
    char file[128];
    buf_init(&why, 4096);
    snprintf(file, sizeof file, "%s/copy.db", t.dir);
    db_test_begin(&t, DB_READ, 0);
    ck_assert_int_eq(db_backup(t.app.db, file, &why), OK);
    ck_assert_int_eq(db_backup(t.app.db, file, &why), R_CONFLICT);
    struct stat st;
    ck_assert_int_eq(stat(file, &st), 0);
    ck_assert_int_eq(st.st_mode & 077, 0);
    ck_assert_ptr_nonnull(strstr(why.at, "is there already"));
    buf_free(&why);
}
END_TEST

void unit_db_db(Suite *s)
{
    TCase *k = tcase_create("db");
    tcase_add_checked_fixture(k, open_db, close_db);
    tcase_add_test(k, a_unit_that_ends_early_leaves_nothing_behind);
    tcase_add_test(k, a_unique_key_decides_and_says_conflict);
    tcase_add_test_raise_signal(k, a_reading_unit_cannot_write, SIGABRT);
    tcase_add_test(k, a_reading_unit_sees_one_moment);
    tcase_add_test_raise_signal(k, a_write_outside_a_transaction_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(k, an_unbound_parameter_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(k, a_misspelt_parameter_is_a_bug, SIGABRT);
    tcase_add_test(k, every_query_fits_the_schema);
    tcase_add_test(k, a_query_that_does_not_fit_the_schema_is_named);
    tcase_add_test(k, a_query_that_cannot_be_prepared_fails_at_its_step);
    tcase_add_test(k, a_query_in_use_follows_a_change_of_the_schema);
    tcase_add_test(k, a_fresh_database_verifies);
    tcase_add_test(k, a_backup_is_whole_and_never_overwrites);
    suite_add_tcase(s, k);
}
