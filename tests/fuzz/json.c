/* Reads anything; what it takes, it must be able to walk and to read again. */
#include "util/json.h"

#include <stdint.h>

#include "util/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void write(struct json_writer *w, const struct json *j)
{
    if (j->key != NULL)
        json_key(w, j->key);
    switch (j->kind) {
    case JSON_NULL:
        json_put_null(w);
        break;
    case JSON_BOOL:
        json_put_bool(w, j->truth);
        break;
    case JSON_INT:
        json_put_int(w, j->integer);
        break;
    case JSON_REAL:
    case JSON_TEXT:
        json_put_text(w, j->text);
        break;
    case JSON_ARRAY:
        json_open_array(w);
        json_each(e, j) write(w, e);
        json_close_array(w);
        break;
    case JSON_OBJECT:
        json_open_object(w);
        json_each(e, j) write(w, e);
        json_close_object(w);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(256 * 1024 * 1024);
    const struct json *j, *again;
    if (json_read(a, (const char *)bytes, n, &j) == OK) {
        struct buf out;
        buf_init(&out, JSON_BYTES_MAX);
        struct json_writer *w = json_begin(a, &out);
        write(w, j);
        if (json_end(w)) {
            CHECK(json_read(a, out.at, out.n, &again) == OK);
            CHECK(again->kind == j->kind || j->kind == JSON_REAL);
            CHECK(again->count == j->count);
        }
        buf_free(&out);
    }
    arena_free(a);
    return 0;
}
