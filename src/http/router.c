#include "http/router.h"

#include <string.h>

#include "util/guard.h"
#include "util/text.h"

/* How a segment is matched; in order of precedence. */
enum kind { LITERAL, ID, ID_SLUG, TEXT };

enum { ID_DIGITS_MAX = 18, NO_ROUTE = -1 };

struct segment {
    const char *at;
    size_t n;
};

/* A node stands for one segment of one or more patterns. */
struct node {
    struct node *child, *next; /* siblings in order of precedence */
    enum kind kind;
    struct segment fixed;  /* LITERAL: the segment; otherwise its fixed end */
    int route[HTTP_OTHER]; /* by method; NO_ROUTE */
};

struct row {
    struct route_key key;
    size_t n; /* captures */
    const char *names[ROUTE_CAPTURES_MAX];
};

struct router {
    struct node root;
    struct row *rows;
};

/* ---- compiling ------------------------------------------------------------------- */

static void node_init(struct node *node, enum kind kind, struct segment fixed)
{
    *node = (struct node) { .kind = kind, .fixed = fixed };
    for (size_t m = 0; m < HTTP_OTHER; m++)
        node->route[m] = NO_ROUTE;
}

/* The segment at *s, which stands on its '/' and moves behind it. */
static struct segment next_segment(const char **s)
{
    const char *start = *s + 1;
    size_t n = strcspn(start, "/");
    *s = start + n;
    return (struct segment) { start, n };
}

