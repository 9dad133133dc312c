/* What each answer says about itself, whoever made it: the application, or nginx. */
#include "http.h"

#include <string.h>

#include "http/client.h"
#include "http/people.h"
#include "util/guard.h"
#include "util/text.h"

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
}

static void close_client(void)
{
    client_close(&c);
}

/* Each has to stand exactly once: two that differ are read as none. */
static void check_secure(const char *what)
{
    static const struct {
        const char *name, *has;
    } wanted[] = {
        { "X-Content-Type-Options", "nosniff" },
        { "X-Frame-Options", "DENY" },
        { "Referrer-Policy", "" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Permissions-Policy", "camera=()" },
        { "Content-Security-Policy", "default-src 'none'" },
        { "Content-Security-Policy", "frame-ancestors 'none'" },
        { "Content-Security-Policy", "base-uri 'none'" },
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const char *value = client_header(&c, wanted[i].name);
        ck_assert_msg(value != NULL && strstr(value, wanted[i].has) != NULL,
            "%s: %s is %s", what, wanted[i].name, value == NULL ? "missing" : value);
        const char *line = arena_printf(c.arena, "\n%s:", wanted[i].name);
        const char *first = strcasestr(c.head.at, line);
        ck_assert_msg(strcasestr(first + 1, line) == NULL, "%s: %s stands twice", what,
            wanted[i].name);
    }
    const char *csp = client_header(&c, "Content-Security-Policy");
    ck_assert_msg(strstr(csp, "unsafe-") == NULL, "%s: %s", what, csp);
    const char *server = client_header(&c, "Server");
    ck_assert_msg(server == NULL || strpbrk(server, "0123456789") == NULL, "%s: %s",
        what, server);
    ck_assert_ptr_null(client_header(&c, "Access-Control-Allow-Origin"));
    ck_assert_ptr_null(client_header(&c, "X-Powered-By"));
}

static const struct asked {
    struct client_request r;
    int status;
} asked[] = {
    { { "GET", "/" }, 200 },
    { { "GET", "/login" }, 200 },
    { { "HEAD", "/login" }, 200 },
    { { "GET", "/dashboard" }, 303 },
    { { "GET", "/no/such/page" }, 404 },
    { { "GET", "/terms?x=%ff" }, 400 },
    { { "POST", "/terms", "text/plain", "x", 1 }, 405 },
    { { "DELETE", "/terms" }, 405 },
    { { "POST", "/login", "application/x-www-form-urlencoded", "a=b", 3 }, 403 },
    { { "POST", "/login", "application/json", "{}", 2 }, 415 },
    { { "GET", "/static/css/prep.css" }, 200 },
    { { "GET", "/static/none.css" }, 404 },
    { { "GET", "/robots.txt" }, 200 },
    { { "GET", "/favicon.ico" }, 301 },
    { { "GET", "/photos/none.jpg" }, 404 },
    { { "GET", "/private/documents/none" }, 404 },
    { { "GET", "/static/errors/413.html" }, 200 },
    { { "TRACE", "/" }, 405 },
    { { "GET", "/metrics" }, 200 },
};

START_TEST(security_headers_stand_once_on_every_kind_of_answer)
{
    const struct asked *a = &asked[_i];
    const char *what = arena_printf(c.arena, "%s %s", a->r.method, a->r.path);
    ck_assert_msg(client_send(&c, &a->r) == a->status, "%s: %d, not %d", what, c.status,
        a->status);
    check_secure(what);
}
END_TEST

START_TEST(a_body_over_the_limit_is_413_with_all_headers)
{
    static char body[33 * 1024];
    memset(body, 'a', sizeof body);
    struct client_request r = { .method = "POST",
        .path = "/login",
        .body = body,
        .n = sizeof body,
        .type = "application/x-www-form-urlencoded" };
    ck_assert_int_eq(client_send(&c, &r), 413);
    check_secure("a body of 33 kB");
    ck_assert(client_shows(&c, "<html"));
}
END_TEST

/* What is wrong with the very first line is answered by the default server: without
 * TLS, as here, nginx does not know yet whom the request is for. */
START_TEST(an_address_over_the_limit_is_414)
{
    char path[9000];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    ck_assert_int_eq(client_get(&c, path), 414);
}
END_TEST

START_TEST(pages_are_not_kept_by_caches_and_say_their_type)
{
    struct person vendor;
    people_open(&stack);
    vendor = people_demo("vendor@demo.test");
    people_log_in(&c, &vendor);
    ck_assert_int_eq(client_get(&c, "/account"), 200);
    ck_assert_str_eq(client_header(&c, "Cache-Control"), "no-store");
    ck_assert_str_eq(client_header(&c, "Content-Type"), "text/html; charset=utf-8");
    ck_assert_int_eq(client_get(&c, "/account/x.css"), 404);
    people_close();
}
END_TEST

START_TEST(a_405_says_what_is_allowed)
{
    ck_assert_int_eq(client_post_bare(&c, "/terms", ""), 405);
    ck_assert_str_eq(client_header(&c, "Allow"), "GET, HEAD");
}
END_TEST

START_TEST(an_error_leads_back_to_where_one_was_on_this_site_only)
{
    const struct {
        const char *from;
        bool leads;
    } ways[] = {
        { arena_printf(c.arena, "Referer: %s/terms", stack.url), true },
        { "Referer: https://evil.example/terms", false },
        { arena_printf(c.arena, "Referer: %s//evil.example/terms", stack.url), false },
        { NULL, false },
    };
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct client_request r = { "GET", "/listings/99999999-x",
            .headers = { ways[i].from } };
        ck_assert_int_eq(client_send(&c, &r), 404);
        ck_assert_msg(client_shows(&c, "Back to where you were") == ways[i].leads, "%s",
            ways[i].from);
        ck_assert(!client_shows(&c, "evil.example"));
    }
}
END_TEST

