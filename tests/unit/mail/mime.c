#include "mail/mime.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

static struct arena *a;
static struct buf out;
static struct mail m;

static void set_up(void)
{
    a = arena_new(1024 * 1024);
    buf_init(&out, MAIL_BYTES_MAX);
    m = (struct mail) { .from = "Prep <no-reply@prep.example>",
        .to = "ann@example.com",
        .to_name = "Ann Example",
        .subject = "Your booking",
        .text = "Hello\nhttps://prep.example/verify?token=abc\n",
        .uid = "u1_x-y",
        .at = 1795522500 };
}

static void tear_down(void)
{
    arena_free(a);
    buf_free(&out);
}

static enum result write(void)
{
    const char *why = NULL;
    enum result r = mail_write(&out, a, &m, &why);
    ck_assert_int_eq(r == OK, *why == '\0');
    return r;
}

START_TEST(a_plain_mail_has_each_header_once_and_its_links_whole)
{
    ck_assert_int_eq(write(), OK);
    ck_assert_str_eq(out.at, "From: \"Prep\" <no-reply@prep.example>\r\n"
                             "To: \"Ann Example\" <ann@example.com>\r\n"
                             "Subject: Your booking\r\n"
                             "Date: Tue, 24 Nov 2026 12:15:00 +0000\r\n"
                             "Message-ID: <u1_x-y@prep.example>\r\n"
                             "MIME-Version: 1.0\r\n"
                             "Auto-Submitted: auto-generated\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: 7bit\r\n\r\n"
                             "Hello\r\nhttps://prep.example/verify?token=abc\r\n");
}
END_TEST

START_TEST(html_and_a_calendar_stand_beside_the_text)
{
    const struct mail_attachment ics = { "booking.ics", MAIL_ICS_TYPE,
        { "BEGIN:VCALENDAR", 15 } };
    m.html = "<p>H\xc3\xa9llo</p>";
    m.attachments = &ics;
    m.attachment_count = 1;
    m.unsubscribe = "https://prep.example/u/1";
    ck_assert_int_eq(write(), OK);
    const char *body = strstr(out.at, "List-Unsubscribe: ");
    ck_assert_str_eq(body,
        "List-Unsubscribe: <https://prep.example/u/1>\r\n"
        "Content-Type: multipart/mixed; boundary=\"=_mix-u1_x-y\"\r\n\r\n"
        "--=_mix-u1_x-y\r\n"
        "Content-Type: multipart/alternative; boundary=\"=_alt-u1_x-y\"\r\n\r\n"
        "--=_alt-u1_x-y\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n\r\n"
        "Hello\r\nhttps://prep.example/verify?token=abc\r\n"
        "--=_alt-u1_x-y\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "<p>H=C3=A9llo</p>\r\n"
        "--=_alt-u1_x-y--\r\n"
        "--=_mix-u1_x-y\r\n"
        "Content-Type: text/calendar; charset=utf-8; method=PUBLISH\r\n"
        "Content-Disposition: attachment; filename=\"booking.ics\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
        "QkVHSU46VkNBTEVOREFS\r\n"
        "--=_mix-u1_x-y--\r\n");
}
END_TEST

static const char *const breaks[] = { "hi\r\nBcc: evil@example.com", "hi\nBcc: e",
    "hi\rX", "hi\x01", "hi\x7f", "bad utf-8 \xff" };

