#include "http/links.h"

#include <string.h>

#include "http.h"
#include "http/people.h"
#include "util/guard.h"
#include "util/text.h"

enum { PAGES_MAX = 800 };

struct crawl {
    struct client *c;
    links_page each;
    void *arg;
    const char *paths[PAGES_MAX];
    int count, done;
};

static void remember(struct crawl *k, const char *link, size_t n)
{
    char path[1024];
    size_t m = 0;
    for (size_t i = 0; i < n && link[i] != '#' && m + 1 < sizeof path; i++) {
        path[m++] = link[i];
        if (text_starts(link + i, "&amp;"))
            i += 4;
    }
    path[m] = '\0';
    if (*path != '/' || k->count == PAGES_MAX)
        return;
    for (int i = 0; i < k->count; i++)
        if (text_is(k->paths[i], path))
            return;
    k->paths[k->count++] = arena_strdup(k->c->arena, path);
}

static void visit(struct crawl *k, const char *path, const char *who)
{
    int status = client_get(k->c, path);
    ck_assert_msg(
        status == 200 || status == 303 || status == 301 ||
            (status == 404 &&
                text_ends(path, "/file")), /* the demo's papers have no file */
        "%s as %s: %d", path, who, status);
    if (*k->c->location != '\0')
        remember(k, k->c->location, strlen(k->c->location));
    const char *type = client_header(k->c, "Content-Type");
    if (type == NULL || !text_starts(type, "text/html"))
        return;
    if (k->each != NULL)
        k->each(k->arg, k->c, path);
    static const char *const attributes[] = { " href=\"", " src=\"" };
    for (size_t i = 0; i < COUNT_OF(attributes); i++)
        for (const char *at = k->c->body.at;
             (at = strstr(at, attributes[i])) != NULL;) {
            at += strlen(attributes[i]);
            remember(k, at, strcspn(at, "\""));
        }
}

int links_follow(struct client *c, const char *email, links_page each, void *arg)
{
    struct crawl *k = arena_alloc(c->arena, sizeof *k);
    *k = (struct crawl) { .c = c, .each = each, .arg = arg };
    remember(k, "/", 1);
    if (email != NULL) {
        struct person p = people_demo(email);
        people_log_in(c, &p);
        remember(k, "/dashboard", 10);
    }
    for (; k->done < k->count; k->done++)
        visit(k, k->paths[k->done], email == NULL ? "nobody" : email);
    return k->done;
}
