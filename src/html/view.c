#include "html/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

/* FNV-1a: short keys, no attacker chooses them. */
uint32_t view_hash(const char *key, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)key[i]) * 16777619u;
    return h;
}

struct view *view_new(struct arena *a)
{
    struct view *v = arena_alloc(a, sizeof *v);
    v->kind = VIEW_OBJECT;
    v->arena = a;
    return v;
}

static struct view *append(struct view *parent, enum view_kind kind)
{
    struct view *v = arena_alloc(parent->arena, sizeof *v);
    v->kind = kind;
    v->arena = parent->arena;
    if (parent->last == NULL)
        parent->first = v;
    else
        parent->last->next = v;
    parent->last = v;
    return v;
}

/* Of 64 bits the one for a hash. */
static uint64_t bit_of(uint32_t hash)
{
    return (uint64_t)1 << (hash % 64);
}

const struct view *view_find(
    const struct view *v, const char *key, size_t n, uint32_t hash)
{
    if ((v->hashes & bit_of(hash)) == 0)
        return NULL;
    for (const struct view *m = v->first; m != NULL; m = m->next)
        if (m->hash == hash && m->key_n == n && memcmp(m->key, key, n) == 0)
            return m;
    return NULL;
}

/* The member KEY of V, emptied if it is there, made if not. */
static struct view *member(struct view *v, const char *key, enum view_kind kind)
{
    CHECK(v->kind == VIEW_OBJECT);
    size_t n = strlen(key);
    uint32_t hash = view_hash(key, n);
    struct view *m = (v->hashes & bit_of(hash)) != 0 ? v->first : NULL;
    while (m != NULL && (m->hash != hash || strcmp(m->key, key) != 0))
        m = m->next;
    if (m == NULL)
        m = append(v, kind);
    else
        *m = (struct view) { .kind = kind, .arena = v->arena, .next = m->next };
    m->key = key;
    m->key_n = n;
    m->hash = hash;
    v->hashes |= bit_of(hash);
    return m;
}

void view_text(struct view *v, const char *key, const char *text)
{
    struct view *m = member(v, key, VIEW_TEXT);
    m->n = text == NULL ? 0 : strlen(text);
    m->text = m->n == 0 ? "" : arena_strndup(v->arena, text, m->n);
}

void view_textf(struct view *v, const char *key, const char *format, ...)
{
    struct view *m = member(v, key, VIEW_TEXT);
    va_list ap;
    va_start(ap, format);
    m->text = arena_vprintf(v->arena, format, ap);
    va_end(ap);
    m->n = strlen(m->text);
}

void view_int(struct view *v, const char *key, int64_t n)
{
    char digits[TEXT_INT_MAX];
    struct view *m = member(v, key, VIEW_TEXT);
    m->n = text_put_int(digits, n);
    m->text = arena_strndup(v->arena, digits, m->n);
}

void view_bool(struct view *v, const char *key, bool on)
{
    member(v, key, VIEW_BOOL)->on = on;
}

void view_safe(struct view *v, const char *key, const char *html)
{
    struct view *m = member(v, key, VIEW_SAFE);
    m->n = html == NULL ? 0 : strlen(html);
    m->text = m->n == 0 ? "" : arena_strndup(v->arena, html, m->n);
}

struct view *view_object(struct view *v, const char *key)
{
    return member(v, key, VIEW_OBJECT);
}

struct view *view_object_of(struct view *v, const char *key)
{
    uint32_t hash = view_hash(key, strlen(key));
    for (struct view *m = v->first; m != NULL; m = m->next)
        if (m->hash == hash && strcmp(m->key, key) == 0 && m->kind == VIEW_OBJECT)
            return m;
    CHECK(!"an object of that name");
    return NULL;
}

struct view *view_list(struct view *v, const char *key)
{
    return member(v, key, VIEW_LIST);
}

struct view *view_item(struct view *list)
{
    CHECK(list->kind == VIEW_LIST);
    return append(list, VIEW_OBJECT);
}

void view_item_text(struct view *list, const char *text)
{
    CHECK(list->kind == VIEW_LIST);
    struct view *v = append(list, VIEW_TEXT);
    v->n = text == NULL ? 0 : strlen(text);
    v->text = v->n == 0 ? "" : arena_strndup(list->arena, text, v->n);
}

bool view_has(const struct view *v, const char *key)
{
    size_t n = strlen(key);
    return view_find(v, key, n, view_hash(key, n)) != NULL;
}

bool view_truth(const struct view *v)
{
    switch (v->kind) {
    case VIEW_TEXT:
    case VIEW_SAFE:
        return v->n > 0;
    case VIEW_BOOL:
        return v->on;
    case VIEW_LIST:
        return v->first != NULL;
    case VIEW_OBJECT:
        return true;
    }
    return false;
}
