/* The first byte says where the rest, a body with the boundary "B", is cut in two.
 * Cut or whole it must give the same, keep to the limits and leave no file behind. */
#include "http/multipart.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/guard.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static char folder[] = "/tmp/prep-fuzz-XXXXXX";

static void remove_folder(void)
{
    CHECK(rmdir(folder) == 0);
}

static struct multipart *feed(
    struct arena *a, const char *bytes, size_t n, size_t cut, enum result *r)
{
    static const struct multipart_limits limits = {
        .folder = folder, .files_max = 3, .file_bytes_max = 1000, .text_bytes_max = 100
    };
    struct multipart *p;
    *r = multipart_new(a, "multipart/form-data; boundary=B", &limits, &p);
    if (*r == OK)
        *r = multipart_feed(p, bytes, cut);
    if (*r == OK)
        *r = multipart_feed(p, bytes + cut, n - cut);
    if (*r == OK)
        *r = multipart_end(p);
    CHECK((*r == OK) == (multipart_reason(p) == NULL));
    return p;
}

static void check_same(const struct multipart *p, const struct multipart *q)
{
    const struct params *x = multipart_params(p), *y = multipart_params(q);
    size_t n, m;
    const struct upload *u = multipart_uploads(p, &n), *v = multipart_uploads(q, &m);
    CHECK(x->n == y->n && n == m && n <= 3);
    for (size_t i = 0; i < x->n; i++) {
        CHECK(text_is(x->at[i].name, y->at[i].name));
        CHECK(text_is(x->at[i].value, y->at[i].value));
        CHECK(strlen(x->at[i].value) <= 100);
        CHECK(text_utf8_ok(x->at[i].value, strlen(x->at[i].value)));
    }
    for (size_t i = 0; i < n; i++) {
        CHECK(text_is(u[i].filename, v[i].filename) && u[i].bytes == v[i].bytes);
        CHECK(u[i].bytes >= 0 && u[i].bytes <= 1000);
        CHECK(*u[i].filename != '\0' && strpbrk(u[i].filename, "/\\\r\n") == NULL);
        CHECK(access(u[i].path, F_OK) == 0 && access(v[i].path, F_OK) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool made;
    if (!made) {
        CHECK(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
        made = true;
    }
    if (n < 1)
        return 0;
    struct arena *a = arena_new(256 * 1024 * 1024);
    const char *body = (const char *)bytes + 1;
    size_t cut = n == 1 ? 0 : bytes[0] % n;
    enum result r, s;
    struct multipart *p = feed(a, body, n - 1, cut, &r),
                     *q = feed(a, body, n - 1, 0, &s);
    CHECK(r == s && multipart_too_large(p) == multipart_too_large(q));
    check_same(p, q);
    multipart_discard(p);
    multipart_discard(q);
    arena_free(a);
    return 0;
}
