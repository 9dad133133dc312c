/* As each role: links from the front page, the dashboard and where browsers are sent,
 * some of each kind, through nginx. No GET changes a single row, and no page says what
 * it should not. */
#include "http.h"

#include "http/links.h"

START_TEST(following_links_of_every_kind_changes_nothing)
{
    struct client c;
    client_open(&c, &stack);
    people_open(&stack);
    links_log_in(&c, _i);
    const char *before = people_snapshot(c.arena);
    ck_assert_int_gt(links_follow(&c, _i, NULL, NULL), 20);
    ck_assert_str_eq(people_changes(c.arena, before), "");
    people_close();
    client_close(&c);
}
END_TEST

void http_crawl(Suite *s)
{
    TCase *t = stack_tcase(s, "crawl");
    tcase_add_loop_test(
        t, following_links_of_every_kind_changes_nothing, 0, LINKS_ROLES);
}
