/* What an operator types: each command of `prep` beside a site that runs. */
#include "http.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http/people.h"
#include "support/event.h"
#include "support/folder.h"
#include "util/guard.h"

static struct arena *a;
static const char *said; /* by the last command, on both of its outputs */

static void open_all(void)
{
    a = arena_new(16 * 1024 * 1024);
    people_open(&stack);
}

static void close_all(void)
{
    people_close();
    arena_free(a);
}

/* Runs `prep LINE` to its end; its exit status. */
static int run(const char *line)
{
    const char *words[16] = { NULL }, *out = stack_path(&stack, "said");
    char *rest = arena_strdup(a, line);
    size_t n = 0, bytes;
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0')
            words[n++] = word;
    unlink(out);
    int status = stack_run(&stack, words, out);
    ck_assert_msg(WIFEXITED(status), "prep %s did not end by itself", line);
    said = folder_read(a, out, &bytes);
    return WEXITSTATUS(status);
}

static int run_on(const char *conf, const char *line)
{
    return run(arena_printf(a, "--config %s %s", stack_path(&stack, conf), line));
}

static void expect(int status, int expected, const char *text)
{
    ck_assert_msg(status == expected, "%d: %s", status, said);
    ck_assert_msg(strstr(said, text) != NULL, "%s", said);
}

/* Settings of a site that is not there. */
static void write_bare(const char *name, const char *text)
{
    folder_write(stack_path(&stack, name), text, strlen(text));
}

START_TEST(who_types_nonsense_is_told_what_there_is)
{
    expect(run(""), 2, "which command?");
    expect(run("dance"), 2, "no such command: dance");
    expect(run("--dance"), 2, "prep --help");
    expect(run("--help"), 0, "  backup         FILE");
    expect(run("--version"), 0, "prep ");
    static const char *const wrong[] = { "grant-admin", "grant-support",
        "import-places", "backup", "demo --free", "jobs --twice", "reconcile now" };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        expect(run_on("prep.conf", wrong[i]), 2, "Usage: prep ");
}
END_TEST

START_TEST(settings_that_are_wrong_stop_every_command)
{
    write_bare("bad.conf", "no_such_setting = 1\n");
    expect(run_on("bad.conf", "verify"), 1, "no_such_setting");
    expect(run_on("none.conf", "verify"), 1, "none.conf");
}
END_TEST

START_TEST(check_finds_a_site_in_order_or_says_why_not)
{
    expect(run_on("prep.conf", "check"), 0,
        "settings, templates, routes and database are in order");
    expect(run_on("prep.conf", "check --example"), 0, "#base_url = ");
    write_bare(
        "away.conf", arena_printf(a, "data_dir = %s\n", stack_path(&stack, "nowhere")));
    expect(run_on("away.conf", "check"), 1, "prep: ");
}
END_TEST

START_TEST(without_a_database_nothing_is_done)
{
    write_bare(
        "away.conf", arena_printf(a, "data_dir = %s\n", stack_path(&stack, "nowhere")));
    static const char *const all[] = { "verify", "backup x", "demo", "jobs --once" };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        ck_assert_msg(run_on("away.conf", all[i]) == 1, "%s: %s", all[i], said);
}
END_TEST

START_TEST(routes_lists_every_page_with_who_may)
{
    expect(run("routes"), 0, "GET   /admin/bookings");
    expect(0, 0, "POST  /listings/:id/book");
    expect(0, 0, " anyone\n");
    expect(0, 0, " support admin\n");
}
END_TEST

START_TEST(a_grant_makes_staff_of_an_account_and_of_nobody_else)
{
    struct client c;
    struct person p = people_add("vendor");
    const char *email =
        people_text(a, "SELECT email FROM users WHERE id = %lld", (long long)p.id);
    client_open(&c, &stack);
    people_log_in(&c, &p);
    ck_assert_int_eq(client_get(&c, "/admin"), 403);
    expect(run_on("prep.conf", "grant-admin nobody@http.test"), 1, "prep: ");
    expect(run_on("prep.conf", arena_printf(a, "grant-support %s", email)), 0,
        arena_printf(a, "%s is now support", email));
    expect(run_on("prep.conf", arena_printf(a, "grant-admin %s", email)), 0,
        arena_printf(a, "%s is now admin", email));
    ck_assert_str_eq(
        people_text(a, "SELECT role FROM users WHERE id = %lld", (long long)p.id),
        "admin");
    people_log_in(&c, &p);
    ck_assert_int_ne(client_get(&c, "/admin"), 403);
    client_close(&c);
}
END_TEST

