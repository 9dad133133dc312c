#include "unit.h"

#include "util/text.h"
#include "web/markdown.h"

static struct arena *a;

static void open_arena(void)
{
    a = arena_new(1024 * 1024);
}

static void close_arena(void)
{
    arena_free(a);
}

static const struct {
    int line;
    const char *text, *html;
} cases[] = {
    { __LINE__, "", "" },
    { __LINE__, "A **good** one", "<p>A <strong>good</strong> one</p>\n" },
    { __LINE__, "- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n" },
    { __LINE__, "# Top\n\n##### Deep", "<h3>Top</h3>\n<h6>Deep</h6>\n" },
    { __LINE__, "#", "<h3></h3>\n" },
    { __LINE__, "a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>\n" },
    { __LINE__, "<script>alert(1)</script>", "" },
    { __LINE__, "hi <b onclick=x>there</b>", "<p>hi there</p>\n" },
    { __LINE__, "![a *view*](https://x.example/y.png)", "<p>a <em>view</em></p>\n" },
    { __LINE__, "![](https://x.example/y.png)", "<p></p>\n" },
    { __LINE__, "[site](https://x.example/?a=1&b=2)",
        "<p><a href=\"https://x.example/?a=1&amp;b=2\">site</a></p>\n" },
    { __LINE__, "[mail](mailto:a@x.example)",
        "<p><a href=\"mailto:a@x.example\">mail</a></p>\n" },
    { __LINE__, "[x](javascript:alert%281%29)", "<p>x</p>\n" },
    { __LINE__, "[x](JaVaScRiPt:alert)", "<p>x</p>\n" },
    { __LINE__, "[x](data:text/html,hi)", "<p>x</p>\n" },
    { __LINE__, "[x](/logout)", "<p>x</p>\n" },
    { __LINE__, "[](/logout)", "<p></p>\n" },
    { __LINE__, "[![in](a.png) link](https://x.example)",
        "<p><a href=\"https://x.example\">in link</a></p>\n" },
    { __LINE__, "[![a [b](/c)](d.png)](/e)", "<p>[a b](/e)</p>\n" },
};

START_TEST(descriptions_become_safe_html)
{
    ck_assert_msg(text_is(markdown_html(a, cases[_i].text), cases[_i].html),
        "line %d: %s", cases[_i].line, markdown_html(a, cases[_i].text));
}
END_TEST

void unit_web_markdown(Suite *s)
{
    TCase *t = tcase_create("web/markdown");
    tcase_add_checked_fixture(t, open_arena, close_arena);
    tcase_add_loop_test(
        t, descriptions_become_safe_html, 0, sizeof cases / sizeof *cases);
    suite_add_tcase(s, t);
}