static enum kind kind_of(const char *name)
{
    if (text_is(name, "id_slug"))
        return ID_SLUG;
    return text_is(name, "id") || text_ends(name, "_id") ? ID : TEXT;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

static struct node *child_of(
    struct arena *a, struct node *parent, enum kind kind, struct segment fixed)
{
    struct node **at = &parent->child;
    for (; *at != NULL && (*at)->kind <= kind; at = &(*at)->next) {
        struct node *node = *at;
        if (node->kind == kind && node->fixed.n == fixed.n &&
            memcmp(node->fixed.at, fixed.at, fixed.n) == 0)
            return node;
        /* Of two that end in something fixed the longer end goes first. */
        if (node->kind == kind && kind != LITERAL && node->fixed.n < fixed.n)
            break;
    }
    struct node *node = arena_alloc(a, sizeof *node);
    node_init(node, kind, fixed);
    node->next = *at;
    *at = node;
    return node;
}

static struct node *add_segment(
    struct arena *a, struct node *parent, struct segment part, struct row *row)
{
    CHECK(part.n > 0);
    if (*part.at != ':')
        return child_of(a, parent, LITERAL, part);
    size_t n = 1;
    while (n < part.n && is_name(part.at[n]))
        n++;
    CHECK(n > 1 && row->n < ROUTE_CAPTURES_MAX);
    const char *name = arena_strndup(a, part.at + 1, n - 1);
    row->names[row->n++] = name;
    struct segment end = { part.at + n, part.n - n };
    return child_of(a, parent, kind_of(name), end);
}

static void add_row(struct arena *a, struct router *router, struct row *row, int index)
{
    const char *s = row->key.pattern;
    CHECK(*s == '/');
    CHECK(row->key.method == HTTP_GET || row->key.method == HTTP_POST);
    struct node *node = &router->root;
    size_t depth = 0;
    while (*s != '\0' && !text_is(row->key.pattern, "/")) {
        CHECK(depth++ < ROUTE_SEGMENTS_MAX);
        node = add_segment(a, node, next_segment(&s), row);
    }
    CHECK(node->route[row->key.method] == NO_ROUTE);
    node->route[row->key.method] = index;
}

struct router *router_new(struct arena *a, const void *routes, size_t n, size_t stride)
{
    CHECK(stride >= sizeof(struct route_key));
    struct router *router = arena_alloc(a, sizeof *router);
    router->rows = arena_array(a, n, sizeof *router->rows);
    node_init(&router->root, LITERAL, (struct segment) { "", 0 });
    for (size_t i = 0; i < n; i++) {
        const char *at = (const char *)routes + i * stride;
        memcpy(&router->rows[i].key, at, sizeof(struct route_key));
        add_row(a, router, &router->rows[i], (int)i);
    }
    return router;
}

/* ---- matching -------------------------------------------------------------------- */

struct search {
    enum http_method method;
    bool allowed[HTTP_OTHER]; /* what the fitting patterns answer to */
    size_t depth;             /* captures so far */
    struct segment found[ROUTE_CAPTURES_MAX];
    int route;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The leading identifier's length, or 0. */
static size_t id_length(struct segment s)
{
    size_t n = 0;
    while (n < s.n && is_digit(s.at[n]))
        n++;
    return n >= 1 && n <= ID_DIGITS_MAX && *s.at != '0' ? n : 0;
}

/* Whether PART fits NODE; *OUT is what it catches. */
static bool fits(const struct node *node, struct segment part, struct segment *out)
{
    if (part.n < node->fixed.n)
        return false;
    size_t n = part.n - node->fixed.n;
    if (node->fixed.n > 0 && memcmp(part.at + n, node->fixed.at, node->fixed.n) != 0)
        return false;
    if (node->kind == LITERAL || n == 0)
        return node->kind == LITERAL && n == 0;
    *out = (struct segment) { part.at, n };
    size_t digits = id_length(*out);
    if (node->kind == ID)
        return digits == n;
    if (node->kind == ID_SLUG)
        return digits > 0 &&
               (digits == n || (part.at[digits] == '-' && digits + 1 < n));
    return true;
}

/* Depth first in order of precedence, at most ROUTE_SEGMENTS_MAX deep. */
static bool walk(const struct node *node, const char *s, struct search *search)
{
    if (*s == '\0') {
        enum http_method m = search->method == HTTP_HEAD ? HTTP_GET : search->method;
        for (size_t i = 0; i < HTTP_OTHER; i++)
            search->allowed[i] |= node->route[i] != NO_ROUTE;
        search->route = m < HTTP_OTHER ? node->route[m] : NO_ROUTE;
        return search->route != NO_ROUTE;
    }
    struct segment part = next_segment(&s), caught;
    for (const struct node *child = node->child; child != NULL; child = child->next) {
        if (!fits(child, part, &caught))
            continue;
        bool catches = child->kind != LITERAL;
        if (catches)
            search->found[search->depth++] = caught;
        if (walk(child, s, search))
            return true;
        search->depth -= catches;
    }
    return false;
}

static struct route_capture capture(
    struct arena *a, const char *name, struct segment found)
{
    enum kind kind = kind_of(name);
    struct route_capture c = { .name = name };
    size_t digits = kind == TEXT ? 0 : id_length(found);
    for (size_t i = 0; i < digits; i++)
        c.id = c.id * 10 + (found.at[i] - '0');
    size_t skip = kind != ID_SLUG ? 0 : digits < found.n ? digits + 1 : digits;
    c.text = arena_strndup(a, found.at + skip, found.n - skip);
    return c;
}

enum route_result router_match(const struct router *router, struct arena *a,
    enum http_method method, const char *path, struct route_match *out)
{
    static const char *const allow[2][2] = {
        { "", "POST" },
        { "GET, HEAD", "GET, HEAD, POST" },
    };
    struct search search = { .method = method };
    *out = (struct route_match) { .allow = "" };
    const char *rest = text_is(path, "/") ? "" : path;
    if (*path != '/' || !walk(&router->root, rest, &search)) {
        out->allow = allow[search.allowed[HTTP_GET]][search.allowed[HTTP_POST]];
        return *out->allow == '\0' ? ROUTE_NONE : ROUTE_METHOD;
    }
    const struct row *row = &router->rows[search.route];
    out->route = (size_t)search.route;
    out->n = row->n;
    for (size_t i = 0; i < row->n; i++)
        out->captures[i] = capture(a, row->names[i], search.found[i]);
    return ROUTE_FOUND;
}

static const struct route_capture *find(const struct route_match *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (text_is(m->captures[i].name, name))
            return &m->captures[i];
    CHECK(!"the pattern has no such capture");
    return NULL;
}

int64_t route_id(const struct route_match *m, const char *name)
{
    return find(m, name)->id;
}

const char *route_text(const struct route_match *m, const char *name)
{
    return find(m, name)->text;
}
