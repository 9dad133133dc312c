/* As each role: links from the front page, the dashboard and where browsers are sent,
 * some of each kind, through nginx. No GET changes a single row, and no page says what
 * it should not. */
#include "http.h"

#include <string.h>

#include "http/people.h"
#include "support/walk.h"
#include "util/guard.h"
#include "util/text.h"

enum { EACH = 4 };

static void visit(
    struct walk *walk, struct client *c, const char *path, const char *who)
{
    int status = client_get(c, path);
    ck_assert_msg(status == 200 || status == 303 || status == 301 ||
                      (status == 404 && text_is(path, WALK_WITHOUT_ACCOUNT)),
        "%s as %s: %d", path, who, status);
    if (*c->location == '/')
        walk_to(walk, c->location);
    const char *type = client_header(c, "Content-Type");
    if (type == NULL || !text_starts(type, "text/html"))
        return;
    walk_links(walk, c->body.at, " href=\"");
    walk_links(walk, c->body.at, " src=\"");
}

static const struct {
    const char *email;
    unsigned who;
} visitors[] = {
    { NULL, 0 },
    { "vendor@demo.test", VENDOR },
    { "host@demo.test", HOST },
    { "support@demo.test", SUPPORT },
    { "admin@demo.test", ADMIN },
};

START_TEST(following_links_of_every_kind_changes_nothing)
{
    struct client c;
    const char *email = visitors[_i].email, *path;
    int pages = 0;
    client_open(&c, &stack);
    people_open(&stack);
    if (email != NULL) {
        struct person p = people_demo(email);
        people_log_in(&c, &p);
    }
    struct walk *walk = walk_new(c.arena, EACH);
    walk_begin(walk, visitors[_i].who);
    const char *before = people_snapshot(c.arena);
    for (; (path = walk_next(walk)) != NULL; pages++)
        visit(walk, &c, path, email == NULL ? "nobody" : email);
    ck_assert_int_gt(pages, 20);
    ck_assert_str_eq(people_changes(c.arena, before), "");
    people_close();
    client_close(&c);
}
END_TEST

void http_crawl(Suite *s)
{
    TCase *t = stack_tcase(s, "crawl");
    tcase_add_loop_test(
        t, following_links_of_every_kind_changes_nothing, 0, COUNT_OF(visitors));
}