static int64_t users_in(const char *file)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    CHECK(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM users", -1, &q, NULL) ==
          SQLITE_OK);
    CHECK(sqlite3_step(q) == SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    CHECK(sqlite3_close(db) == SQLITE_OK);
    return n;
}

START_TEST(a_backup_is_a_whole_copy_and_never_overwrites_one)
{
    const char *file = stack_path(&stack, "copy.db");
    const char *line = arena_printf(a, "backup %s", file);
    expect(run_on("prep.conf", line), 0, "");
    ck_assert_int_gt(users_in(file), 0);
    ck_assert_int_eq(users_in(file), people_int("SELECT COUNT(*) FROM users"));
    expect(run_on("prep.conf", line), 1, "prep: ");
    expect(run_on("prep.conf", "backup /nowhere/at/all"), 1, "prep: ");
    expect(run_on("prep.conf", "verify"), 0, "ok\n");
    unlink(file);
}
END_TEST

START_TEST(the_demo_is_for_an_empty_database_only)
{
    int64_t before = people_int("SELECT COUNT(*) FROM users");
    expect(run_on("prep.conf", "demo"), 1, "prep: ");
    expect(run_on("prep.conf", "demo --paid"), 1, "prep: ");
    ck_assert_int_eq(people_int("SELECT COUNT(*) FROM users"), before);
    expect(run_on("prep.conf", "import-places /nowhere"), 1, "prep: ");
    expect(run_on("prep.conf", "migrate"), 0, "");
}
END_TEST

START_TEST(jobs_are_done_once_beside_those_of_the_site)
{
    expect(run_on("prep.conf", "jobs --once"), 0, " done\n");
}
END_TEST

START_TEST(our_books_are_compared_with_stripes_when_asked_for)
{
    people_snapshot(a); /* the site has looked by itself */
    expect(run_on("prep.conf", "reconcile"), 0, "Stripe's books and ours agree");
    write_bare("keyless.conf", arena_printf(a, "data_dir = %s\n", stack.conf.data_dir));
    expect(run_on("keyless.conf", "reconcile"), 2, "stripe_secret_key_file is not set");
}
END_TEST

/* On a site of its own: what is wrong stays wrong. */
START_TEST(what_differs_from_stripes_books_is_printed_and_is_the_status)
{
    static const struct event live = { .id = "evt_of_money",
        .type = "charge.updated",
        .object = "{\"id\":\"x\"}",
        .live = true };
    struct stack own;
    struct client c;
    stack_start(&own, false);
    client_open(&c, &own);
    const char *body = event_body(c.arena, &live);
    ck_assert_int_eq(
        client_deliver(&c, "/stripe/webhook", body,
            event_signature(c.arena, body, own.webhook_secret, time(NULL))),
        200);
    client_close(&c);
    stack_end(own.prep); /* its jobs do not look at the same time */
    own.prep = 0;
    expect(run(arena_printf(a, "--config %s reconcile", stack_path(&own, "prep.conf"))),
        1, "event_mode live: evt_of_money (charge.updated)");
    stack_stop(&own);
}
END_TEST

void http_commands(Suite *s)
{
    TCase *t = tcase_create("commands");
    tcase_add_checked_fixture(t, open_all, close_all);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, who_types_nonsense_is_told_what_there_is);
    tcase_add_test(t, settings_that_are_wrong_stop_every_command);
    tcase_add_test(t, check_finds_a_site_in_order_or_says_why_not);
    tcase_add_test(t, without_a_database_nothing_is_done);
    tcase_add_test(t, routes_lists_every_page_with_who_may);
    tcase_add_test(t, a_grant_makes_staff_of_an_account_and_of_nobody_else);
    tcase_add_test(t, a_backup_is_a_whole_copy_and_never_overwrites_one);
    tcase_add_test(t, the_demo_is_for_an_empty_database_only);
    tcase_add_test(t, jobs_are_done_once_beside_those_of_the_site);
    tcase_add_test(t, our_books_are_compared_with_stripes_when_asked_for);
    tcase_add_test(t, what_differs_from_stripes_books_is_printed_and_is_the_status);
    suite_add_tcase(s, t);
}
