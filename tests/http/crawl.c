/* As each role: every link from the front page and the dashboard, through nginx. No
 * GET changes a single row, and no page says what it should not. */
#include "http.h"

#include "http/links.h"
#include "http/people.h"
#include "util/guard.h"

static const char *const visitors[] = { NULL, "vendor@demo.test", "host@demo.test",
    "support@demo.test", "admin@demo.test" };

static const char *before;

static void look_first(void *arg, struct client *c, const char *path)
{
    (void)arg, (void)path;
    if (before == NULL) /* behind the new session */
        before = people_snapshot(c->arena);
}

START_TEST(following_every_link_changes_nothing)
{
    struct client c;
    client_open(&c, &stack);
    people_open(&stack);
    ck_assert_int_gt(links_follow(&c, visitors[_i], look_first, NULL), 5);
    ck_assert_str_eq(people_changes(c.arena, before), "");
    people_close();
    client_close(&c);
}
END_TEST

void http_crawl(Suite *s)
{
    TCase *t = stack_tcase(s, "crawl");
    tcase_add_loop_test(t, following_every_link_changes_nothing, 0, COUNT_OF(visitors));
}
