#include "domain/compliance.h"

#include <stdio.h>
#include <string.h>

#include "support/db.h"
#include "support/folder.h"
#include "unit.h"

static struct db_test t;
static int64_t host_id, kitchen_id;

static const char pdf[] = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    kitchen_id = make_kitchen(&t, host_id);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static enum result upload_by(const char *kind, const char *key)
{
    enum { TODAY = TEST_NOW_AT / 86400 };
    struct ctx *c = db_test_begin(&t, DB_WRITE, host_id);
    const char *path = ctx_printf(c, "%s/upload", t.dir), *field;
    folder_write(path, pdf, sizeof pdf - 1);
    const struct document_input in = { .kind = kind,
        .number = "HP-4711",
        .authority = "Austin Public Health",
        .issued_day = TODAY - 10,
        .expires_day = TODAY + 100,
        .path = path,
        .file_name = "permit.pdf",
        .bytes = sizeof pdf - 1,
        .key = key };
    return compliance_upload(c, kitchen_id, &in, &field);
}

static enum result upload(const char *kind)
{
    return upload_by(kind, "");
}

static size_t files(void)
{
    char folder[128];
    snprintf(folder, sizeof folder, "%s/documents", t.dir);
    return folder_count(folder);
}

static void let_no_row_in(void)
{
    db_test_end(&t);
    db_test_exec(&t, "CREATE TRIGGER full BEFORE INSERT ON documents"
                     " BEGIN SELECT RAISE(ABORT, 'full'); END");
}

START_TEST(a_paper_whose_row_cannot_be_written_leaves_no_file)
{
    let_no_row_in();
    ck_assert(upload("health_permit") != OK);
    ck_assert_int_eq(files(), 0);
}
END_TEST

START_TEST(the_file_stays_if_an_earlier_paper_has_the_same_bytes)
{
    ck_assert(upload("health_permit") == OK);
    let_no_row_in();
    ck_assert(upload("insurance") != OK);
    ck_assert_int_eq(files(), 1);
}
END_TEST

START_TEST(the_same_paper_sent_again_by_one_form_waits_once)
{
    const char *key = "0123456789abcdef";
    ck_assert(upload_by("insurance", key) == OK);
    ck_assert(upload_by("insurance", key) == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM documents"), 1);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM audit WHERE action = 'document.upload'"),
        1);
    ck_assert(upload_by("health_permit", key) == R_INVALID);
    ck_assert_int_eq(files(), 1);
    ck_assert(upload("insurance") == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM documents"), 2);
}
END_TEST

void unit_domain_compliance(Suite *s)
{
    TCase *tc = tcase_create("compliance");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_paper_whose_row_cannot_be_written_leaves_no_file);
    tcase_add_test(tc, the_file_stays_if_an_earlier_paper_has_the_same_bytes);
    tcase_add_test(tc, the_same_paper_sent_again_by_one_form_waits_once);
    suite_add_tcase(s, tc);
}
