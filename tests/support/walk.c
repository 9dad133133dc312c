#include "support/walk.h"

#include <check.h>
#undef fail
#include <stdlib.h>
#include <string.h>

#include "http/router.h"
#include "util/guard.h"
#include "util/text.h"

enum { KINDS_MAX = 400, PATHS_MAX = 2000, LINK_BYTES = 1024, NAMES_MAX = 20 };

struct walk {
    struct arena *a;
    const struct router *router;
    int each;
    struct {
        const char *name;
        int followed;
    } kinds[KINDS_MAX];
    const char *paths[PATHS_MAX];
    int kind_count, path_count, done;
};

static const struct {
    unsigned who;
    const char *path;
} beginnings[] = {
    { ANYONE, "/" },
    { MEMBER, "/dashboard" },
    { ANYONE, "/healthz" },
    { ANYONE, "/readyz" },
    { ANYONE, "/metrics" },
    { ANYONE, "/signup/done" },
    { ANYONE, "/forgot-password/done" },
    { HOST, "/host/stripe/return" },
    { HOST, "/host/stripe/refresh" },
};

struct walk *walk_new(struct arena *a, int each)
{
    struct walk *w = arena_alloc(a, sizeof *w);
    memset(w, 0, sizeof *w);
    w->a = a;
    w->each = each;
    w->router = router_new(a, routes, routes_count(), sizeof routes[0]);
    return w;
}

/* The route that GET of a path finds; NULL: none. */
static const struct route *route_of(const struct walk *w, const char *path)
{
    struct route_match match;
    const char *bare = arena_strndup(w->a, path, strcspn(path, "?"));
    bool found = router_match(w->router, w->a, HTTP_GET, bare, &match) == ROUTE_FOUND;
    return found ? &routes[match.route] : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "date&where" of "where=Austin&date=2026-12-01". */
static const char *names_of(struct arena *a, const char *query)
{
    const char *names[NAMES_MAX], *all = "";
    size_t n = 0;
    while (*query != '\0' && n < NAMES_MAX) {
        names[n++] = arena_strndup(a, query, strcspn(query, "=&"));
        query += strcspn(query, "&");
        query += *query == '&';
    }
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !text_is(names[i], names[i - 1]))
            all = arena_printf(a, "%s%s%s", all, i == 0 ? "" : "&", names[i]);
    return all;
}

/* What nginx serves by itself is one kind for each folder below "/". */
static const char *kind_of(const struct walk *w, const char *path)
{
    const struct route *route = route_of(w, path);
    size_t bare = strcspn(path, "?");
    size_t folder = 1 + strcspn(path + 1, "/?");
    const char *pattern =
        route != NULL ? route->key.pattern : arena_strndup(w->a, path, folder);
    if (path[bare] == '\0')
        return pattern;
    return arena_printf(w->a, "%s?%s", pattern, names_of(w->a, path + bare + 1));
}

static int find_kind(struct walk *w, const char *name)
{
    int i = 0;
    while (i < w->kind_count && !text_is(w->kinds[i].name, name))
        i++;
    ck_assert_msg(
        i < KINDS_MAX, "links of more than %d kinds, now %s", KINDS_MAX, name);
    if (i == w->kind_count)
        w->kinds[w->kind_count++].name = name;
    return i;
}

void walk_to(struct walk *w, const char *path)
{
    for (int i = 0; i < w->path_count; i++)
        if (text_is(w->paths[i], path))
            return;
    int i = find_kind(w, kind_of(w, path));
    if (w->kinds[i].followed == w->each)
        return;
    w->kinds[i].followed++;
    ck_assert_msg(w->path_count < PATHS_MAX, "more than %d pages of %d kinds, now %s",
        PATHS_MAX, w->kind_count, path);
    w->paths[w->path_count++] = arena_strdup(w->a, path);
}

void walk_begin(struct walk *w, unsigned who)
{
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (beginnings[i].who & (ANYONE | who))
            walk_to(w, beginnings[i].path);
}

/* Undoes &amp; in the attribute's value; what leaves the site is left out. */
static void take(struct walk *w, const char *link, size_t n)
{
    char path[LINK_BYTES];
    size_t m = 0;
    ck_assert_msg(n < sizeof path, "a link too long: %.*s", (int)n, link);
    for (size_t i = 0; i < n && link[i] != '#'; i++) {
        path[m++] = link[i];
        if (text_starts(link + i, "&amp;"))
            i += 4;
    }
    path[m] = '\0';
    if (path[0] == '/')
        walk_to(w, path);
}

void walk_links(struct walk *w, const char *page, const char *attribute)
{
    for (const char *at = page; (at = strstr(at, attribute)) != NULL;) {
        at += strlen(attribute);
        take(w, at, strcspn(at, "\""));
    }
}

const char *walk_next(struct walk *w)
{
    return w->done == w->path_count ? NULL : w->paths[w->done++];
}
