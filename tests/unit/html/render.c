#include <stdlib.h>
#include <string.h>

#include "html/mustache.h"
#include "html/program.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct arena *arena;
static struct templates *set;
static struct buf out, why;

static void begin(void)
{
    arena = arena_new(1024 * 1024);
    set = templates_new();
    set->strict = true;
    buf_init(&out, 4096);
    buf_init(&why, 1024);
}

static void end(void)
{
    templates_free(set);
    buf_free(&out);
    buf_free(&why);
    arena_free(arena);
}

static void add(const char *name, const char *text)
{
    ck_assert_int_eq(templates_add(set, name, text, strlen(text), &why), OK);
}

START_TEST(an_error_names_template_line_and_key)
{
    add("main", "one\n{{#list}}\n{{>part}}\n{{/list}}\n");
    add("part", "two\n\n  {{user.name}}\n");
    struct view *v = view_new(arena);
    view_item(view_list(v, "list"));
    view_text(view_object(v, "user"), "age", "7");
    ck_assert_int_eq(templates_render(set, "main", v, &out, &why), R_FAULT);
    ck_assert_msg(text_starts(why.at, "part:3: "), "%s", why.at);
    ck_assert_ptr_nonnull(strstr(why.at, "user.name"));
}
END_TEST

START_TEST(a_failed_page_leaves_the_output_as_it_was)
{
    add("main", "text before {{missing}}");
    buf_adds(&out, "kept");
    ck_assert_int_eq(
        templates_render(set, "main", view_new(arena), &out, &why), R_FAULT);
    ck_assert_str_eq(out.at, "kept");
    ck_assert_uint_eq(out.n, 4);
}
END_TEST

START_TEST(a_page_past_the_maximum_is_refused)
{
    add("main", "{{#list}}0123456789abcdef{{/list}}");
    struct view *v = view_new(arena), *list = view_list(v, "list");
    for (int i = 0; i < 257; i++)
        view_item(list);
    buf_adds(&out, "kept");
    ck_assert_int_eq(templates_render(set, "main", v, &out, &why), R_INVALID);
    ck_assert_str_eq(out.at, "kept");
    ck_assert(buf_ok(&out));
}
END_TEST

static const struct {
    int line;
    const char *main, *part;
} endless[] = {
    { __LINE__, "{{>main}}", "" },
    { __LINE__, "{{>part}}", "{{>main}}" },
    { __LINE__, "{{<part}}{{$b}}{{>main}}{{/b}}{{/part}}", "{{$b}}{{/b}}" },
    { __LINE__, "{{#list}}{{>main}}{{/list}}", "" },
    { __LINE__, "{{#yes}}{{>part}}{{>part}}{{/yes}}", "{{#list}}{{>main}}{{/list}}" },
};

