/* How SQLite will carry out each named query: none walks a whole table and none
 * sorts, unless the query says why (`-- scan: why`, `-- sort: why`). A reason that
 * is not needed any more is a lie, and fails as well. */
#include <check.h>
#undef fail
#include <stdlib.h>
#include <string.h>

#include "support/db.h"
#include "util/guard.h"
#include "util/text.h"

static struct db_test t;

static void open_database(void)
{
    db_test_open(&t);
    db_test_begin(&t, DB_READ, 0);
}

static void close_database(void)
{
    db_test_end(&t);
    db_test_close(&t);
}

/* Is the thing that LINE scans made by this very plan? "SCAN b" after "MATERIALIZE b"
 * or "CO-ROUTINE b" reads again what another line has found. */
static bool made_here(const char *plan, const char *line)
{
    static const char *const makers[] = { "MATERIALIZE ", "CO-ROUTINE " };
    const char *name = line + strlen("SCAN ");
    size_t n = strcspn(name, " \n");
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        for (const char *at = plan; (at = strstr(at, makers[i])) != NULL; at++) {
            const char *made = at + strlen(makers[i]);
            if (strcspn(made, "\n") == n && strncmp(made, name, n) == 0)
                return true;
        }
    return false;
}

/* A virtual table is walked if it is asked by no constraint: its index is 0 and
 * nothing stands behind it. "SCAN CONSTANT ROW" is a SELECT without a table. */
static bool scans(const char *plan, const char *line)
{
    static const char whole[] = "VIRTUAL TABLE INDEX 0:";
    if (!text_starts(line, "SCAN ") || made_here(plan, line))
        return false;
    size_t n = strcspn(line, "\n");
    const char *virtual = memmem(
        line, n, "VIRTUAL TABLE INDEX ", strlen("VIRTUAL TABLE INDEX "));
    if (virtual != NULL)
        return text_starts(virtual, whole) && virtual[strlen(whole)] == '\n';
    return memmem(line, n, "CONSTANT ROW", strlen("CONSTANT ROW")) == NULL;
}

/* Any SCAN at all: here a reason may stand, even where none is asked for. */
static bool names_a_scan(const char *plan, const char *line)
{
    return plan != NULL && text_starts(line, "SCAN ");
}

static bool sorts(const char *plan, const char *line)
{
    return plan != NULL && text_starts(line, "USE TEMP B-TREE");
}

static bool any_line(
    const char *plan, bool (*is_so)(const char *plan, const char *line))
{
    for (const char *at = plan; *at != '\0'; at = strchr(at, '\n') + 1)
        if (is_so(plan, at))
            return true;
    return false;
}

START_TEST(a_query_neither_scans_nor_sorts_unless_it_says_why)
{
    const struct query_text *q = &query_texts[_i];
    struct buf plan;
    buf_init(&plan, 65536);
    ck_assert_msg(db_explain(t.app.db, (enum query_id)_i, &plan) == OK, "%s: %s: %s",
        q->file, q->name, plan.at);
    ck_assert_msg(q->scan != NULL || !any_line(plan.at, scans),
        "%s: %s walks a table and has no line `-- scan: why`\n%s", q->file, q->name,
        plan.at);
    ck_assert_msg(q->sort != NULL || !any_line(plan.at, sorts),
        "%s: %s sorts and has no line `-- sort: why`\n%s", q->file, q->name, plan.at);
    ck_assert_msg(q->scan == NULL || any_line(plan.at, names_a_scan),
        "%s: %s does not scan; take away the line `-- scan: %s`\n%s", q->file, q->name,
        q->scan, plan.at);
    ck_assert_msg(q->sort == NULL || any_line(plan.at, sorts),
        "%s: %s does not sort; take away the line `-- sort: %s`\n%s", q->file, q->name,
        q->sort, plan.at);
    buf_free(&plan);
}
END_TEST

/* MATCH alone walks every kitchen of the country that has the word: "M1" in the plan of
 * FTS5. With ">" and "<" behind it a range of rowids narrows it. */
START_TEST(words_are_looked_for_near_a_place_only)
{
    struct buf plan;
    int narrowed = 0;
    for (int id = 0; id < Q__MAX; id++) {
        buf_init(&plan, 65536);
        ck_assert(db_explain(t.app.db, (enum query_id)id, &plan) == OK);
        for (const char *at = plan.at; (at = strstr(at, "TABLE INDEX 0:M")) != NULL;
             at++, narrowed++) {
            const char *end = strchr(at, '\n');
            ck_assert_msg(memchr(at, '<', (size_t)(end - at)) != NULL &&
                              memchr(at, '>', (size_t)(end - at)) != NULL,
                "%s: MATCH without a range of rowids\n%s", query_texts[id].name,
                plan.at);
        }
        buf_free(&plan);
    }
    ck_assert_int_gt(narrowed, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("plans");
    TCase *tc = tcase_create("plans");
    tcase_add_unchecked_fixture(tc, open_database, close_database);
    tcase_add_loop_test(
        tc, a_query_neither_scans_nor_sorts_unless_it_says_why, 0, Q__MAX);
    tcase_add_test(tc, words_are_looked_for_near_a_place_only);
    suite_add_tcase(s, tc);
    setenv("CK_DEFAULT_TIMEOUT", "120",
        0); /* Check's four seconds are few on a busy machine */
    SRunner *runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
