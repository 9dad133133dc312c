#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/compliance.h"
#include "support/kitchen.h"
#include "support/site.h"
#include "util/guard.h"
#include "web/routes.h"

static struct site *site;
static struct browser host, other, admin, support, vendor;

static const char pdf[] = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

static void open_browsers(void)
{
    site = site_fresh();
    struct {
        struct browser *b;
        const char *email, *role;
    } people[] = {
        { &host, "host@example.com", "host" },
        { &other, "other@example.com", "host" },
        { &admin, "admin@example.com", "admin" },
        { &support, "support@example.com", "support" },
        { &vendor, "vendor@example.com", "vendor" },
    };
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        browser_open(people[i].b, site);
        browser_log_in_as(people[i].b, people[i].email, people[i].role);
    }
    kitchen_list(&host);
    browser_get(&host, "/host/listings/1/documents");
}

static void close_browsers(void)
{
    struct browser *const all[] = { &host, &other, &admin, &support, &vendor };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        browser_close(all[i]);
    site_gone(site);
}

static int send_file(
    struct browser *b, const char *kind, const char *name, const void *bytes, size_t n)
{
    const char *const fields[] = { "kind", kind, "number", "HP-4711", "authority",
        "Austin Public Health", "issued", "2026-01-15", "expires", "2027-01-14", NULL };
    const struct browser_file file = { "document", name, 0, bytes, n };
    browser_get(b, "/host/listings/1/documents");
    if (b->status != 200)
        browser_get(b, "/host/listings/new"); /* for its token */
    return browser_upload(b, "/host/listings/1/documents", fields, &file, 1);
}

static int send_pdf(struct browser *b, const char *kind)
{
    return send_file(b, kind, "permit.pdf", pdf, sizeof pdf - 1);
}

static int decide(struct browser *b, int id, const char *act, const char *reason)
{
    char path[64], form[256];
    snprintf(path, sizeof path, "/admin/documents/%d", id);
    browser_get(b, path);
    snprintf(form, sizeof form, "act=%s&reason=%s", act, reason);
    return browser_post(b, path, form);
}

static const char *state_of(struct browser *b, int id)
{
    static char state[32];
    char path[64];
    snprintf(path, sizeof path, "/admin/documents/%d", id);
    browser_get(b, path);
    const char *pill = strstr(browser_body(b), "pill--");
    ck_assert_ptr_nonnull(pill);
    snprintf(state, sizeof state, "%.*s", (int)strcspn(pill + 6, "\""), pill + 6);
    return state;
}

/* As its page has it below "History". */
static bool in_history(int id, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/admin/documents/%d", id);
    browser_get(&admin, path);
    const char *history = strstr(browser_body(&admin), "id=\"history\"");
    return history != NULL && strstr(history, text) != NULL &&
           strstr(history, text) < strstr(history, "</section>");
}

/* Both acts are refused, and change nothing. */
static void expect_the_end(int id, const char *state)
{
    ck_assert_str_eq(state_of(&admin, id), state);
    ck_assert_int_eq(decide(&admin, id, "approve", ""), 409);
    ck_assert_int_eq(decide(&admin, id, "reject", "Because"), 409);
    ck_assert_str_eq(state_of(&admin, id), state);
}

START_TEST(a_paper_is_sent_approved_and_told_of)
{
    ck_assert_int_eq(send_pdf(&host, "health_permit"), 303);
    ck_assert_int_eq(site_files(site, "documents"), 1);
    ck_assert_int_eq(site_files(site, "incoming"), 0);
    browser_get(&host, "/host/listings/1/documents");
    ck_assert(browser_shows(&host, "HP-4711"));
    browser_get(&admin, "/admin");
    ck_assert(browser_shows(&admin, "Health permit"));
    ck_assert_int_eq(decide(&admin, 1, "approve", ""), 303);
    browser_get(&host, "/host/listings/1/documents");
    ck_assert(browser_shows(&host, "valid until Thu 14 Jan 2027"));
    browser_get(&host, "/notices");
    ck_assert(browser_shows(&host, "Health permit of Copper Pot was approved."));
    browser_get(&admin, "/admin/mail");
    ck_assert(browser_shows(&admin, "document_decided"));
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin, "/admin/documents/1"));
}
END_TEST

