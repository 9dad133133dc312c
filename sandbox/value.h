/* JSON that can be changed: what the sandbox stores and answers. All nodes live
 * in an arena; a node hangs in one tree only (value_clone makes another). Asking
 * functions take V == NULL for "not there". Paths are member names joined by dots
 * ("card.brand"), arrays by number ("data[0].id"). */
#ifndef SANDBOX_VALUE_H
#define SANDBOX_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"

enum { VALUE_DEPTH_MAX = 64 };

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL, /* any other number, as written in TEXT */
    VALUE_TEXT,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

struct value {
    enum value_kind kind;
    bool truth;
    int64_t integer;
    const char *text;
    const char *key; /* its name, if it is a member of an object */
    struct value *first, *last, *next;
    size_t count;
};

/* The tree in N bytes of JSON, or NULL if they are not JSON. */
struct value *value_read(struct arena *a, const char *bytes, size_t n);

/* Appends V as JSON; INDENT is 2 for a text to be read by people, else 0. */
void value_print(struct buf *out, const struct value *v, int indent);

/* V as compact JSON in the arena. */
char *value_string(struct arena *a, const struct value *v);

struct value *value_object(struct arena *a);
struct value *value_array(struct arena *a);
struct value *value_text(struct arena *a, const char *text); /* NULL gives null */
struct value *value_int(struct arena *a, int64_t n);
struct value *value_bool(struct arena *a, bool truth);
struct value *value_null(struct arena *a);
struct value *value_clone(struct arena *a, const struct value *v);

/* ---- asking ---- */

struct value *value_member(const struct value *v, const char *key);
struct value *value_get(const struct value *v, const char *path);

/* The text there, or NULL if there is none. */
const char *value_get_text(const struct value *v, const char *path);
int64_t value_get_int(const struct value *v, const char *path, int64_t otherwise);
bool value_get_bool(const struct value *v, const char *path, bool otherwise);

/* True if something other than null is there. */
bool value_has(const struct value *v, const char *path);
bool value_equal(const struct value *x, const struct value *y);

#define value_each(e, v)                                                               \
    for (struct value *e = (v) == NULL ? NULL : (v)->first; (e) != NULL;               \
         (e) = (e)->next)

/* ---- changing ---- */

/* Makes V the member KEY of the object, in place of one that was there. */
void value_set(struct arena *a, struct value *object, const char *key, struct value *v);
void value_remove(struct value *object, const char *key);
void value_append(struct value *array, struct value *v);

/* Lays OVER over BASE: members of objects are merged deeply, all else replaced. */
void value_merge(struct arena *a, struct value *base, const struct value *over);

/* Set what PATH (names only) leads to; objects missing on the way are made. */
void value_put(struct arena *a, struct value *v, const char *path, struct value *x);
void value_put_text(
    struct arena *a, struct value *v, const char *path, const char *text);
void value_put_int(struct arena *a, struct value *v, const char *path, int64_t n);
void value_put_bool(struct arena *a, struct value *v, const char *path, bool truth);

#endif
