/* Parses anything as a template, and renders what parses, strictly and leniently,
 * with itself and a small one as partials. */
#include <string.h>

#include "html/mustache.h"
#include "html/program.h"
#include "util/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { OUT_MAX_BYTES = 65536 };

static struct view *fill(struct arena *a)
{
    struct view *v = view_new(a);
    view_text(v, "a", "<a & 'b'>\n");
    view_text(v, "empty", "");
    view_safe(v, "safe", "<b>safe</b>");
    view_int(v, "n", -7);
    view_bool(v, "yes", true);
    view_bool(v, "no", false);
    struct view *list = view_list(v, "list");
    view_text(view_item(list), "b", "first");
    view_text(view_item(list), "b", "second");
    struct view *texts = view_list(v, "texts");
    view_item_text(texts, "one");
    view_item_text(texts, "");
    view_text(view_object(view_object(v, "o"), "p"), "q", "deep");
    return v;
}

static void try(const char *text, size_t n, const struct view *v, bool strict)
{
    static const char part[] =
        " |{{$x}}\n  x {{a}}\n{{/x}}|\n{{#list}}{{>main}}{{/list}}\n";
    struct buf out, why;
    buf_init(&out, OUT_MAX_BYTES);
    buf_init(&why, 1024);
    struct templates *t = templates_new();
    t->strict = strict;
    enum result read = templates_add(t, "main", text, n, &why);
    CHECK(templates_add(t, "p", part, sizeof part - 1, &why) == OK);
    if (read == OK) {
        buf_adds(&out, "before");
        if (templates_render(t, "main", v, &out, &why) != OK) {
            CHECK(why.n > 0);
            CHECK(strcmp(out.at, "before") == 0);
        }
        CHECK(out.n <= OUT_MAX_BYTES && buf_ok(&out));
    } else {
        CHECK(why.n > 0);
    }
    templates_free(t);
    buf_free(&why);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = n == 0 ? "" : (const char *)bytes;
    struct arena *a = arena_new(1024 * 1024);
    const struct view *v = fill(a);
    try(text, n, v, true);
    try(text, n, v, false);
    arena_free(a);
    return 0;
}
