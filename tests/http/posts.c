#include "http/posts.h"

#include <check.h>
#undef fail
#include <string.h>

#include "util/buf.h"
#include "util/text.h"

/* What stands in a page for a character that would be taken for HTML. */
static const struct {
    const char *written;
    char is;
} entities[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
    { "&#39;", '\'' } };

static const char *plain(struct arena *a, const char *html, size_t n)
{
    char *text = arena_alloc(a, n + 1);
    size_t m = 0;
    for (size_t i = 0; i < n; m++) {
        size_t took = 1;
        text[m] = html[i];
        for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
            if (text_starts(html + i, entities[k].written)) {
                text[m] = entities[k].is;
                took = strlen(entities[k].written);
            }
        i += took;
    }
    text[m] = '\0';
    return text;
}

/* The part of a page between two places. */
struct piece {
    const char *at, *end;
};

static struct piece tag_at(const char *at)
{
    return (struct piece) { at, at + strcspn(at, ">") };
}

static const char *find(struct piece in, const char *text)
{
    const char *at = strstr(in.at, text);
    return at != NULL && at < in.end ? at : NULL;
}

/* The value of NAME in a tag, or NULL. */
static const char *attribute(struct arena *a, struct piece tag, const char *name)
{
    const char *marker = arena_printf(a, " %s=\"", name);
    const char *at = find(tag, marker);
    if (at == NULL)
        return NULL;
    at += strlen(marker);
    return plain(a, at, strcspn(at, "\""));
}

static bool has_name(const struct post *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (text_is(p->fields[i].name, name))
            return true;
    return false;
}

static void add(struct post *p, const char *name, const char *value, bool sent)
{
    ck_assert_uint_lt(p->n, POST_FIELDS_MAX);
    p->fields[p->n++] = (struct post_field) { name, value == NULL ? "" : value, sent };
}

static void add_input(
    struct arena *a, struct piece tag, const char *name, struct post *p)
{
    const char *type = attribute(a, tag, "type"), *value = attribute(a, tag, "value");
    bool checked = find(tag, " checked") != NULL;
    if (type != NULL && text_is(type, "radio")) {
        if (!has_name(p, name))
            add(p, name, value, true);
        else if (checked)
            p->fields[p->n - 1].value = value;
    } else {
        bool box = type != NULL && text_is(type, "checkbox");
        add(p, name, value, !box || checked || find(tag, " required") != NULL);
    }
}

static void add_select(
    struct arena *a, struct piece in, const char *name, struct post *p)
{
    const char *chosen = NULL;
    struct piece rest = in;
    while ((rest.at = find(rest, "<option ")) != NULL) {
        struct piece option = tag_at(rest.at);
        if (chosen == NULL || find(option, " selected") != NULL)
            chosen = attribute(a, option, "value");
        rest.at = option.end;
    }
    add(p, name, chosen, true);
}

/* Reads the element at TAG; where to go on. */
static const char *read_element(
    struct arena *a, struct piece form, struct piece tag, struct post *p)
{
    const char *name = attribute(a, tag, "name");
    if (name == NULL || text_is(name, "csrf"))
        return tag.end;
    if (text_starts(tag.at, "<input "))
        add_input(a, tag, name, p);
    if (text_starts(tag.at, "<button ") && !has_name(p, name))
        add(p, name, attribute(a, tag, "value"), true);
    struct piece inside = { tag.end, form.end };
    if (text_starts(tag.at, "<select ")) {
        inside.end = find(inside, "</select>");
        add_select(a, inside, name, p);
        return inside.end;
    }
    if (text_starts(tag.at, "<textarea ")) {
        inside.end = find(inside, "</textarea>");
        add(p, name, plain(a, tag.end + 1, (size_t)(inside.end - tag.end - 1)), true);
        return inside.end;
    }
    return tag.end;
}

const char *posts_next(struct arena *a, const char *at, struct post *out)
{
    while ((at = strstr(at, "<form ")) != NULL) {
        struct piece head = tag_at(at), form = { head.end, strstr(at, "</form>") };
        at = head.end;
        if (find(head, " method=\"post\"") == NULL)
            continue;
        ck_assert_ptr_nonnull(form.end);
        *out = (struct post) { .action = attribute(a, head, "action"),
            .uploads = find(head, "multipart/form-data") != NULL };
        while ((form.at = find(form, "<")) != NULL)
            form.at = read_element(a, form, tag_at(form.at), out);
        return at;
    }
    return NULL;
}

static void add_encoded(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++)
        if ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
            (*s >= 'A' && *s <= 'Z') || *s == '-' || *s == '_')
            buf_printf(b, "%c", *s);
        else
            buf_printf(b, "%%%02x", (unsigned)(unsigned char)*s);
}

const char *posts_body(
    struct arena *a, const struct post *p, size_t odd, const char *value)
{
    struct buf b;
    buf_init(&b, 1024 * 1024);
    for (size_t i = 0; i < p->n; i++) {
        if (!p->fields[i].sent && i != odd)
            continue;
        buf_printf(&b, "%s=", p->fields[i].name);
        if (i == odd)
            buf_adds(&b, value);
        else
            add_encoded(&b, p->fields[i].value);
        buf_adds(&b, "&");
    }
    ck_assert(buf_ok(&b));
    const char *body = arena_strdup(a, buf_ok(&b) && b.n > 0 ? b.at : "");
    buf_free(&b);
    return body;
}
