#include "value.h"

#include <string.h>
#include <yajl/yajl_parse.h>

#include "util/guard.h"
#include "util/text.h"

struct reader {
    struct arena *a;
    struct value *root;
    struct value *open[VALUE_DEPTH_MAX];
    size_t depth;
    const char *key;
};

static void attach(struct value *parent, struct value *v)
{
    v->next = NULL;
    if (parent->last == NULL)
        parent->first = v;
    else
        parent->last->next = v;
    parent->last = v;
    parent->count++;
}

static struct value *make(struct arena *a, enum value_kind kind)
{
    struct value *v = arena_alloc(a, sizeof *v);
    v->kind = kind;
    return v;
}

/* yajl goes on while a call-back gives true. */
static struct value *add(struct reader *r, enum value_kind kind)
{
    struct value *v = make(r->a, kind);
    v->key = r->key;
    r->key = NULL;
    if (r->depth == 0)
        r->root = v;
    else
        attach(r->open[r->depth - 1], v);
    return v;
}

static int on_null(void *arg)
{
    return add(arg, VALUE_NULL) != NULL;
}

static int on_bool(void *arg, int truth)
{
    add(arg, VALUE_BOOL)->truth = truth != 0;
    return 1;
}

static int on_number(void *arg, const char *digits, size_t n)
{
    struct reader *r = arg;
    struct value *v = add(r, VALUE_REAL);
    v->text = arena_strndup(r->a, digits, n);
    if (text_int(v->text, INT64_MIN, INT64_MAX, &v->integer))
        v->kind = VALUE_INT;
    return 1;
}

static int on_text(void *arg, const unsigned char *bytes, size_t n)
{
    struct reader *r = arg;
    add(r, VALUE_TEXT)->text = arena_strndup(r->a, (const char *)bytes, n);
    return 1;
}

static int on_key(void *arg, const unsigned char *bytes, size_t n)
{
    struct reader *r = arg;
    r->key = arena_strndup(r->a, (const char *)bytes, n);
    return 1;
}

static int open_level(struct reader *r, enum value_kind kind)
{
    if (r->depth == VALUE_DEPTH_MAX)
        return 0;
    struct value *v = add(r, kind);
    r->open[r->depth++] = v;
    return 1;
}

static int on_object(void *arg)
{
    return open_level(arg, VALUE_OBJECT);
}

static int on_array(void *arg)
{
    return open_level(arg, VALUE_ARRAY);
}

static int on_close(void *arg)
{
    struct reader *r = arg;
    r->depth--;
    return 1;
}

struct value *value_read(struct arena *a, const char *bytes, size_t n)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_bool,
        .yajl_number = on_number,
        .yajl_string = on_text,
        .yajl_map_key = on_key,
        .yajl_start_map = on_object,
        .yajl_end_map = on_close,
        .yajl_start_array = on_array,
        .yajl_end_array = on_close,
    };
    struct reader r = { .a = a };
    yajl_handle parser = yajl_alloc(&callbacks, NULL, &r);
    CHECK(parser != NULL);
    yajl_status status = yajl_parse(parser, (const unsigned char *)bytes, n);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(parser);
    yajl_free(parser);
    return status == yajl_status_ok ? r.root : NULL;
}

/* ---- writing ---- */

static void print_text(struct buf *out, const char *s)
{
    buf_addc(out, '"');
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            buf_addc(out, '\\');
            buf_addc(out, *s);
        } else if (c == '\n') {
            buf_adds(out, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(out, "\\u%04x", (unsigned)c);
        } else {
            buf_addc(out, *s);
        }
    }
    buf_addc(out, '"');
}

static void new_line(struct buf *out, int indent, int depth)
{
    if (indent == 0)
        return;
    buf_addc(out, '\n');
    for (int i = 0; i < indent * depth; i++)
        buf_addc(out, ' ');
}

static void print(struct buf *out, const struct value *v, int indent, int depth);

