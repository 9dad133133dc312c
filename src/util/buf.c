#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

void buf_init(struct buf *b, size_t max)
{
    size_t first = max < 256 ? max : 256;
    *b = (struct buf) { .at = malloc(first + 1), .cap = first, .max = max };
    CHECK(b->at != NULL);
    b->at[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->at);
    *b = (struct buf) { 0 };
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->full = false;
    b->at[0] = '\0';
}

/* Room for n more bytes, or full. */
static bool grow(struct buf *b, size_t n)
{
    if (b->full || n > b->max - b->n) {
        b->full = true;
        return false;
    }
    if (b->n + n > b->cap) {
        size_t cap = b->cap;
        while (cap < b->n + n)
            cap = cap > b->max / 2 ? b->max : cap * 2;
        char *at = realloc(b->at, cap + 1);
        CHECK(at != NULL);
        b->at = at;
        b->cap = cap;
    }
    return true;
}

/* The usual case, where there is room already, without a call. */
static inline bool has_room(struct buf *b, size_t n)
{
    return (!b->full && n <= b->cap - b->n) || grow(b, n);
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0 || !has_room(b, n))
        return;
    memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
    if (!has_room(b, 1))
        return;
    b->at[b->n++] = c;
    b->at[b->n] = '\0';
}

void buf_add_int(struct buf *b, int64_t n)
{
    char digits[TEXT_INT_MAX];
    buf_add(b, digits, text_put_int(digits, n));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list ap;
    size_t room = b->cap - b->n;
    va_start(ap, format);
    int n = vsnprintf(b->at + b->n, room + 1, format, ap);
    va_end(ap);
    CHECK(n >= 0);
    if (b->full || (size_t)n > room) { /* what was written is not to count */
        b->at[b->n] = '\0';
        if (n == 0 || !grow(b, (size_t)n))
            return;
        va_start(ap, format);
        vsnprintf(b->at + b->n, (size_t)n + 1, format, ap);
        va_end(ap);
    }
    b->n += (size_t)n;
}
