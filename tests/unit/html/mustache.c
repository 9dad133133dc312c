#include "html/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"
#include "util/json.h"
#include "util/text.h"

/* ---- the official specification (tests/fixtures/mustache-spec) ---- */

static void fill(struct view *v, const struct json *data);

static void fill_list(struct view *list, const struct json *data)
{
    json_each(e, data)
    {
        if (e->kind == JSON_OBJECT) {
            fill(view_item(list), e);
        } else if (e->kind == JSON_ARRAY) {
            struct view *inner = view_item(list);
            inner->kind = VIEW_LIST;
            fill_list(inner, e);
        } else {
            view_item_text(list, e->text);
        }
    }
}

static void fill(struct view *v, const struct json *data)
{
    json_each(e, data)
    {
        if (e->kind == JSON_OBJECT)
            fill(view_object(v, e->key), e);
        else if (e->kind == JSON_ARRAY)
            fill_list(view_list(v, e->key), e);
        else if (e->kind == JSON_BOOL)
            view_bool(v, e->key, e->truth);
        else if (e->kind == JSON_NULL)
            view_text(v, e->key, "");
        else
            view_text(v, e->key, e->text);
    }
}

static char *read_whole(struct arena *a, const char *dir, const char *name, size_t *n)
{
    FILE *f = fopen(arena_printf(a, "%s/%s.json", dir, name), "re");
    if (f == NULL)
        return NULL;
    char *text = arena_alloc(a, 256 * 1024);
    *n = fread(text, 1, 256 * 1024, f);
    fclose(f);
    return text;
}

/* Renders one case leniently; the data may be any value. */
static void run_case(struct arena *a, const struct json *one, struct buf *out)
{
    struct buf why;
    buf_init(&why, 1024);
    struct templates *t = templates_new();
    const char *text = json_text(one, "template");
    bool good = templates_add(t, "main", text, strlen(text), &why) == OK;
    json_each(partial, json_get(one, "partials")) good &=
        templates_add(t, partial->key, partial->text, strlen(partial->text), &why) ==
        OK;
    struct view *holder = view_new(a), *v = view_object(holder, "data");
    const struct json *data = json_get(one, "data");
    if (data->kind == JSON_OBJECT) {
        fill(v, data);
    } else if (data->kind == JSON_ARRAY) {
        v->kind = VIEW_LIST;
        fill_list(v, data);
    } else {
        v->kind = VIEW_TEXT;
        v->text = data->text;
        v->n = strlen(data->text);
    }
    if (!good || templates_render(t, "main", v, out, &why) != OK)
        buf_printf(out, "[%s]", why.at);
    templates_free(t);
    buf_free(&why);
}

/* Modules that the site relies on, with the number of cases that must pass. */
static const struct {
    const char *name;
    int cases;
} modules[] = { { "comments", 12 }, { "delimiters", 14 }, { "interpolation", 42 },
    { "inverted", 22 }, { "partials", 12 }, { "sections", 34 }, { "inheritance", 27 } };

START_TEST(the_official_specification_holds)
{
    const char *srcdir = getenv("SRCDIR");
    struct arena *a = arena_new(64 * 1024 * 1024);
    const char *dir = arena_printf(
        a, "%s/tests/fixtures/mustache-spec", srcdir == NULL ? "." : srcdir);
    size_t n;
    char *text = read_whole(a, dir, modules[_i].name, &n);
    const struct json *file;
    ck_assert_msg(text != NULL, "no %s in %s", modules[_i].name, dir);
    ck_assert_int_eq(json_read(a, text, n, &file), OK);
    int cases = 0, failed = 0;
    json_each(one, json_get(file, "tests"))
    {
        struct buf out;
        buf_init(&out, 65536);
        run_case(a, one, &out);
        cases++;
        if (!text_is(out.at, json_text(one, "expected"))) {
            failed++;
            printf("%s: %s\n  expected <%s>\n  got      <%s>\n", modules[_i].name,
                json_text(one, "name"), json_text(one, "expected"), out.at);
        }
        buf_free(&out);
    }
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(cases, modules[_i].cases);
    arena_free(a);
}
END_TEST

/* ---- cases of our own ---------------------------------------------------------------
 */