START_TEST(a_renewal_replaces_what_it_renews_and_history_stays)
{
    ck_assert_int_eq(send_pdf(&host, "insurance"), 303);
    ck_assert_int_eq(decide(&admin, 1, "approve", ""), 303);
    ck_assert_int_eq(send_pdf(&host, "insurance"), 303);
    ck_assert_str_eq(state_of(&admin, 1), "approved");
    ck_assert_int_eq(decide(&admin, 2, "approve", ""), 303);
    ck_assert_str_eq(state_of(&admin, 1), "superseded");
    ck_assert_str_eq(state_of(&admin, 2), "approved");
    expect_the_end(1, "superseded");
    ck_assert_int_eq(site_files(site, "documents"), 1); /* the same content, once */
}
END_TEST

START_TEST(an_older_paper_does_not_replace_a_newer_one)
{
    send_pdf(&host, "insurance");
    send_pdf(&host, "insurance");
    ck_assert_int_eq(decide(&admin, 2, "approve", ""), 303);
    ck_assert_int_eq(decide(&admin, 1, "approve", ""), 409);
    ck_assert_str_eq(state_of(&admin, 1), "pending");
    ck_assert_str_eq(state_of(&admin, 2), "approved");
}
END_TEST

START_TEST(rejecting_needs_a_reason_and_a_stale_decision_changes_nothing)
{
    send_pdf(&host, "insurance");
    ck_assert_int_eq(decide(&admin, 1, "reject", ""), 422);
    ck_assert(browser_shows(&admin, "Say why"));
    ck_assert_int_eq(decide(&admin, 1, "maybe", "It+is+blurred"), 422);
    ck_assert(browser_shows(&admin, "It is blurred</textarea>"));
    ck_assert_int_eq(decide(&admin, 1, "reject", "It+is+blurred"), 303);
    browser_get(&host, "/host/listings/1/documents");
    ck_assert(browser_shows(&host, "It is blurred"));
    browser_get(&admin, "/admin/users/1"); /* for its token */
    ck_assert_int_eq(
        browser_post(&admin, "/admin/documents/1", "act=approve&reason="), 409);
    ck_assert_str_eq(state_of(&admin, 1), "rejected");
}
END_TEST

START_TEST(a_paper_is_approved_then_rejected_and_its_history_says_why)
{
    send_pdf(&host, "insurance");
    ck_assert_int_eq(decide(&admin, 1, "approve", "It+reads+well"), 303);
    ck_assert_str_eq(state_of(&admin, 1), "approved");
    ck_assert(in_history(1, "It reads well"));
    ck_assert_int_eq(decide(&admin, 1, "approve", ""), 409);
    ck_assert_int_eq(decide(&admin, 1, "reject", "The+insurer+denies+it"), 303);
    ck_assert(in_history(1, "The insurer denies it"));
    ck_assert(in_history(1, "It reads well"));
    expect_the_end(1, "rejected");
    browser_get(&host, "/host/listings/1/documents");
    ck_assert(browser_shows(&host, "The insurer denies it"));
    send_pdf(&host, "insurance");
    ck_assert_int_eq(decide(&admin, 2, "reject", "It+is+blurred"), 303);
    ck_assert(in_history(2, "It is blurred"));
    expect_the_end(2, "rejected");
}
END_TEST

