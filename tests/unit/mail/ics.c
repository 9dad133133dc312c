#include "mail/ics.h"

#include <string.h>

#include "unit.h"
#include "util/text.h"

static struct buf out;

static void set_up(void)
{
    buf_init(&out, 64 * 1024);
}

static void tear_down(void)
{
    buf_free(&out);
}

static struct ics_event event = {
    .uid = "booking-1@prep.example",
    .sequence = 2,
    .stamped_at = 1795522500,
    .start_at = 1795608900,
    .end_at = 1795641300,
    .summary = "Kitchen; \"Bob's, Big\"",
    .description = "Line one\r\nLine two\\end",
    .location = "1 Main St, Austin",
    .url = "https://prep.example/bookings/1",
};

START_TEST(an_event_is_written_as_rfc_5545_wants_it)
{
    ics_begin(&out, NULL);
    ics_add(&out, &event);
    ics_end(&out);
    ck_assert_str_eq(out.at,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Prep//Prep//EN\r\n"
        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
        "UID:booking-1@prep.example\r\nSEQUENCE:2\r\nDTSTAMP:20261124T121500Z\r\n"
        "DTSTART:20261125T121500Z\r\nDTEND:20261125T211500Z\r\n"
        "SUMMARY:Kitchen\\; \"Bob's\\, Big\"\r\n"
        "DESCRIPTION:Line one\\nLine two\\\\end\r\n"
        "LOCATION:1 Main St\\, Austin\r\nURL:https://prep.example/bookings/1\r\n"
        "STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}
END_TEST

START_TEST(a_hostile_title_starts_no_line_of_its_own)
{
    struct ics_event e = event;
    e.summary = "x\r\nATTACH:http://evil.example/\nEND:VEVENT";
    ics_add(&out, &e);
    ck_assert(strstr(out.at, "\r\nATTACH") == NULL);
    ck_assert(strstr(out.at,
                  "SUMMARY:x\\nATTACH:http://evil.example/\\nEND:VEVENT\r\n") != NULL);
}
END_TEST

START_TEST(long_lines_fold_at_75_octets_between_characters)
{
    char title[400] = "";
    for (int i = 0; i < 60; i++)
        strncat(title, i % 2 == 0 ? "\xe2\x82\xac" : "\xf0\x9f\x8d\xb3", 5);
    struct ics_event e = event;
    e.summary = title;
    ics_add(&out, &e);
    char unfolded[600] = "";
    size_t n = 0;
    const char *line = strstr(out.at, "SUMMARY:");
    for (bool more = true; more;) {
        size_t length = strcspn(line, "\r");
        ck_assert_uint_le(length, 75);
        size_t skip = n > 0;
        ck_assert(text_utf8_ok(line + skip, length - skip));
        memcpy(unfolded + n, line + skip, length - skip);
        n += length - skip;
        line += length + 2;
        more = *line == ' ';
    }
    ck_assert_str_eq(unfolded + strlen("SUMMARY:"), title);
}
END_TEST

START_TEST(a_canceled_event_says_so_and_has_no_empty_lines)
{
    struct ics_event e = { .uid = "u", .summary = "s", .canceled = true };
    ics_add(&out, &e);
    ck_assert(strstr(out.at, "STATUS:CANCELLED\r\n") != NULL);
    ck_assert(strstr(out.at, "LOCATION") == NULL);
    ck_assert(strstr(out.at, "\r\n\r\n") == NULL);
}
END_TEST

START_TEST(a_uid_ends_with_the_sites_host)
{
    struct arena *a = arena_new(4096);
    ck_assert_str_eq(
        ics_uid(a, "b-1", "https://prep.example:8080"), "b-1@prep.example");
    ck_assert_str_eq(ics_uid(a, "b-1", "https://prep.example"), "b-1@prep.example");
    ck_assert_str_eq(ics_uid(a, "b-1", "http://127.0.0.1/x"), "b-1@127.0.0.1");
    arena_free(a);
}
END_TEST

void unit_mail_ics(Suite *s)
{
    TCase *t = tcase_create("ics");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, an_event_is_written_as_rfc_5545_wants_it);
    tcase_add_test(t, a_hostile_title_starts_no_line_of_its_own);
    tcase_add_test(t, long_lines_fold_at_75_octets_between_characters);
    tcase_add_test(t, a_canceled_event_says_so_and_has_no_empty_lines);
    tcase_add_test(t, a_uid_ends_with_the_sites_host);
    suite_add_tcase(s, t);
}