static const struct {
    int line;
    const char *text, *layout, *expected; /* expected NULL: strict mode refuses */
} cases[] = {
    { __LINE__, "Hi {{name}}", "", "Hi &lt;Ann&gt;" },
    { __LINE__, "{{{safe}}}", "", "<b>x</b>" },
    { __LINE__, "{{{name}}}", "", NULL },
    { __LINE__, "{{missing}}", "", NULL },
    { __LINE__, "{{#missing}}x{{/missing}}", "", NULL },
    { __LINE__, "{{^missing}}x{{/missing}}", "", NULL },
    { __LINE__, "{{#on}}yes{{/on}}{{^on}}no{{/on}}", "", "yes" },
    { __LINE__, "{{#empty}}yes{{/empty}}{{^empty}}no{{/empty}}", "", "no" },
    { __LINE__, "{{#list}}[{{n}}{{name}}]{{/list}}", "",
        "[1&lt;Ann&gt;][2&lt;Ann&gt;]" },
    { __LINE__, "{{<layout}}{{$main}}mine{{/main}}{{/layout}}",
        "<{{$main}}theirs{{/main}}>", "<mine>" },
    { __LINE__, "{{<layout}}{{/layout}}", "<{{$main}}theirs{{/main}}>", "<theirs>" },
    { __LINE__,
        "{{<layout}}{{$main}}{{<field}}{{$title}}inner{{/title}}{{/field}}{{/main}}"
        "{{$title}}outer{{/title}}{{/layout}}",
        "{{$title}}{{/title}}:{{$main}}{{/main}}", "outer:inner" },
};

START_TEST(strict_templates_render_or_refuse)
{
    struct arena *a = arena_new(1024 * 1024);
    struct buf out, why;
    buf_init(&out, 65536);
    buf_init(&why, 1024);
    struct templates *t = templates_new();
    t->strict = true;
    static const char field[] = "{{$title}}none{{/title}}";
    ck_assert_int_eq(
        templates_add(t, "main", cases[_i].text, strlen(cases[_i].text), &why), OK);
    ck_assert_int_eq(
        templates_add(t, "layout", cases[_i].layout, strlen(cases[_i].layout), &why),
        OK);
    ck_assert_int_eq(templates_add(t, "field", field, strlen(field), &why), OK);
    struct view *v = view_new(a);
    view_text(v, "name", "<Ann>");
    view_safe(v, "safe", "<b>x</b>");
    view_bool(v, "on", true);
    view_text(v, "empty", "");
    struct view *list = view_list(v, "list");
    view_int(view_item(list), "n", 1);
    view_int(view_item(list), "n", 2);
    enum result r = templates_render(t, "main", v, &out, &why);
    if (cases[_i].expected == NULL)
        ck_assert_msg(r == R_FAULT, "case at line %d", cases[_i].line);
    else
        ck_assert_msg(r == OK && text_is(out.at, cases[_i].expected),
            "case at line %d: %s %s", cases[_i].line, out.at, why.at);
    templates_free(t);
    buf_free(&out);
    buf_free(&why);
    arena_free(a);
}
END_TEST

START_TEST(templates_for_plain_text_escape_nothing)
{
    struct arena *a = arena_new(1024 * 1024);
    struct buf out, why;
    buf_init(&out, 1024);
    buf_init(&why, 1024);
    struct templates *t = templates_new();
    ck_assert_int_eq(templates_add(t, "mail/a.txt", "{{name}}", 8, &why), OK);
    struct view *v = view_new(a);
    view_text(v, "name", "O'Brien & <Sons>");
    ck_assert_int_eq(templates_render(t, "mail/a.txt", v, &out, &why), OK);
    ck_assert_str_eq(out.at, "O'Brien & <Sons>");
    templates_free(t);
    buf_free(&out);
    buf_free(&why);
    arena_free(a);
}
END_TEST

static const char *const broken[] = { "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{",
    "{{a..b}}", "{{}}", "{{=|=}}", "{{a b}}", "{{>a b}}", "{{#}}{{/}}",
    "{{$a}}{{#b}}{{/a}}{{/b}}" };

START_TEST(what_does_not_parse_is_refused_with_a_reason)
{
    struct buf why;
    buf_init(&why, 1024);
    struct templates *t = templates_new();
    ck_assert_int_eq(
        templates_add(t, "main", broken[_i], strlen(broken[_i]), &why), R_INVALID);
    ck_assert_uint_gt(why.n, 0);
    templates_free(t);
    buf_free(&why);
}
END_TEST

void unit_html_mustache(Suite *s)
{
    TCase *t = tcase_create("mustache");
    tcase_add_loop_test(t, the_official_specification_holds, 0, COUNT_OF(modules));
    tcase_add_loop_test(t, strict_templates_render_or_refuse, 0, COUNT_OF(cases));
    tcase_add_test(t, templates_for_plain_text_escape_nothing);
    tcase_add_loop_test(
        t, what_does_not_parse_is_refused_with_a_reason, 0, COUNT_OF(broken));
    suite_add_tcase(s, t);
}