START_TEST(a_form_that_sent_a_paper_sends_no_other_without_being_asked_again)
{
    const char *fields[] = { "kind", "insurance", "number", "HP-4711", "authority",
        "Austin Public Health", "issued", "2026-01-15", "expires", "2027-01-14",
        "idempotency_key", "key-0123456789abcdef", NULL };
    const struct browser_file file = { "document", "a.pdf", 0, pdf, sizeof pdf - 1 };
    for (int i = 0; i < 3; i++) {
        if (i == 2)
            fields[3] = "HP-4712";
        browser_get(&host, "/host/listings/1/documents");
        ck_assert_int_eq(
            browser_upload(&host, "/host/listings/1/documents", fields, &file, 1),
            i < 2 ? 303 : 422);
        ck_assert_int_le(host.queries, site->last_route->queries);
    }
    ck_assert(browser_shows(&host, "PC-KEY-422"));
    ck_assert(browser_shows(&host, "value=\"HP-4712\""));
    ck_assert(!browser_shows(&host, "key-0123456789abcdef"));
    ck_assert(!browser_shows(&host, "No. HP-4712"));
}
END_TEST

START_TEST(both_sides_read_all_that_was_decided_of_a_paper_and_why)
{
    static const char *const words[] = { "Paper approved: Fine",
        "Paper rejected: It was somebody else&#39;s" };
    send_pdf(&host, "insurance");
    browser_get(&host, "/host/listings/1/documents");
    ck_assert(!browser_shows(&host, "What was decided"));
    ck_assert_int_eq(decide(&admin, 1, "approve", "Fine"), 303);
    ck_assert_int_eq(decide(&admin, 1, "reject", "It+was+somebody+else%27s"), 303);
    browser_get(&admin, "/admin/documents/1");
    ck_assert_int_eq(browser_get(&host, "/host/listings/1/documents"), 200);
    ck_assert_int_le(host.queries, site->last_route->queries);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        ck_assert(browser_shows(&admin, words[i]));
        ck_assert(browser_shows(&host, words[i]));
    }
    ck_assert(browser_shows(&host, "Insurance certificate: Paper approved"));
}
END_TEST

START_TEST(support_reads_and_does_not_decide)
{
    send_pdf(&host, "insurance");
    ck_assert_int_eq(browser_get(&support, "/admin/documents"), 200);
    ck_assert_int_eq(browser_get(&support, "/admin/documents/1"), 200);
    ck_assert(!browser_shows(&support, "value=\"approve\""));
    ck_assert_int_eq(
        browser_post(&support, "/admin/documents/1", "act=approve&reason="), 403);
    ck_assert_str_eq(state_of(&admin, 1), "pending");
}
END_TEST

START_TEST(the_file_is_for_its_host_and_staff)
{
    send_file(&host, "insurance", "Prüfung %222026%22.pdf", pdf, sizeof pdf - 1);
    struct browser *const readers[] = { &host, &admin, &support };
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        ck_assert_int_eq(browser_get(readers[i], "/documents/1/file"), 200);
        ck_assert_ptr_nonnull(
            strstr(readers[i]->answer, "X-Accel-Redirect: /private/documents/"));
        ck_assert_ptr_nonnull(
            strstr(readers[i]->answer, "Content-Disposition: attachment"));
        ck_assert_ptr_nonnull(
            strstr(readers[i]->answer, "Content-Type: application/pdf"));
        ck_assert_ptr_nonnull(strstr(readers[i]->answer, "sandbox"));
        ck_assert_ptr_nonnull(strstr(readers[i]->answer, "nosniff"));
        ck_assert_ptr_nonnull(strstr(readers[i]->answer, "no-store"));
    }
    struct browser nobody;
    browser_open(&nobody, site);
    ck_assert_int_eq(browser_get(&nobody, "/documents/1/file"), 303);
    ck_assert_ptr_null(strstr(nobody.answer, "X-Accel-Redirect"));
    browser_close(&nobody);
    ck_assert_int_eq(browser_get(&other, "/documents/1/file"), 404);
    ck_assert_ptr_null(strstr(other.answer, "X-Accel-Redirect"));
    ck_assert_int_eq(browser_get(&vendor, "/documents/1/file"), 403);
    ck_assert_int_eq(browser_get(&host, "/documents/2/file"), 404);
}
END_TEST

