/* The HTML of mails, made from their text. */
#include "jobs/letter.h"

#include <stdlib.h>
#include <string.h>

#include "html/mustache.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;
static struct templates *templates;
static struct buf html, why;

static void set_up(void)
{
    const char *srcdir = getenv("SRCDIR");
    db_test_open(&t);
    t.app.conf.base_url = "https://prep.example";
    buf_init(&html, 65536);
    buf_init(&why, 4096);
    templates = templates_load(
        arena_printf(t.app.forever, "%s/templates", srcdir == NULL ? "." : srcdir),
        &why);
    ck_assert_msg(templates != NULL, "%s", why.at);
}

static void tear_down(void)
{
    templates_free(templates);
    buf_free(&html);
    buf_free(&why);
    db_test_close(&t);
}

static const char *html_of(const char *text)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    struct view *v = view_new(c->arena);
    view_text(v, "subject", "A & B");
    view_text(v, "site_name", "Prep");
    letter_show(c, text, "Open on Prep", v);
    buf_clear(&html);
    ck_assert_msg(templates_render(templates, "mail/layout.html", v, &html, &why) == OK,
        "%s", why.at);
    return html.at;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

START_TEST(blank_lines_part_paragraphs_and_everything_is_escaped)
{
    const char *h = html_of("Hello <b>Ann</b>,\n\nWhen  noon\nWhere here\n\n\nPrep\n");
    ck_assert_int_eq(count(h, "white-space:pre-wrap"), 3);
    ck_assert_ptr_nonnull(strstr(h, ">Hello &lt;b&gt;Ann&lt;/b&gt;,<br></p>"));
    ck_assert_ptr_nonnull(strstr(h, ">When</span> noon<br>Where here<br></p>"));
    ck_assert_int_eq(count(h, "</span>"), 1);
    ck_assert_ptr_nonnull(strstr(h, "<title>A &amp; B</title>"));
}
END_TEST

static const struct {
    int line;
    const char *text, *href, *label; /* href NULL: no link */
} links[] = {
    { __LINE__, "https://prep.example/verify?token=a_b-c&x=1",
        "href=\"https://prep.example/verify?token=a_b-c&amp;x=1\"",
        ">Open on Prep</a>" },
    { __LINE__, "Answer here: https://prep.example/messages/1",
        "href=\"https://prep.example/messages/1\"", ">Answer here</a>" },
    { __LINE__, "  https://prep.example/bookings/1",
        "href=\"https://prep.example/bookings/1\"", ">Open on Prep</a>" },
    { __LINE__, "https://prep.example", NULL, NULL },
    { __LINE__, "https://prep.example/", NULL, NULL },
    { __LINE__, "https://prep.example.evil.example/x", NULL, NULL },
    { __LINE__, "https://prep.example@evil.example/x", NULL, NULL },
    { __LINE__, "https://evil.example/https://prep.example/x", NULL, NULL },
    { __LINE__, "Look: https://evil.example/", NULL, NULL },
    { __LINE__, "see https://prep.example/x", NULL, NULL },
    { __LINE__, ": https://prep.example/x", NULL, NULL },
    { __LINE__, "javascript:alert(1)", NULL, NULL },
};

START_TEST(only_a_page_of_this_site_becomes_a_button)
{
    const char *h = html_of(links[_i].text);
    ck_assert_msg(count(h, "<a ") == (links[_i].href != NULL), "case at line %d: %s",
        links[_i].line, h);
    if (links[_i].href == NULL)
        return;
    ck_assert_msg(
        strstr(h, links[_i].href) != NULL, "case at line %d: %s", links[_i].line, h);
    ck_assert_msg(
        strstr(h, links[_i].label) != NULL, "case at line %d: %s", links[_i].line, h);
}
END_TEST

void unit_jobs_letter(Suite *s)
{
    TCase *tc = tcase_create("letter");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, blank_lines_part_paragraphs_and_everything_is_escaped);
    tcase_add_loop_test(
        tc, only_a_page_of_this_site_becomes_a_button, 0, COUNT_OF(links));
    suite_add_tcase(s, tc);
}