static void print_members(struct buf *out, const struct value *v, int indent, int depth)
{
    bool object = v->kind == VALUE_OBJECT;
    buf_addc(out, object ? '{' : '[');
    value_each(e, v)
    {
        new_line(out, indent, depth + 1);
        if (object) {
            print_text(out, e->key);
            buf_adds(out, indent > 0 ? ": " : ":");
        }
        print(out, e, indent, depth + 1);
        if (e->next != NULL)
            buf_addc(out, ',');
    }
    if (v->first != NULL)
        new_line(out, indent, depth);
    buf_addc(out, object ? '}' : ']');
}

static void print(struct buf *out, const struct value *v, int indent, int depth)
{
    switch (v->kind) {
    case VALUE_NULL:
        buf_adds(out, "null");
        break;
    case VALUE_BOOL:
        buf_adds(out, v->truth ? "true" : "false");
        break;
    case VALUE_INT:
        buf_add_int(out, v->integer);
        break;
    case VALUE_REAL:
        buf_adds(out, v->text);
        break;
    case VALUE_TEXT:
        print_text(out, v->text);
        break;
    case VALUE_ARRAY:
    case VALUE_OBJECT:
        print_members(out, v, indent, depth);
        break;
    }
}

void value_print(struct buf *out, const struct value *v, int indent)
{
    print(out, v, indent, 0);
}

char *value_string(struct arena *a, const struct value *v)
{
    struct buf out;
    buf_init(&out, 1 << 22);
    value_print(&out, v, 0);
    CHECK(buf_ok(&out));
    char *s = arena_strndup(a, out.at, out.n);
    buf_free(&out);
    return s;
}

/* ---- making ---- */

struct value *value_object(struct arena *a)
{
    return make(a, VALUE_OBJECT);
}

struct value *value_array(struct arena *a)
{
    return make(a, VALUE_ARRAY);
}

struct value *value_null(struct arena *a)
{
    return make(a, VALUE_NULL);
}

struct value *value_text(struct arena *a, const char *text)
{
    if (text == NULL)
        return value_null(a);
    struct value *v = make(a, VALUE_TEXT);
    v->text = arena_strdup(a, text);
    return v;
}

struct value *value_int(struct arena *a, int64_t n)
{
    struct value *v = make(a, VALUE_INT);
    v->integer = n;
    return v;
}

struct value *value_bool(struct arena *a, bool truth)
{
    struct value *v = make(a, VALUE_BOOL);
    v->truth = truth;
    return v;
}

struct value *value_clone(struct arena *a, const struct value *v)
{
    struct value *copy = make(a, v->kind);
    copy->truth = v->truth;
    copy->integer = v->integer;
    copy->text = arena_strdup(a, v->text);
    copy->key = arena_strdup(a, v->key);
    value_each(e, v) attach(copy, value_clone(a, e));
    return copy;
}

/* ---- asking ---- */

static struct value *member(const struct value *v, const char *key, size_t n)
{
    if (v == NULL || v->kind != VALUE_OBJECT)
        return NULL;
    value_each(e, v)
    {
        if (strncmp(e->key, key, n) == 0 && e->key[n] == '\0')
            return e;
    }
    return NULL;
}

struct value *value_member(const struct value *v, const char *key)
{
    return member(v, key, strlen(key));
}

static struct value *element(const struct value *v, size_t index)
{
    if (v->kind != VALUE_ARRAY)
        return NULL;
    struct value *e = v->first;
    while (e != NULL && index-- > 0)
        e = e->next;
    return e;
}

struct value *value_get(const struct value *v, const char *path)
{
    const struct value *at = v;
    struct value *found = NULL;
    for (const char *p = path; *p != '\0' && at != NULL; at = found) {
        if (*p == '[') {
            size_t index = 0;
            for (p++; *p >= '0' && *p <= '9'; p++)
                index = index * 10 + (size_t)(*p - '0');
            CHECK(*p == ']');
            p++;
            found = element(at, index);
        } else {
            p += *p == '.';
            size_t n = strcspn(p, ".[");
            found = member(at, p, n);
            p += n;
        }
    }
    return found;
}

