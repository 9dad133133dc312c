#include "page.h"

#include <string.h>

#include "jobs/jobs.h"
#include "support/site.h"
#include "util/guard.h"
#include "util/text.h"

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    browser_open(&b, site);
    b.address = "127.0.0.1";
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

/* The jobs beside the site, once. */
static void run_jobs(void)
{
    struct jobs jobs;
    struct buf why;
    buf_init(&why, 4096);
    ck_assert_msg(jobs_open(&jobs, &site->app.conf, &why) == OK, "%s", why.at);
    jobs.app.fixed_now_at = SITE_NOW_AT;
    jobs_run_once(&jobs);
    jobs_close(&jobs);
    buf_free(&why);
}

START_TEST(this_machine_reads_what_the_site_is_at)
{
    site_load_demo(site);
    run_jobs();
    ck_assert_int_eq(browser_get(&b, "/metrics"), 200);
    static const char *const lines[] = {
        "# TYPE prep_job_done_total counter\nprep_job_done_total{job=\"accounts\"} ",
        "\nprep_job_last_success_timestamp_seconds{job=\"cleanup\"} 1795651200\n",
        "\nprep_job_failing{job=\"events\"} 0\n",
        "\n# TYPE prep_stripe_ops gauge\n",
        "\nprep_stripe_events_waiting 0\n",
        "\nprep_outbox_mails{state=\"queued\"} ",
        "\nprep_bookings{state=\"confirmed\"} ",
        "\nprep_money_waiting{queue=\"differences\"} 0\n",
        "\n# TYPE prep_ledger_balance_cents gauge\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        ck_assert_msg(
            browser_shows(&b, lines[i]), "no %s in\n%s", lines[i], browser_body(&b));
    ck_assert_ptr_nonnull(
        strstr(b.answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    ck_assert_int_le(b.queries, b.site->last_route->queries);
}
END_TEST

/* "# HELP name words\n# TYPE name type\n", then lines "name value" or "name{l="v"}
 * value". */
START_TEST(every_line_is_of_the_format)
{
    site_load_demo(site);
    run_jobs();
    browser_get(&b, "/metrics");
    char name[128] = "";
    for (const char *line = browser_body(&b); *line != '\0';) {
        size_t n = strcspn(line, "\n");
        ck_assert_int_eq(line[n], '\n');
        if (text_starts(line, "# HELP ") || text_starts(line, "# TYPE ")) {
            size_t length = strcspn(line + 7, " ");
            ck_assert_uint_lt(length, sizeof name);
            memcpy(name, line + 7, length);
            name[length] = '\0';
        } else {
            const char *at = line + strlen(name);
            ck_assert_msg(text_starts(line, name), "%.*s", (int)n, line);
            if (*at == '{')
                at = strchr(at, '}') + 1;
            ck_assert_msg(
                *at == ' ' && strspn(at + 1, "0123456789") == strcspn(at + 1, "\n"),
                "%.*s", (int)n, line);
        }
        line += n + 1;
    }
}
END_TEST

START_TEST(to_others_there_is_no_such_page)
{
    static const char *const others[] = { NULL, "127.0.0.2", "10.0.0.1", "::2" };
    browser_log_in_as(&b, "admin@example.com", "admin");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        b.address = others[i];
        ck_assert_int_eq(browser_get(&b, "/metrics"), 404);
    }
    b.address = "::1";
    ck_assert_int_eq(browser_get(&b, "/metrics"), 200);
}
END_TEST

void page_metrics(Suite *s)
{
    TCase *t = tcase_create("metrics");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_add_test(t, this_machine_reads_what_the_site_is_at);
    tcase_add_test(t, every_line_is_of_the_format);
    tcase_add_test(t, to_others_there_is_no_such_page);
    suite_add_tcase(s, t);
}
