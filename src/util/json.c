#include "util/json.h"

#include <string.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#include "util/guard.h"
#include "util/text.h"

/* ---- reading ---- */

/* One open object or array. */
struct level {
    struct json *parent, *last;
};

struct reader {
    struct arena *a;
    struct json *root;
    struct level levels[JSON_DEPTH_MAX];
    size_t depth, nodes;
    const char *key; /* waiting for its value */
};

/* yajl goes on while a call-back returns this. */
enum { STOP, GO_ON };

static struct json *add_node(struct reader *r, enum json_kind kind)
{
    if (++r->nodes > JSON_NODES_MAX)
        return NULL;
    struct json *j = arena_alloc(r->a, sizeof *j);
    j->kind = kind;
    if (r->depth == 0) {
        r->root = j;
        return j;
    }
    struct level *level = &r->levels[r->depth - 1];
    j->key = r->key;
    r->key = NULL;
    if (level->last == NULL)
        level->parent->first = j;
    else
        level->last->next = j;
    level->last = j;
    level->parent->count++;
    return j;
}

static int on_null(void *arg)
{
    return add_node(arg, JSON_NULL) != NULL ? GO_ON : STOP;
}

static int on_bool(void *arg, int truth)
{
    struct json *j = add_node(arg, JSON_BOOL);
    if (j == NULL)
        return STOP;
    j->truth = truth != 0;
    return GO_ON;
}

/* The digits as they stand: yajl's own conversion turns what is past int64 into a
 * double, and money must not go that way. */
static int on_number(void *arg, const char *digits, size_t n)
{
    struct reader *r = arg;
    struct json *j = add_node(r, JSON_REAL);
    if (j == NULL)
        return STOP;
    j->text = arena_strndup(r->a, digits, n);
    if (text_int(j->text, INT64_MIN, INT64_MAX, &j->integer))
        j->kind = JSON_INT;
    return GO_ON;
}

static int on_text(void *arg, const unsigned char *bytes, size_t n)
{
    struct reader *r = arg;
    if (!text_utf8_ok((const char *)bytes, n))
        return STOP;
    struct json *j = add_node(r, JSON_TEXT);
    if (j == NULL)
        return STOP;
    j->text = arena_strndup(r->a, (const char *)bytes, n);
    return GO_ON;
}

static int on_key(void *arg, const unsigned char *bytes, size_t n)
{
    struct reader *r = arg;
    if (!text_utf8_ok((const char *)bytes, n))
        return STOP;
    const char *key = arena_strndup(r->a, (const char *)bytes, n);
    const struct json *parent = r->levels[r->depth - 1].parent;
    if (parent->count >= JSON_KEYS_MAX || json_member(parent, key) != NULL)
        return STOP;
    r->key = key;
    return GO_ON;
}

static int open_level(struct reader *r, enum json_kind kind)
{
    if (r->depth == JSON_DEPTH_MAX)
        return STOP;
    struct json *j = add_node(r, kind);
    if (j == NULL)
        return STOP;
    r->levels[r->depth++] = (struct level) { .parent = j };
    return GO_ON;
}

static int on_object(void *arg)
{
    return open_level(arg, JSON_OBJECT);
}

static int on_array(void *arg)
{
    return open_level(arg, JSON_ARRAY);
}

static int on_close(void *arg)
{
    struct reader *r = arg;
    r->depth--;
    return GO_ON;
}

enum result json_read(
    struct arena *a, const char *bytes, size_t n, const struct json **out)
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
    *out = NULL;
    if (n > JSON_BYTES_MAX)
        return R_INVALID;
    struct reader r = { .a = a };
    yajl_handle parser = yajl_alloc(&callbacks, NULL, &r);
    CHECK(parser != NULL);
    yajl_status status = yajl_parse(parser, (const unsigned char *)bytes, n);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(parser);
    yajl_free(parser);
    if (status != yajl_status_ok || r.root == NULL)
        return R_INVALID;
    *out = r.root;
    return OK;
}

/* ---- asking ---- */

static const struct json *member(const struct json *j, const char *key, size_t n)
{
    if (j == NULL || j->kind != JSON_OBJECT)
        return NULL;
    json_each(e, j) if (strncmp(e->key, key, n) == 0 && e->key[n] == '\0') return e;
    return NULL;
}

const struct json *json_member(const struct json *j, const char *key)
{
    return member(j, key, strlen(key));
}

static const struct json *element(const struct json *j, size_t index)
{
    if (j == NULL || j->kind != JSON_ARRAY)
        return NULL;
    const struct json *e = j->first;
    while (e != NULL && index-- > 0)
        e = e->next;
    return e;
}