START_TEST(templates_that_never_end_are_refused)
{
    add("main", endless[_i].main);
    add("part", endless[_i].part);
    struct view *v = view_new(arena), *list = view_list(v, "list");
    view_item(list);
    view_item(list);
    view_bool(v, "yes", true);
    ck_assert_msg(templates_render(set, "main", v, &out, &why) == R_FAULT,
        "case at line %d", endless[_i].line);
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(sections_that_multiply_are_refused)
{
    struct buf text;
    buf_init(&text, 4096);
    for (int i = 0; i < 40; i++)
        buf_adds(&text, "{{#list}}");
    for (int i = 0; i < 40; i++)
        buf_adds(&text, "{{/list}}");
    add("main", text.at);
    buf_free(&text);
    struct view *v = view_new(arena), *list = view_list(v, "list");
    view_item(list);
    view_item(list);
    ck_assert_int_eq(templates_render(set, "main", v, &out, &why), R_FAULT);
}
END_TEST

static const struct {
    int line;
    const char *main, *part, *expected;
} layouts[] = {
    { __LINE__, "a\n  {{>part}}\nb\n", "1\n{{name}}\n", "a\n  1\n  x\ny\nb\n" },
    { __LINE__, "a {{>part}}\n", "1\n2\n", "a 1\n2\n\n" },
    { __LINE__, "{{<part}}{{$b}}\n    one\n      two\n  {{/b}}{{/part}}\nz\n",
        "[\n {{$b}}\n {{/b}}\n]\n", "[\n one\n   two\n]\nz\n" },
    { __LINE__, "{{<part}}\n{{$b}}\none\n{{/b}}\n{{/part}}\n", "{{$b}}{{/b}}\n",
        "one\n\n" },
    { __LINE__, "\t{{<part}}\n{{/part}}\nz\n", "one\n{{name}}\n",
        "\tone\n\tx\ny\nz\n" },
    { __LINE__, "{{<part}}\r\n{{$b}}\r\none\r\n{{/b}}\r\n{{/part}}\r\nz",
        "{{$b}}{{/b}}", "one\r\nz" },
    { __LINE__, "{{<part}}{{$b}}\n  {{name}}\n  {{>inner}}\n  tail\n{{/b}}{{/part}}",
        "{{$b}}\n{{/b}}\n", "x\ny\ni\ntail\n" },
    { __LINE__, "{{$b}}{{/b}} tail\n  {{$b}}mid{{/b}}\n", "", " tail\n  mid\n" },
    { __LINE__, "{{<part}}{{$b}}one{{/b}} ignored {{name}}{{/part}} tail\n",
        "<{{$b}}{{/b}}>", "<one> tail\n" },
};

START_TEST(indentation_follows_partials_and_blocks)
{
    add("main", layouts[_i].main);
    add("part", layouts[_i].part);
    add("inner", "i\n");
    struct view *v = view_new(arena);
    view_text(v, "name", "x\ny");
    ck_assert_int_eq(templates_render(set, "main", v, &out, &why), OK);
    ck_assert_msg(text_is(out.at, layouts[_i].expected), "case at line %d: <%s>",
        layouts[_i].line, out.at);
}
END_TEST

START_TEST(an_unknown_template_is_refused)
{
    ck_assert_int_eq(
        templates_render(set, "nowhere", view_new(arena), &out, &why), R_FAULT);
    ck_assert_ptr_nonnull(strstr(why.at, "nowhere"));
}
END_TEST

START_TEST(a_folder_that_is_not_there_does_not_load)
{
    ck_assert_ptr_null(templates_load("no/such/folder", &why));
    ck_assert_uint_gt(why.n, 0);
}
END_TEST

START_TEST(every_template_of_the_tree_loads)
{
    const char *tree = getenv("SRCDIR");
    struct templates *all =
        templates_load(arena_printf(arena, "%s/templates", tree ? tree : "."), &why);
    ck_assert_msg(all != NULL, "%s", why.at);
    ck_assert(templates_has(all, "layout"));
    ck_assert(!templates_has(all, "layou"));
    ck_assert(!templates_has(all, "layout.mustache"));
    templates_free(all);
}
END_TEST

void unit_html_render(Suite *s)
{
    TCase *t = tcase_create("render");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, an_error_names_template_line_and_key);
    tcase_add_test(t, a_failed_page_leaves_the_output_as_it_was);
    tcase_add_test(t, a_page_past_the_maximum_is_refused);
    tcase_add_loop_test(t, templates_that_never_end_are_refused, 0, COUNT_OF(endless));
    tcase_add_test(t, sections_that_multiply_are_refused);
    tcase_add_loop_test(
        t, indentation_follows_partials_and_blocks, 0, COUNT_OF(layouts));
    tcase_add_test(t, an_unknown_template_is_refused);
    tcase_add_test(t, a_folder_that_is_not_there_does_not_load);
    tcase_add_test(t, every_template_of_the_tree_loads);
    suite_add_tcase(s, t);
}
