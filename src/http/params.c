#include "http/params.h"

#include <string.h>

#include "http/chars.h"
#include "util/guard.h"
#include "util/text.h"

enum { FIRST_CAP = 16 };

/* One piece between two '&'. */
static enum result parse_pair(
    struct arena *a, const char *s, size_t n, struct params *p)
{
    const char *equals = memchr(s, '=', n);
    size_t name_n = equals == NULL ? n : (size_t)(equals - s);
    const char *value_at = equals == NULL ? "" : equals + 1;
    size_t value_n = equals == NULL ? 0 : n - name_n - 1;
    if (name_n > 3 * PARAMS_NAME_BYTES_MAX || value_n > 3 * PARAMS_VALUE_BYTES_MAX)
        return R_INVALID;
    const char *name = chars_decode(a, s, name_n, true);
    const char *value = chars_decode(a, value_at, value_n, true);
    if (name == NULL || *name == '\0' || strlen(name) > PARAMS_NAME_BYTES_MAX)
        return R_INVALID;
    if (value == NULL || strlen(value) > PARAMS_VALUE_BYTES_MAX)
        return R_INVALID;
    return params_add(a, p, name, value);
}

static enum result parse(struct arena *a, const char *s, size_t n, struct params *p)
{
    while (n > 0) {
        const char *end = memchr(s, '&', n);
        size_t length = end == NULL ? n : (size_t)(end - s);
        if (length > 0)
            TRY(parse_pair(a, s, length, p));
        size_t used = end == NULL ? length : length + 1;
        s += used;
        n -= used;
    }
    return OK;
}

enum result params_parse(struct arena *a, const char *s, size_t n, struct params *out)
{
    *out = (struct params) { 0 };
    enum result r = parse(a, s, n, out);
    if (r != OK)
        *out = (struct params) { 0 };
    return r;
}

enum result params_add(
    struct arena *a, struct params *p, const char *name, const char *value)
{
    CHECK(name != NULL && value != NULL);
    if (p->n >= PARAMS_MAX)
        return R_INVALID;
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? FIRST_CAP : p->cap * 2;
        struct param *at = arena_array(a, cap, sizeof *at);
        if (p->n > 0)
            memcpy(at, p->at, p->n * sizeof *at);
        p->at = at;
        p->cap = cap;
    }
    p->at[p->n++] = (struct param) { name, value };
    return OK;
}

const char *params_next(const struct params *p, const char *name, size_t *from)
{
    while (*from < p->n) {
        const struct param *pair = &p->at[(*from)++];
        if (text_is(pair->name, name))
            return pair->value;
    }
    return NULL;
}

const char *params_get(const struct params *p, const char *name)
{
    size_t from = 0;
    return params_next(p, name, &from);
}

size_t params_count(const struct params *p, const char *name)
{
    size_t count = 0;
    for (size_t from = 0; params_next(p, name, &from) != NULL;)
        count++;
    return count;
}

/* Appends "name=value" at END, which has room for it; returns the new end. */
static char *put_pair(
    struct arena *a, char *start, char *end, const char *name, const char *value)
{
    if (end > start)
        *end++ = '&';
    end = stpcpy(end, text_url(a, name));
    *end++ = '=';
    return stpcpy(end, text_url(a, value));
}

char *params_with(
    struct arena *a, const struct params *p, const char *name, const char *value)
{
    size_t room = 3 + 3 * strlen(name) + (value == NULL ? 0 : 3 * strlen(value));
    for (size_t i = 0; i < p->n; i++)
        room += 2 + 3 * strlen(p->at[i].name) + 3 * strlen(p->at[i].value);
    char *query = arena_alloc(a, room), *end = query;
    for (size_t i = 0; i < p->n; i++)
        if (!text_is(p->at[i].name, name))
            end = put_pair(a, query, end, p->at[i].name, p->at[i].value);
    if (value != NULL)
        put_pair(a, query, end, name, value);
    return query;
}
