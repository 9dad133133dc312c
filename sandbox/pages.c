#include "pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { FILE_MAX = 256 * 1024, PAGE_MAX = 1 << 20 };

static char *read_file(struct call *c, const char *file)
{
    const char *path = arena_printf(c->a, "%s/pages/%s", c->box->files, file);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        perror(path);
    CHECK(f != NULL);
    char *text = arena_alloc(c->a, FILE_MAX + 1);
    size_t n = fread(text, 1, FILE_MAX, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void add_escaped(struct buf *out, const char *s)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
        { '"', "&quot;" }, { '\'', "&#39;" } };
    for (; *s != '\0'; s++) {
        size_t i = 0;
        while (i < COUNT_OF(entities) && entities[i].c != *s)
            i++;
        if (i < COUNT_OF(entities))
            buf_adds(out, entities[i].entity);
        else
            buf_addc(out, *s);
    }
}

static const char *lookup(struct call *c, const struct value *vars, const char *name)
{
    const struct value *v = value_member(vars, name);
    if (v == NULL || v->kind == VALUE_NULL)
        return "";
    return v->kind == VALUE_TEXT ? v->text : value_string(c->a, v);
}

char *pages_fill(struct call *c, const char *file, const struct value *vars)
{
    struct buf out;
    buf_init(&out, PAGE_MAX);
    const char *p = read_file(c, file);
    for (const char *tag; (tag = strstr(p, "{{")) != NULL;) {
        buf_add(&out, p, (size_t)(tag - p));
        bool raw = tag[2] == '{';
        const char *name = tag + 2 + raw, *close = strstr(name, raw ? "}}}" : "}}");
        CHECK(close != NULL);
        const char *text =
            lookup(c, vars, arena_strndup(c->a, name, (size_t)(close - name)));
        if (raw)
            buf_adds(&out, text);
        else
            add_escaped(&out, text);
        p = close + 2 + raw;
    }
    buf_adds(&out, p);
    CHECK(buf_ok(&out));
    char *page = arena_strndup(c->a, out.at, out.n);
    buf_free(&out);
    return page;
}

void pages_answer(struct call *c, int status, const char *title, const char *file,
    const struct value *vars)
{
    struct value *outer = value_object(c->a);
    value_put_text(c->a, outer, "title", title);
    value_put_text(c->a, outer, "content", pages_fill(c, file, vars));
    c->status = status;
    c->page = pages_fill(c, "layout.html", outer);
    c->page_type = "text/html; charset=utf-8";
    c->reply = NULL;
}

void pages_file(struct call *c, const char *file, const char *type)
{
    c->status = 200;
    c->page = read_file(c, file);
    c->page_type = type;
}

void pages_problem(struct call *c, int status, const char *title, const char *text)
{
    struct value *vars = value_object(c->a);
    value_put_text(c->a, vars, "title", title);
    value_put_text(c->a, vars, "text", text);
    pages_answer(c, status, title, "problem.html", vars);
}

void pages_redirect(struct call *c, const char *location)
{
    c->status = 303;
    c->location = location;
    c->page = "";
    c->page_type = "text/plain";
    c->reply = NULL;
}

char *pages_with_query(
    struct arena *a, const char *url, const char *name, const char *value)
{
    size_t before = strcspn(url, "#");
    bool query = memchr(url, '?', before) != NULL;
    return arena_printf(a, "%.*s%c%s=%s%s", (int)before, url, query ? '&' : '?', name,
        text_url(a, value), url + before);
}

char *pages_money(struct arena *a, int64_t cents, const char *currency)
{
    if (text_is(currency, "usd"))
        return arena_printf(a, "$%" PRId64 ".%02" PRId64, cents / 100, cents % 100);
    return arena_printf(
        a, "%s %" PRId64 ".%02" PRId64, currency, cents / 100, cents % 100);
}
