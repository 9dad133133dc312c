/* JSON (RFC 8259), strictly. Reading makes an immutable tree in an arena, of
 * limited depth, size and number of nodes; it refuses duplicate keys, NUL (also as
 * \u0000), ill-formed UTF-8, comments and anything after the value. Writing goes
 * to a buf and escapes <, > and & so that the text may stand inside HTML. */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/result.h"

enum {
    JSON_DEPTH_MAX = 32,
    JSON_KEYS_MAX = 256, /* in one object */
    JSON_NODES_MAX = 20000,
    JSON_BYTES_MAX = 4 * 1024 * 1024,
};

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,  /* a number without fraction and exponent that fits int64_t */
    JSON_REAL, /* any other number; TEXT has it as it was written */
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_kind kind;
    bool truth;              /* of a JSON_BOOL */
    int64_t integer;         /* of a JSON_INT */
    const char *text;        /* of JSON_TEXT, JSON_INT and JSON_REAL */
    const char *key;         /* its name, if it is a member of an object */
    const struct json *next; /* the next member or element */
    const struct json *first;
    size_t count; /* members or elements of an object or array */
};

/* R_INVALID: not JSON, or past a limit; *OUT is NULL then. */
enum result json_read(
    struct arena *a, const char *bytes, size_t n, const struct json **out);

/* ---- asking a tree: all take J == NULL for "not there" --------------------------- */

/* What PATH leads to ("data.object.id", "items[0].price", "" for J itself), or
 * NULL. A member with JSON null is there: its kind says so. */
const struct json *json_get(const struct json *j, const char *path);

/* The member KEY, taken literally (names with a dot or a bracket). */
const struct json *json_member(const struct json *j, const char *key);

/* The string there, or NULL if there is none. */
const char *json_text(const struct json *j, const char *path);

/* The integer or truth value there; false (and *OUT as it was) if there is none. */
bool json_int(const struct json *j, const char *path, int64_t *out);
bool json_bool(const struct json *j, const char *path, bool *out);

/* Walks the elements of the array, or members of the object, J. */
#define json_each(e, j)                                                                \
    for (const struct json *e = (j) == NULL ? NULL : (j)->first; (e) != NULL;          \
         (e) = (e)->next)

/* ---- writing ------------------------------------------------------------------------
 */

struct json_writer;

/* A writer that appends to OUT and lives as long as A. Writing out of order (a
 * value without its key, a close too many) is a bug and aborts. */
struct json_writer *json_begin(struct arena *a, struct buf *out);

/* True if the value is whole and all of it fitted. */
bool json_end(struct json_writer *w);

void json_open_object(struct json_writer *w);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close_array(struct json_writer *w);

void json_key(struct json_writer *w, const char *key);

/* Values. NULL text is written as null; in text that is not UTF-8 each byte past
 * ASCII becomes '?'. */
void json_put_text(struct json_writer *w, const char *text);
void json_put_int(struct json_writer *w, int64_t n);
void json_put_bool(struct json_writer *w, bool truth);
void json_put_null(struct json_writer *w);

/* Key and value in one. */
void json_key_text(struct json_writer *w, const char *key, const char *text);
void json_key_int(struct json_writer *w, const char *key, int64_t n);
void json_key_bool(struct json_writer *w, const char *key, bool truth);

#endif
