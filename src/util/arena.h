/* Memory that lives exactly as long as one unit of work (a request, a job's
 * step). Nothing is freed one by one; arena_reset() gives all of it back. Out of
 * memory, or past the arena's maximum, the process aborts: neither is something
 * a handler could mend.
 *
 * Built with --enable-debug each allocation is its own malloc, so that the
 * sanitizers see overruns and uses after the reset. */
#ifndef UTIL_ARENA_H
#define UTIL_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena that may hold up to MAX_BYTES between two resets. */
struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *a);

/* N zeroed bytes, aligned for any type. N may be 0. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* COUNT zeroed things of SIZE bytes each, overflow checked. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies, NUL-terminated. arena_strdup(NULL) is NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
void *arena_memdup(struct arena *a, const void *p, size_t n);

char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* The texts one after another; NULL ends the list. */
char *arena_join(struct arena *a, const char *first, ...) __attribute__((sentinel));

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

/* Forgets everything. The newest block, the largest, is kept for the next unit of
 * work: soon one block is enough for most. */
void arena_reset(struct arena *a);

#endif