START_TEST(head_and_304_have_no_body)
{
    ck_assert_int_eq(client_get(&c, "/terms"), 200);
    ck_assert_uint_gt(c.body.n, 0);
    ck_assert_int_eq(
        client_send(&c, &(struct client_request) { "HEAD", "/terms" }), 200);
    ck_assert_uint_eq(c.body.n, 0);
    ck_assert_int_eq(client_get(&c, "/static/css/prep.css"), 200);
    const char *since = arena_printf(
        c.arena, "If-Modified-Since: %s", client_header(&c, "Last-Modified"));
    ck_assert_int_eq(
        client_send(&c, &(struct client_request) { "GET", "/static/css/prep.css",
                            .headers = { since } }),
        304);
    ck_assert_uint_eq(c.body.n, 0);
}
END_TEST

START_TEST(nothing_but_the_site_is_served)
{
    static const char *const hidden[] = { "/.git/config", "/.git/HEAD", "/.env",
        "/.htaccess", "/static/.git/config", "/static/../prep.conf",
        "/static/%2e%2e/prep.conf", "/static/..%2fprep.conf",
        "/photos/..%2f..%2fprep.conf", "/photos/../prep.db", "/photos../prep.db",
        "/static../prep.conf", "/private/documents/../prep.db", "/prep.db",
        "/data/prep.db", "/prep.conf", "/secret.key", "/photos/../secret.key",
        "/sql/accounts.sql", "/templates/home.mustache", "/src/web/web.h", "/login~",
        "/login.bak", "/static/css/prep.css~", "/static/css/", "/static/", "/photos/",
        "/server-status", "/nginx_status", "/phpinfo.php", "/wp-login.php",
        "/metrics/../.env", "/photos/tmp/x", "/incoming/x",
        "/static/errors/../../dev" };
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        int status = client_get(&c, hidden[i]);
        ck_assert_msg(status == 404 || status == 403 || status == 400, "%s: %d",
            hidden[i], status);
        if (status != 400)
            check_secure(hidden[i]);
    }
}
END_TEST

START_TEST(a_folder_is_as_little_there_as_any_other_wrong_address)
{
    static const char *const folders[] = { "/static/", "/static/css", "/static/css/",
        "/static/errors", "/static/errors/", "/photos/" };
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        ck_assert_msg(client_get(&c, folders[i]) == 404, "%s", folders[i]);
        ck_assert_msg(client_shows(&c, "There is nothing here"), "%s", folders[i]);
        check_secure(folders[i]);
    }
    ck_assert_int_eq(client_get(&c, "/static/errors/404.html"), 200);
}
END_TEST

void http_headers(Suite *s)
{
    TCase *t = stack_tcase(s, "headers");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_loop_test(
        t, security_headers_stand_once_on_every_kind_of_answer, 0, COUNT_OF(asked));
    tcase_add_test(t, a_body_over_the_limit_is_413_with_all_headers);
    tcase_add_test(t, an_address_over_the_limit_is_414);
    tcase_add_test(t, pages_are_not_kept_by_caches_and_say_their_type);
    tcase_add_test(t, a_405_says_what_is_allowed);
    tcase_add_test(t, an_error_leads_back_to_where_one_was_on_this_site_only);
    tcase_add_test(t, head_and_304_have_no_body);
    tcase_add_test(t, nothing_but_the_site_is_served);
    tcase_add_test(t, a_folder_is_as_little_there_as_any_other_wrong_address);
}