START_TEST(another_host_neither_sees_nor_sends_papers)
{
    ck_assert_int_eq(browser_get(&other, "/host/listings/1/documents"), 404);
    ck_assert_int_eq(send_pdf(&other, "insurance"), 404);
    ck_assert_int_eq(site_files(site, "documents"), 0);
    ck_assert_int_eq(site_files(site, "incoming"), 0);
}
END_TEST

START_TEST(bad_files_get_a_sentence_and_nothing_stays_on_disk)
{
    static char huge[11 * 1024 * 1024], enormous[13 * 1024 * 1024], name[304],
        nul_name[] = "a\0b.pdf";
    memset(name, 'n', 300);
    stpcpy(name + 296, ".pdf");
    memcpy(huge, pdf, sizeof pdf);
    memcpy(huge + sizeof huge - sizeof pdf, pdf, sizeof pdf);
    static const char html[] = "<html><script>alert(1)</script>",
                      svg[] = "<svg onload=alert(1)>",
                      php[] = "GIF89a<?php system($_GET[0]);";
    const struct {
        const char *name;
        size_t name_n;
        const char *bytes;
        size_t n;
        int status;
        const char *sentence;
    } bad[] = {
        { "drawing.svg", 0, svg, sizeof svg - 1, 422, "none of them" },
        { "permit.jpg", 0, html, sizeof html - 1, 422, "none of them" },
        { "permit.pdf", 0, html, sizeof html - 1, 422, "none of them" },
        { "permit.php", 0, php, sizeof php - 1, 422, "none of them" },
        { "permit.pdf", 0, "", 0, 422, "empty" },
        { "permit.pdf", 0, pdf, 20, 422, "damaged" },
        { "permit.pdf.exe", 0, pdf, sizeof pdf - 1, 422, "Rename it to end in .pdf" },
        { "permit.pdf", 0, png, sizeof png - 1, 422, "Rename it to end in .png" },
        { "permit.pdf", 0, huge, sizeof huge, 422, "larger than 10 MB" },
        { "permit.pdf", 0, enormous, sizeof enormous, 413, "too large" },
        { name, 300, pdf, sizeof pdf - 1, 400, "name is too long" },
        { nul_name, 7, pdf, sizeof pdf - 1, 400, "cannot read" },
    };
    const char *const fields[] = { "kind", "insurance", "number", "KEEP-ME",
        "authority", "Office", "issued", "2026-01-15", "expires", "2027-01-14", NULL };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const struct browser_file file = { "document", bad[i].name, bad[i].name_n,
            bad[i].bytes, bad[i].n };
        browser_get(&host, "/host/listings/1/documents");
        int status =
            browser_upload(&host, "/host/listings/1/documents", fields, &file, 1);
        ck_assert_msg(status == bad[i].status, "%zu: %d", i, status);
        ck_assert_msg(
            browser_shows(&host, bad[i].sentence), "%zu: %s", i, browser_body(&host));
        ck_assert(status != 422 || browser_shows(&host, "value=\"KEEP-ME\""));
        ck_assert_int_eq(site_files(site, "documents"), 0);
        ck_assert_int_eq(site_files(site, "incoming"), 0);
    }
}
END_TEST

