#include "jobs/jobs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "support/folder.h"
#include "support/holds.h"
#include "support/jobs.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;
static struct jobs jobs;
static int64_t vendor_id, host_id, booking_id;

static void set_up(void)
{
    db_test_open(&t);
    t.app.conf.base_url = "https://prep.example";
    jobs_test_begin(&t, &jobs);
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    ck_assert(holds_try(&t, vendor_id, make_kitchen(&t, host_id), 0, thursday(540),
                  thursday(720), &booking_id) == OK);
    db_test_end(&t);
}

static void tear_down(void)
{
    jobs_close(&jobs);
    db_test_close(&t);
}

/* The mail number N in the Maildir's new/ (any order), or NULL. */
static char *mail(int n)
{
    char path[512];
    static char text[65536];
    snprintf(path, sizeof path, "%s/new", t.app.conf.maildir);
    DIR *d = opendir(path);
    struct dirent *e;
    char *found = NULL;
    while (d != NULL && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.' || n-- > 0)
            continue;
        snprintf(path, sizeof path, "%s/new/%s", t.app.conf.maildir, e->d_name);
        FILE *f = fopen(path, "r");
        CHECK(f != NULL);
        text[fread(text, 1, sizeof text - 1, f)] = '\0';
        fclose(f);
        found = text;
        break;
    }
    if (d != NULL)
        closedir(d);
    return found;
}

static int mails(void)
{
    int n = 0;
    while (mail(n) != NULL)
        n++;
    return n;
}

START_TEST(every_news_about_a_booking_becomes_a_mail_once)
{
    struct booking b;
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(bookings_get(c, booking_id, &b) == OK);
    ck_assert(db_begin(c->db) == OK);
    for (enum booking_news news = 0; news < NEWS__MAX; news++)
        ck_assert(bookings_tell(c, &b, news) == OK);
    ck_assert(db_commit(c->db) == OK);
    db_test_end(&t);
    ck_assert_int_ge(jobs_run_once(&jobs), NEWS__MAX);
    jobs_run_once(&jobs);
    ck_assert_int_eq(mails(), NEWS__MAX);
    ck_assert_int_eq(
        db_test_int(
            &t, "SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND fields = '{}'"),
        NEWS__MAX);
}
END_TEST

START_TEST(the_mail_of_a_confirmed_booking_has_the_visit_as_a_calendar_file)
{
    ck_assert(holds_confirm(&t, booking_id) == OK);
    db_test_end(&t);
    jobs_run_once(&jobs);
    ck_assert_int_eq(mails(), 2);
    char *m = mail(0);
    if (strstr(m, "Subject: Booked") == NULL)
        m = mail(1);
    ck_assert(
        strstr(
            m, "Subject: Booked: Test kitchen, Thu 26 Nov 2026, 09:00 to 12:00 CST") !=
        NULL);
    ck_assert(strstr(m, "filename=\"booking.ics\"") != NULL ||
              strstr(m, "filename=booking.ics") != NULL);
    ck_assert(strstr(m, "text/calendar") != NULL);
    ck_assert(strstr(m, "multipart/alternative") != NULL);
    ck_assert(strstr(m, "Content-Type: text/html; charset=utf-8") != NULL);
    ck_assert(strstr(m, "https://prep.example/bookings/") != NULL);
}
END_TEST

START_TEST(an_overdue_hold_is_ended_by_the_job)
{
    jobs_run_once(&jobs);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    db_test_end(&t);
    jobs.app.fixed_now_at += 600;
    jobs_run_once(&jobs);
    t.app.fixed_now_at += 600;
    ck_assert(holds_state(&t, booking_id) == BOOKING_EXPIRED);
    ck_assert_int_eq(holds_cells(&t), 0);
}
END_TEST

START_TEST(a_paper_past_its_last_day_is_ended_by_the_job)
{
    enum { DAY_S = 86400 };
    db_test_exec(&t,
        "INSERT INTO documents (kitchen_id, kind, state, number, authority, issued_day,"
        " expires_day, hash, mime, bytes, file_name, created_at) VALUES (1,"
        " 'health_permit', 'approved', '1', 'Austin', 1, %lld, 'h', 'm', 1, 'f', 1)",
        (long long)TEST_NOW_AT / DAY_S);
    static const char ended[] =
        "SELECT COUNT(*) FROM documents WHERE state = 'expired'";
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, ended), 0);
    jobs.app.fixed_now_at += 2 * DAY_S;
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, ended), 1);
}
END_TEST

static bool no_pause(int ms)
{
    return ms < 0;
}

START_TEST(a_clock_set_back_by_an_hour_does_not_stop_the_jobs)
{
    jobs_run_once(&jobs);
    jobs.app.fixed_now_at += 600;
    t.app.fixed_now_at += 600;
    db_test_exec(&t, "UPDATE jobs SET next_at = %lld, lease_until = 0",
        (long long)t.app.fixed_now_at + 3600);
    jobs_run(&jobs, no_pause);
    ck_assert(holds_state(&t, booking_id) == BOOKING_EXPIRED);
}
END_TEST

