/* A growing run of bytes with a maximum stated at birth. Past the maximum it
 * stops growing and says so (buf.full); writers need not look at each step,
 * whoever uses the bytes asks buf_ok() once. The bytes are always followed by a
 * NUL that is not counted. */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *at;   /* never NULL after buf_init */
    size_t n;   /* bytes in use */
    size_t cap; /* bytes there is room for, without the NUL */
    size_t max; /* cap never passes this */
    bool full;  /* something did not fit and was left out */
};

/* An empty buffer on the heap that may grow to MAX bytes. */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);

/* Empty again, memory kept. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* True while nothing was left out. */
static inline bool buf_ok(const struct buf *b)
{
    return !b->full;
}

#endif