START_TEST(what_is_missing_or_absurd_stands_beside_its_field)
{
    static const struct {
        const char *kind, *number, *issued, *expires, *sentence;
    } bad[] = {
        { "passport", "1", "2026-01-15", "2027-01-14", "f-kind" },
        { "insurance", "", "2026-01-15", "2027-01-14", "f-number" },
        { "insurance", "1", "2026-02-30", "2027-01-14", "f-issued" },
        { "insurance", "1", "2026-12-24", "2027-12-24", "has not come yet" },
        { "insurance", "1", "1026-01-15", "2027-01-14", "very long ago" },
        { "insurance", "1", "2026-01-15", "2026-01-15", "must expire after" },
        { "insurance", "1", "2025-01-15", "2026-01-14", "has expired" },
        { "insurance", "1", "2026-01-15", "2926-01-14", "very far ahead" },
    };
    const struct browser_file file = { "document", "a.pdf", 0, pdf, sizeof pdf - 1 };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *const fields[] = { "kind", bad[i].kind, "number", bad[i].number,
            "authority", "Office", "issued", bad[i].issued, "expires", bad[i].expires,
            NULL };
        browser_get(&host, "/host/listings/1/documents");
        ck_assert_int_eq(
            browser_upload(&host, "/host/listings/1/documents", fields, &file, 1), 422);
        ck_assert_msg(browser_shows(&host, bad[i].sentence), "%zu", i);
    }
    const char *const fields[] = { "kind", "insurance", "number", "1", "authority",
        "Office", "issued", "2026-01-15", "expires", "2027-01-14", NULL };
    const struct browser_file two[] = { file, file };
    ck_assert_int_eq(
        browser_upload(&host, "/host/listings/1/documents", fields, two, 2), 422);
    ck_assert(browser_shows(&host, "one file at a time"));
    ck_assert_int_eq(
        browser_upload(&host, "/host/listings/1/documents", fields, NULL, 0), 422);
    ck_assert(browser_shows(&host, "Choose the file"));
    ck_assert_int_eq(site_files(site, "documents"), 0);
}
END_TEST

struct expiry {
    int64_t *ids;
    size_t n;
};

static enum result expire_all(struct ctx *c, void *arg)
{
    struct expiry *e = arg;
    c->actor.role = ROLE_SYSTEM;
    TRY(compliance_overdue(c, 10, &e->ids, &e->n));
    for (size_t i = 0; i < e->n; i++)
        TRY(compliance_expire(c, e->ids[i]));
    return OK;
}

START_TEST(a_paper_ends_the_day_after_its_last)
{
    struct expiry e;
    send_pdf(&host, "health_permit"); /* valid until 2027-01-14 */
    decide(&admin, 1, "approve", "");
    site->app.fixed_now_at = 1799971199; /* 2027-01-14, 23:59:59 UTC */
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, expire_all, &e, NULL), OK);
    ck_assert_uint_eq(e.n, 0);
    site->app.fixed_now_at++;
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, expire_all, &e, NULL), OK);
    ck_assert_uint_eq(e.n, 1);
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, expire_all, &e, NULL), OK);
    ck_assert_uint_eq(e.n, 0);
    site->app.fixed_now_at = SITE_NOW_AT;
    expect_the_end(1, "expired");
    browser_get(&host, "/notices");
    ck_assert(browser_shows(&host, "has expired"));
}
END_TEST

void page_documents(Suite *s)
{
    TCase *t = tcase_create("documents");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, a_paper_is_sent_approved_and_told_of);
    tcase_add_test(t, a_renewal_replaces_what_it_renews_and_history_stays);
    tcase_add_test(t, an_older_paper_does_not_replace_a_newer_one);
    tcase_add_test(t, rejecting_needs_a_reason_and_a_stale_decision_changes_nothing);
    tcase_add_test(t, a_paper_is_approved_then_rejected_and_its_history_says_why);
    tcase_add_test(
        t, a_form_that_sent_a_paper_sends_no_other_without_being_asked_again);
    tcase_add_test(t, both_sides_read_all_that_was_decided_of_a_paper_and_why);
    tcase_add_test(t, support_reads_and_does_not_decide);
    tcase_add_test(t, the_file_is_for_its_host_and_staff);
    tcase_add_test(t, another_host_neither_sees_nor_sends_papers);
    tcase_add_test(t, bad_files_get_a_sentence_and_nothing_stays_on_disk);
    tcase_add_test(t, what_is_missing_or_absurd_stands_beside_its_field);
    tcase_add_test(t, a_paper_ends_the_day_after_its_last);
    suite_add_tcase(s, t);
}
