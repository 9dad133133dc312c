#include "util/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

enum {
    ALIGN = _Alignof(max_align_t),
    FIRST_BYTES = 64 * 1024,
    BLOCK_MAX_BYTES = 1024 * 1024 /* unless one allocation wants more */
};

struct block {
    struct block *older;
    size_t size, used;
    _Alignas(max_align_t) unsigned char at[];
};

struct arena {
    struct block *newest;
    size_t used, max;
};

static struct block *block_new(struct block *older, size_t size)
{
    struct block *b = malloc(sizeof *b + size);
    CHECK(b != NULL);
    b->older = older;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(size_t max_bytes)
{
    struct arena *a = calloc(1, sizeof *a);
    CHECK(a != NULL);
    a->max = max_bytes;
    return a;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct block *b = a->newest, *older; b != NULL; b = older) {
        older = b->older;
        free(b);
    }
    free(a);
}

/* N bytes with whatever is in them. */
static void *take(struct arena *a, size_t n)
{
    CHECK(n <= a->max && a->used <= a->max - n);
    a->used += n;
#ifdef PREP_DEBUG
    struct block *own = block_new(a->newest, n);
    a->newest = own;
    return own->at;
#else
    size_t rounded = (n + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = a->newest;
    if (b == NULL || b->size - b->used < rounded) {
        size_t size = b == NULL ? FIRST_BYTES : b->size * 2;
        if (size > BLOCK_MAX_BYTES)
            size = BLOCK_MAX_BYTES;
        b = block_new(a->newest, rounded > size ? rounded : size);
        a->newest = b;
    }
    void *p = b->at + b->used;
    b->used += rounded;
    return p;
#endif
}

/* Where the next bytes will come from, and how many could come from there. */
static char *next_bytes(const struct arena *a, size_t *n)
{
    *n = 0;
#ifndef PREP_DEBUG
    if (a->newest != NULL) {
        *n = a->newest->size - a->newest->used;
        return (char *)a->newest->at + a->newest->used;
    }
#else
    (void)a;
#endif
    return NULL;
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(take(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    CHECK(size == 0 || count <= SIZE_MAX / size);
    return arena_alloc(a, count * size);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
    void *copy = take(a, n);
    return n == 0 ? copy : memcpy(copy, p, n);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *copy = take(a, n + 1);
    if (n > 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    size_t room;
    char *here = next_bytes(a, &room); /* mostly there is room: format it only once */
    int n = vsnprintf(here, room, format, ap);
    CHECK(n >= 0);
    char *s = take(a, (size_t)n + 1);
    if (s != here)
        vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    return s;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *s = arena_vprintf(a, format, ap);
    va_end(ap);
    return s;
}

char *arena_join(struct arena *a, const char *first, ...)
{
    va_list ap, again;
    size_t n = 0;
    va_start(ap, first);
    va_copy(again, ap);
    for (const char *s = first; s != NULL; s = va_arg(ap, const char *))
        n += strlen(s);
    va_end(ap);
    char *joined = take(a, n + 1), *end = joined;
    *end = '\0';
    for (const char *s = first; s != NULL; s = va_arg(again, const char *))
        end = stpcpy(end, s);
    va_end(again);
    return joined;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void arena_reset(struct arena *a)
{
    struct block *keep = NULL;
    for (struct block *b = a->newest, *older; b != NULL; b = older) {
        older = b->older;
#ifdef PREP_DEBUG
        free(b);
#else
        if (b == a->newest && b->size <= BLOCK_MAX_BYTES)
            keep = b;
        else
            free(b);
#endif
    }
    if (keep != NULL) {
        keep->older = NULL;
        keep->used = 0;
    }
    a->newest = keep;
    a->used = 0;
}
