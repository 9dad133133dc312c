#include "form.h"

#include <string.h>

#include "util/text.h"

enum { NAMES_MAX = 16 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *form_decode(struct arena *a, const char *s, size_t n)
{
    char *out = arena_alloc(a, n + 1);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i] == '+' ? ' ' : s[i];
        if (c == '%') {
            if (n - i < 3)
                return NULL;
            int high = hex_digit(s[i + 1]), low = hex_digit(s[i + 2]);
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high << 4 | low);
            i += 2;
        }
        out[used++] = c;
    }
    return text_utf8_ok(out, used) ? out : NULL;
}

/* A name cut into its parts, the first without brackets. */
struct name {
    const char *parts[NAMES_MAX];
    size_t count;
};

static bool split_name(struct arena *a, const char *s, struct name *out)
{
    size_t n = strcspn(s, "[");
    out->count = 0;
    if (n == 0)
        return false;
    out->parts[out->count++] = arena_strndup(a, s, n);
    for (s += n; *s != '\0'; s += n + 1) {
        if (*s++ != '[' || out->count == NAMES_MAX)
            return false;
        n = strcspn(s, "[]");
        if (s[n] != ']')
            return false;
        out->parts[out->count++] = arena_strndup(a, s, n);
    }
    return true;
}

static bool is_index(const char *s)
{
    return s[strspn(s, "0123456789")] == '\0';
}

static struct value *container(struct arena *a, const char *next)
{
    return is_index(next) ? value_array(a) : value_object(a);
}

/* An array's elements keep their index as key, so that a[1] may come before a[0]
 * and a[0][x] and a[0][y] meet. */
static struct value *child(const struct value *v, const char *part)
{
    value_each(e, v)
    {
        if (*part != '\0' && text_is(e->key, part))
            return e;
    }
    return NULL;
}

static void put_child(
    struct arena *a, struct value *parent, const char *part, struct value *v)
{
    if (parent->kind == VALUE_OBJECT) {
        value_set(a, parent, part, v);
        return;
    }
    struct value *old = child(parent, part);
    if (old != NULL) {
        const char *key = old->key;
        struct value *next = old->next;
        *old = *v;
        old->key = key;
        old->next = next;
        return;
    }
    value_append(parent, v);
    v->key = arena_strdup(a, part);
}

static bool put(
    struct arena *a, struct value *root, const struct name *name, const char *text)
{
    struct value *at = root;
    for (size_t i = 0; i + 1 < name->count; i++) {
        struct value *next = child(at, name->parts[i]);
        if (next == NULL) {
            next = container(a, name->parts[i + 1]);
            put_child(a, at, name->parts[i], next);
            if (at->kind == VALUE_ARRAY)
                next = at->last;
        }
        if (next->kind != VALUE_OBJECT && next->kind != VALUE_ARRAY)
            return false;
        at = next;
    }
    if (at->kind == VALUE_ARRAY && !is_index(name->parts[name->count - 1]))
        return false;
    put_child(a, at, name->parts[name->count - 1], value_text(a, text));
    return true;
}

struct value *form_read(struct arena *a, const char *s)
{
    struct value *root = value_object(a);
    while (*s != '\0') {
        size_t n = strcspn(s, "&"), equals = strcspn(s, "=");
        if (n > 0) {
            if (equals > n)
                equals = n;
            const char *key = form_decode(a, s, equals);
            const char *text =
                equals < n ? form_decode(a, s + equals + 1, n - equals - 1) : "";
            struct name name;
            if (key == NULL || text == NULL || !split_name(a, key, &name) ||
                !put(a, root, &name, text))
                return NULL;
        }
        s += n + (s[n] == '&');
    }
    return root;
}
