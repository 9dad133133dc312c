/* As each role: every link from the front page and the dashboard, through nginx. No
 * GET changes a single row, and no page says what it should not. */
#include "http.h"

#include <string.h>

#include "http/people.h"
#include "util/guard.h"
#include "util/text.h"

enum { PAGES_MAX = 250 };

struct crawl {
    struct client c;
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
    k->paths[k->count++] = arena_strdup(k->c.arena, path);
}

static void visit(struct crawl *k, const char *path, const char *who)
{
    int status = client_get(&k->c, path);
    ck_assert_msg(
        status == 200 || status == 303 || status == 301 ||
            (status == 404 &&
                text_ends(path, "/file")), /* the demo's papers have no file */
        "%s as %s: %d", path, who, status);
    if (*k->c.location != '\0')
        remember(k, k->c.location, strlen(k->c.location));
    const char *type = client_header(&k->c, "Content-Type");
    if (type == NULL || !text_starts(type, "text/html"))
        return;
    static const char *const attributes[] = { " href=\"", " src=\"" };
    for (size_t i = 0; i < COUNT_OF(attributes); i++)
        for (const char *at = k->c.body.at; (at = strstr(at, attributes[i])) != NULL;) {
            at += strlen(attributes[i]);
            remember(k, at, strcspn(at, "\""));
        }
}

static const char *const visitors[] = { NULL, "vendor@demo.test", "host@demo.test",
    "support@demo.test", "admin@demo.test" };

START_TEST(following_every_link_changes_nothing)
{
    struct crawl *k = arena_alloc(stack.arena, sizeof *k);
    const char *who = visitors[_i] == NULL ? "nobody" : visitors[_i];
    client_open(&k->c, &stack);
    people_open(&stack);
    remember(k, "/", 1);
    if (visitors[_i] != NULL) {
        struct person p = people_demo(visitors[_i]);
        people_log_in(&k->c, &p);
        remember(k, "/dashboard", 10);
    }
    const char *before = people_snapshot(k->c.arena);
    for (; k->done < k->count; k->done++)
        visit(k, k->paths[k->done], who);
    ck_assert_int_gt(k->done, 5);
    ck_assert_str_eq(people_changes(k->c.arena, before), "");
    people_close();
    client_close(&k->c);
}
END_TEST

void http_crawl(Suite *s)
{
    TCase *t = stack_tcase(s, "crawl");
    tcase_add_loop_test(t, following_every_link_changes_nothing, 0, COUNT_OF(visitors));
}