START_TEST(a_mail_whose_template_is_missing_stays_and_is_tried_again)
{
    db_test_exec(&t,
        "INSERT INTO outbox (uid, kind, user_id, dedupe, fields, next_at, created_at)"
        " VALUES ('u', 'no_such_kind', %lld, 'd', '{}', 1, 1)",
        (long long)vendor_id);
    jobs_run_once(&jobs);
    ck_assert_int_eq(mails(), 0);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT tries FROM outbox WHERE state = 'queued'"), 1);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT next_at FROM outbox WHERE kind = 'no_such_kind'"),
        TEST_NOW_AT + 60);
}
END_TEST

START_TEST(a_job_that_another_process_holds_is_left_alone)
{
    struct jobs other = jobs;
    ck_assert(holds_confirm(&t, booking_id) == OK);
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO jobs (name, lease_owner, lease_until, next_at) VALUES ('mail', "
        "'other', %lld, 0)",
        (long long)TEST_NOW_AT + 100);
    jobs_run_once(&other);
    ck_assert_int_eq(mails(), 0);
    jobs.app.fixed_now_at += 101;
    jobs_run_once(&jobs);
    ck_assert_int_eq(mails(), 2);
}
END_TEST

START_TEST(cleanup_forgets_what_is_old_and_nothing_else)
{
    db_test_exec(&t,
        "INSERT INTO throttles VALUES ('login', 'a', 1, 1);"
        "INSERT INTO throttles VALUES ('login', 'b', %lld, 1);"
        "INSERT INTO idempotency VALUES (%lld, 'k', 'r', x'00', 303, '/', 1)",
        (long long)TEST_NOW_AT, (long long)vendor_id);
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM throttles"), 1);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM idempotency"), 1);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT done FROM jobs WHERE name = 'cleanup'"), 8);
}
END_TEST

START_TEST(cleanup_empties_events_that_were_applied_five_weeks_ago_page_by_page)
{
    static const char all[] =
        "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 450)"
        " INSERT INTO stripe_events (event_id, type, object_id, created, livemode,"
        " payload, received_at, processed_at) SELECT %Q || n, 'x', 'y', 1, 0, "
        "'{\"a\":1}',"
        " %lld, %lld FROM i";
    int64_t old_at = TEST_NOW_AT - 36 * INT64_C(86400);
    db_test_exec(&t, all, "old", (long long)old_at, (long long)old_at);
    db_test_exec(&t, all, "new", (long long)old_at, (long long)TEST_NOW_AT);
    db_test_exec(&t, all, "open", (long long)old_at, (long long)old_at);
    db_test_exec(&t, "UPDATE stripe_events SET processed_at = NULL"
                     " WHERE event_id LIKE 'open%%'");
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events"), 1350);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events WHERE"
                                     " payload = '{}' AND event_id LIKE 'old%%'"),
        450);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM stripe_events WHERE payload = '{}'"),
        450);
}
END_TEST

START_TEST(cleanup_removes_files_that_a_killed_worker_left)
{
    char incoming[128], file[160];
    snprintf(incoming, sizeof incoming, "%s/incoming", t.dir);
    ck_assert_int_eq(mkdir(incoming, 0700), 0);
    for (int day = 0; day < 3; day++) {
        const struct timespec at = { .tv_sec = TEST_NOW_AT - day * 86400 - 60 };
        snprintf(file, sizeof file, "%s/%d", incoming, day);
        folder_write(file, "x", 1);
        ck_assert_int_eq(
            utimensat(AT_FDCWD, file, (struct timespec[2]) { at, at }, 0), 0);
    }
    jobs_run_once(&jobs);
    ck_assert_uint_eq(folder_count(incoming), 1);
}
END_TEST

void unit_jobs_jobs(Suite *s)
{
    TCase *tc = tcase_create("jobs");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, every_news_about_a_booking_becomes_a_mail_once);
    tcase_add_test(
        tc, the_mail_of_a_confirmed_booking_has_the_visit_as_a_calendar_file);
    tcase_add_test(tc, an_overdue_hold_is_ended_by_the_job);
    tcase_add_test(tc, a_paper_past_its_last_day_is_ended_by_the_job);
    tcase_add_test(tc, a_clock_set_back_by_an_hour_does_not_stop_the_jobs);
    tcase_add_test(tc, a_mail_whose_template_is_missing_stays_and_is_tried_again);
    tcase_add_test(tc, a_job_that_another_process_holds_is_left_alone);
    tcase_add_test(tc, cleanup_forgets_what_is_old_and_nothing_else);
    tcase_add_test(
        tc, cleanup_empties_events_that_were_applied_five_weeks_ago_page_by_page);
    tcase_add_test(tc, cleanup_removes_files_that_a_killed_worker_left);
    suite_add_tcase(s, tc);
}