START_TEST(no_header_takes_a_line_break_or_control_character)
{
    m.subject = breaks[_i];
    ck_assert_int_eq(write(), R_INVALID);
    m.subject = "fine";
    m.to_name = breaks[_i];
    ck_assert_int_eq(write(), R_INVALID);
    m.to_name = NULL;
    m.to = arena_printf(a, "ann@example.com%s", breaks[_i]);
    ck_assert_int_eq(write(), R_INVALID);
    m.to = "ann@example.com";
    m.unsubscribe = breaks[_i];
    ck_assert_int_eq(write(), R_INVALID);
    m.unsubscribe = NULL;
    m.from = arena_printf(a, "%s <no-reply@prep.example>", breaks[_i]);
    ck_assert_int_eq(write(), R_INVALID);
    m.from = "no-reply@prep.example";
    const struct mail_attachment hostile = { breaks[_i], MAIL_ICS_TYPE, { "", 0 } };
    m.attachments = &hostile;
    m.attachment_count = 1;
    ck_assert_int_eq(write(), R_INVALID);
    ck_assert(strstr(out.at, "Bcc") == NULL);
    buf_clear(&out);
    ck_assert_int_eq(mail_header_add(&out, "X", breaks[_i]), R_INVALID);
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(names_are_quoted_or_encoded)
{
    m.to_name = "Ann \"The <Chef>\" \\ O'Neil";
    ck_assert_int_eq(write(), OK);
    ck_assert(
        strstr(out.at,
            "\r\nTo: \"Ann \\\"The <Chef>\\\" \\\\ O'Neil\" <ann@example.com>\r\n") !=
        NULL);
    buf_clear(&out);
    m.to_name = "Jos\xc3\xa9 Mar\xc3\xad"
                "a de los \xc3\x81ngeles Fern\xc3\xa1ndez";
    ck_assert_int_eq(write(), OK);
    ck_assert(strstr(out.at, "\r\nTo: =?UTF-8?B?") != NULL);
    for (const char *line = out.at; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_uint_le(strcspn(line, "\r"), 76);
}
END_TEST

static const struct {
    int line;
    const char *address;
    bool ok;
} addresses[] = {
    { __LINE__, "ann@example.com", true },
    { __LINE__, "ann.o'neil+x@sub.example.com", true },
    { __LINE__, "root@localhost", true },
    { __LINE__, "ann@@example.com", false },
    { __LINE__, "ann", false },
    { __LINE__, "@example.com", false },
    { __LINE__, "ann@", false },
    { __LINE__, ".ann@example.com", false },
    { __LINE__, "ann.@example.com", false },
    { __LINE__, "a..b@example.com", false },
    { __LINE__, "ann@-example.com", false },
    { __LINE__, "ann@example.com.", false },
    { __LINE__, "ann@exa mple.com", false },
    { __LINE__, "ann@example.com,eve@example.com", false },
    { __LINE__, "ann@example.com> RCPT TO:<eve@example.com", false },
    { __LINE__, "\"ann\"@example.com", false },
    { __LINE__, "j\xc3\xb6rg@example.com", false },
    { __LINE__, "", false },
    { __LINE__, NULL, false },
};

START_TEST(an_address_is_ascii_without_quoting)
{
    ck_assert_msg(mail_address_ok(addresses[_i].address) == addresses[_i].ok,
        "case at line %d", addresses[_i].line);
}
END_TEST

START_TEST(an_address_is_found_in_a_mailbox)
{
    ck_assert_str_eq(mail_address_of(a, "Prep <x@y.z>"), "x@y.z");
    ck_assert_str_eq(mail_address_of(a, "x@y.z"), "x@y.z");
    ck_assert_ptr_eq(mail_address_of(a, "Prep <x@y.z> tail"), NULL);
    ck_assert_ptr_eq(mail_address_of(a, "Prep"), NULL);
    ck_assert_ptr_eq(mail_address_of(a, NULL), NULL);
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
    char *text = arena_alloc(a, MAIL_SUBJECT_BYTES_MAX + 2);
    memset(text, 'x', MAIL_SUBJECT_BYTES_MAX + 1);
    m.subject = text;
    ck_assert_int_eq(write(), R_INVALID);
    m.subject = "fine";
    struct buf small;
    const char *why;
    buf_init(&small, 100);
    ck_assert_int_eq(mail_write(&small, a, &m, &why), R_INVALID);
    ck_assert_str_eq(why, "The mail is too long.");
    buf_free(&small);
}
END_TEST

void unit_mail_mime(Suite *s)
{
    TCase *t = tcase_create("mime");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_plain_mail_has_each_header_once_and_its_links_whole);
    tcase_add_test(t, html_and_a_calendar_stand_beside_the_text);
    tcase_add_loop_test(
        t, no_header_takes_a_line_break_or_control_character, 0, COUNT_OF(breaks));
    tcase_add_test(t, names_are_quoted_or_encoded);
    tcase_add_loop_test(t, an_address_is_ascii_without_quoting, 0, COUNT_OF(addresses));
    tcase_add_test(t, an_address_is_found_in_a_mailbox);
    tcase_add_test(t, what_is_too_long_is_refused);
    suite_add_tcase(s, t);
}