const char *value_get_text(const struct value *v, const char *path)
{
    const struct value *found = value_get(v, path);
    return found != NULL && found->kind == VALUE_TEXT ? found->text : NULL;
}

int64_t value_get_int(const struct value *v, const char *path, int64_t otherwise)
{
    const struct value *found = value_get(v, path);
    return found != NULL && found->kind == VALUE_INT ? found->integer : otherwise;
}

bool value_get_bool(const struct value *v, const char *path, bool otherwise)
{
    const struct value *found = value_get(v, path);
    return found != NULL && found->kind == VALUE_BOOL ? found->truth : otherwise;
}

bool value_has(const struct value *v, const char *path)
{
    const struct value *found = value_get(v, path);
    return found != NULL && found->kind != VALUE_NULL;
}

bool value_equal(const struct value *x, const struct value *y)
{
    if (x->kind != y->kind || x->count != y->count || x->truth != y->truth ||
        x->integer != y->integer || (x->text != y->text && !text_is(x->text, y->text)))
        return false;
    if (x->kind == VALUE_OBJECT) {
        value_each(e, x)
        {
            const struct value *other = value_member(y, e->key);
            if (other == NULL || !value_equal(e, other))
                return false;
        }
        return true;
    }
    const struct value *other = y->first;
    value_each(e, x)
    {
        if (!value_equal(e, other))
            return false;
        other = other->next;
    }
    return true;
}

/* ---- changing ---- */

void value_set(struct arena *a, struct value *object, const char *key, struct value *v)
{
    CHECK(object->kind == VALUE_OBJECT);
    v->key = arena_strdup(a, key);
    struct value **at = &object->first;
    while (*at != NULL && !text_is((*at)->key, key))
        at = &(*at)->next;
    if (*at == NULL) {
        attach(object, v);
        return;
    }
    v->next = (*at)->next;
    if (object->last == *at)
        object->last = v;
    *at = v;
}

void value_remove(struct value *object, const char *key)
{
    struct value *before = NULL;
    value_each(e, object)
    {
        if (text_is(e->key, key)) {
            if (before == NULL)
                object->first = e->next;
            else
                before->next = e->next;
            if (object->last == e)
                object->last = before;
            object->count--;
            return;
        }
        before = e;
    }
}

void value_append(struct value *array, struct value *v)
{
    CHECK(array->kind == VALUE_ARRAY);
    v->key = NULL;
    attach(array, v);
}

void value_merge(struct arena *a, struct value *base, const struct value *over)
{
    value_each(e, over)
    {
        struct value *old = value_member(base, e->key);
        if (old != NULL && old->kind == VALUE_OBJECT && e->kind == VALUE_OBJECT)
            value_merge(a, old, e);
        else
            value_set(a, base, e->key, value_clone(a, e));
    }
}

void value_put(struct arena *a, struct value *v, const char *path, struct value *x)
{
    const char *dot;
    while ((dot = strchr(path, '.')) != NULL) {
        size_t n = (size_t)(dot - path);
        struct value *next = member(v, path, n);
        if (next == NULL || next->kind != VALUE_OBJECT) {
            next = value_object(a);
            value_set(a, v, arena_strndup(a, path, n), next);
        }
        v = next;
        path = dot + 1;
    }
    value_set(a, v, path, x);
}

void value_put_text(
    struct arena *a, struct value *v, const char *path, const char *text)
{
    value_put(a, v, path, value_text(a, text));
}

void value_put_int(struct arena *a, struct value *v, const char *path, int64_t n)
{
    value_put(a, v, path, value_int(a, n));
}

void value_put_bool(struct arena *a, struct value *v, const char *path, bool truth)
{
    value_put(a, v, path, value_bool(a, truth));
}