const struct json *json_get(const struct json *j, const char *path)
{
    const char *p = path;
    while (*p != '\0' && j != NULL) {
        if (*p == '[') {
            size_t index = 0;
            for (p++; *p >= '0' && *p <= '9'; p++)
                index = index * 10 + (size_t)(*p - '0');
            CHECK(*p == ']');
            p++;
            j = element(j, index);
        } else {
            p += *p == '.';
            size_t n = strcspn(p, ".[");
            j = member(j, p, n);
            p += n;
        }
    }
    return j;
}

const char *json_text(const struct json *j, const char *path)
{
    const struct json *found = json_get(j, path);
    return found != NULL && found->kind == JSON_TEXT ? found->text : NULL;
}

bool json_int(const struct json *j, const char *path, int64_t *out)
{
    const struct json *found = json_get(j, path);
    if (found == NULL || found->kind != JSON_INT)
        return false;
    *out = found->integer;
    return true;
}

bool json_bool(const struct json *j, const char *path, bool *out)
{
    const struct json *found = json_get(j, path);
    if (found == NULL || found->kind != JSON_BOOL)
        return false;
    *out = found->truth;
    return true;
}

/* ---- writing ---- */

struct json_writer {
    struct arena *a;
    struct buf *out;
    yajl_gen gen;
    size_t depth;
    bool written;
};

/* <, > and & occur in JSON only inside strings. */
static void print(void *arg, const char *bytes, size_t n)
{
    struct buf *out = arg;
    for (size_t i = 0; i < n; i++) {
        switch (bytes[i]) {
        case '<':
            buf_adds(out, "\\u003c");
            break;
        case '>':
            buf_adds(out, "\\u003e");
            break;
        case '&':
            buf_adds(out, "\\u0026");
            break;
        default:
            buf_addc(out, bytes[i]);
        }
    }
}

/* yajl's memory goes with the arena; its blocks need their size before them only
 * to be moved. */
struct block {
    _Alignas(max_align_t) size_t size;
    char at[];
};

static void *block_new(void *arena, size_t n)
{
    struct block *b = arena_alloc(arena, sizeof *b + n);
    b->size = n;
    return b->at;
}

static void *block_move(void *arena, void *old, size_t n)
{
    char *at = block_new(arena, n);
    if (old != NULL) {
        const struct block *b =
            (const void *)((const char *)old - offsetof(struct block, at));
        memcpy(at, old, b->size < n ? b->size : n);
    }
    return at;
}

static void block_forget(void *, void *)
{
}

struct json_writer *json_begin(struct arena *a, struct buf *out)
{
    struct json_writer *w = arena_alloc(a, sizeof *w);
    w->a = a;
    w->out = out;
    const yajl_alloc_funcs memory = {
        .malloc = block_new, .realloc = block_move, .free = block_forget, .ctx = a
    };
    w->gen = yajl_gen_alloc(&memory);
    CHECK(w->gen != NULL);
    CHECK(yajl_gen_config(w->gen, yajl_gen_print_callback, print, out));
    return w;
}

bool json_end(struct json_writer *w)
{
    CHECK(w->written && w->depth == 0);
    return buf_ok(w->out);
}

static void wrote(struct json_writer *w, yajl_gen_status status)
{
    CHECK(status == yajl_gen_status_ok || status == yajl_gen_generation_complete);
    w->written = true;
}

void json_open_object(struct json_writer *w)
{
    wrote(w, yajl_gen_map_open(w->gen));
    w->depth++;
}

void json_close_object(struct json_writer *w)
{
    wrote(w, yajl_gen_map_close(w->gen));
    w->depth--;
}

void json_open_array(struct json_writer *w)
{
    wrote(w, yajl_gen_array_open(w->gen));
    w->depth++;
}

void json_close_array(struct json_writer *w)
{
    wrote(w, yajl_gen_array_close(w->gen));
    w->depth--;
}

void json_key(struct json_writer *w, const char *key)
{
    json_put_text(w, key);
}

void json_put_text(struct json_writer *w, const char *text)
{
    if (text == NULL) {
        json_put_null(w);
        return;
    }
    size_t n = strlen(text);
    if (!text_utf8_ok(text, n)) {
        char *ascii = arena_strndup(w->a, text, n);
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)ascii[i] >= 0x80)
                ascii[i] = '?';
        text = ascii;
    }
    wrote(w, yajl_gen_string(w->gen, (const unsigned char *)text, n));
}

void json_put_int(struct json_writer *w, int64_t n)
{
    wrote(w, yajl_gen_integer(w->gen, n));
}

void json_put_bool(struct json_writer *w, bool truth)
{
    wrote(w, yajl_gen_bool(w->gen, truth));
}

void json_put_null(struct json_writer *w)
{
    wrote(w, yajl_gen_null(w->gen));
}

void json_key_text(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_put_text(w, text);
}

void json_key_int(struct json_writer *w, const char *key, int64_t n)
{
    json_key(w, key);
    json_put_int(w, n);
}

void json_key_bool(struct json_writer *w, const char *key, bool truth)
{
    json_key(w, key);
    json_put_bool(w, truth);
}
