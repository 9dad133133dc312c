#include "http/links.h"

#include "http.h"
#include "support/walk.h"
#include "util/text.h"

enum { EACH = 4 };

static const struct {
    const char *email;
    unsigned who;
} people[LINKS_ROLES] = {
    [LINKS_NOBODY] = { NULL, 0 },
    [LINKS_VENDOR] = { "vendor@demo.test", VENDOR },
    [LINKS_HOST] = { "host@demo.test", HOST },
    [LINKS_SUPPORT] = { "support@demo.test", SUPPORT },
    [LINKS_ADMIN] = { "admin@demo.test", ADMIN },
};

struct person links_log_in(struct client *c, int role)
{
    struct person p = { 0 };
    if (role == LINKS_NOBODY)
        return p;
    p = people_demo(people[role].email);
    people_log_in(c, &p);
    return p;
}

/* True if it was a page of HTML. */
static bool visit(struct walk *walk, struct client *c, const char *path, int role)
{
    int status = client_get(c, path);
    ck_assert_msg(status == 200 || status == 303 || status == 301 ||
                      (status == 404 && (text_is(path, WALK_WITHOUT_ACCOUNT) ||
                                            /* the demo's papers have no file */
                                            text_ends(path, "/file"))),
        "%s as %s: %d", path, role == LINKS_NOBODY ? "nobody" : people[role].email,
        status);
    if (*c->location == '/')
        walk_to(walk, c->location);
    const char *type = client_header(c, "Content-Type");
    if (type == NULL || !text_starts(type, "text/html"))
        return false;
    walk_links(walk, c->body.at, " href=\"");
    walk_links(walk, c->body.at, " src=\"");
    return true;
}

int links_follow(struct client *c, int role, links_page page, void *arg)
{
    struct walk *walk = walk_new(c->arena, EACH);
    const char *path;
    int visits = 0;
    walk_begin(walk, people[role].who);
    for (; (path = walk_next(walk)) != NULL; visits++)
        if (visit(walk, c, path, role) && page != NULL)
            page(arg, c, path);
    return visits;
}
