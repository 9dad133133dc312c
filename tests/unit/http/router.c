#include "http/router.h"

#include <signal.h>

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

/* As the web floor has it: a row begins like a struct route_key and goes on. */
static const struct row {
    enum http_method method;
    const char *pattern;
    const char *label;
} rows[] = {
    { HTTP_GET, "/", "home" },
    { HTTP_GET, "/bookings", "bookings" },
    { HTTP_GET, "/bookings/:id", "booking" },
    { HTTP_GET, "/bookings/:id/cancel", "cancel page" },
    { HTTP_POST, "/bookings/:id/cancel", "cancel" },
    { HTTP_POST, "/bookings/:id/hold", "hold" },
    { HTTP_GET, "/host/listings/new", "new" },
    { HTTP_GET, "/host/listings/:id", "listing" },
    { HTTP_GET, "/host/listings/:id/spaces/:space_id", "space" },
    { HTTP_GET, "/listings/:id_slug", "kitchen" },
    { HTTP_GET, "/calendar/:token.ics", "calendar" },
    { HTTP_GET, "/calendar/:token", "calendar page" },
    { HTTP_GET, "/reset/:token/again", "again" },
    { HTTP_GET, "/reset/fixed/other", "other" },
    { HTTP_POST, "/stripe/webhook", "webhook" },
};

static const struct {
    int line;
    enum http_method method;
    const char *path;
    const char *label; /* NULL: 404; "GET, HEAD": 405 with that */
    const char *captures;
} cases[] = {
    { __LINE__, HTTP_GET, "/", "home", "" },
    { __LINE__, HTTP_HEAD, "/", "home", "" },
    { __LINE__, HTTP_GET, "/bookings", "bookings", "" },
    { __LINE__, HTTP_GET, "/bookings/", NULL, "" },
    { __LINE__, HTTP_GET, "//bookings", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings//", NULL, "" },
    { __LINE__, HTTP_GET, "/booking", NULL, "" },
    { __LINE__, HTTP_GET, "/bookingsx", NULL, "" },
    { __LINE__, HTTP_GET, "/Bookings", NULL, "" },
    { __LINE__, HTTP_GET, "bookings", NULL, "" },
    { __LINE__, HTTP_GET, "", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/7", "booking", "id=7:7 " },
    { __LINE__, HTTP_GET, "/bookings/123456789012345678", "booking",
        "id=123456789012345678:123456789012345678 " },
    { __LINE__, HTTP_GET, "/bookings/1234567890123456789", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/0", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/07", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/-7", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/7x", NULL, "" },
    { __LINE__, HTTP_GET, "/bookings/new", NULL, "" },
    { __LINE__, HTTP_POST, "/bookings/7/cancel", "cancel", "id=7:7 " },
    { __LINE__, HTTP_HEAD, "/bookings/7/cancel", "cancel page", "id=7:7 " },
    { __LINE__, HTTP_OTHER, "/bookings/7/cancel", "GET, HEAD, POST", "" },
    { __LINE__, HTTP_POST, "/bookings/7", "GET, HEAD", "" },
    { __LINE__, HTTP_GET, "/stripe/webhook", "POST", "" },
    { __LINE__, HTTP_HEAD, "/stripe/webhook", "POST", "" },
    { __LINE__, HTTP_OTHER, "/nowhere", NULL, "" },
    { __LINE__, HTTP_GET, "/host/listings", NULL, "" },
    { __LINE__, HTTP_GET, "/host/listings/new", "new", "" },
    { __LINE__, HTTP_GET, "/host/listings/12", "listing", "id=12:12 " },
    { __LINE__, HTTP_GET, "/host/listings/12/spaces/3", "space",
        "id=12:12 space_id=3:3 " },
    { __LINE__, HTTP_GET, "/host/listings/12/spaces/3/4/5/6/7/8/9/10", NULL, "" },
    { __LINE__, HTTP_GET, "/listings/5", "kitchen", "id_slug=5: " },
    { __LINE__, HTTP_GET, "/listings/5-bob-s-kitchen", "kitchen",
        "id_slug=5:bob-s-kitchen " },
    { __LINE__, HTTP_GET, "/listings/5-caf\xc3\xa9", "kitchen",
        "id_slug=5:caf\xc3\xa9 " },
    { __LINE__, HTTP_GET, "/listings/5-", NULL, "" },
    { __LINE__, HTTP_GET, "/listings/5bob", NULL, "" },
    { __LINE__, HTTP_GET, "/listings/bob", NULL, "" },
    { __LINE__, HTTP_GET, "/listings/-5", NULL, "" },
    { __LINE__, HTTP_GET, "/calendar/AbC_-9.ics", "calendar", "token=0:AbC_-9 " },
    { __LINE__, HTTP_GET, "/calendar/.ics", "calendar page", "token=0:.ics " },
    { __LINE__, HTTP_GET, "/calendar/x", "calendar page", "token=0:x " },
    { __LINE__, HTTP_GET, "/reset/fixed/again", "again", "token=0:fixed " },
    { __LINE__, HTTP_GET, "/reset/fixed/other", "other", "" },
    { __LINE__, HTTP_GET, "/account/x.css", NULL, "" },
};

START_TEST(match_finds_the_row_or_tells_404_from_405)
{
    struct arena *a = arena_new(256 * 1024);
    struct router *router = router_new(a, rows, COUNT_OF(rows), sizeof rows[0]);
    struct route_match m;
    enum route_result r = router_match(router, a, cases[_i].method, cases[_i].path, &m);
    const char *label = r == ROUTE_NONE     ? NULL
                        : r == ROUTE_METHOD ? m.allow
                                            : rows[m.route].label;
    const char *captures = "";
    for (size_t i = 0; i < m.n; i++)
        captures = arena_printf(a, "%s%s=%lld:%s ", captures, m.captures[i].name,
            (long long)m.captures[i].id, m.captures[i].text);
    bool same =
        cases[_i].label == NULL ? label == NULL : text_is(label, cases[_i].label);
    ck_assert_msg(same && text_is(captures, cases[_i].captures),
        "case at line %d: %s, %s", cases[_i].line, label == NULL ? "404" : label,
        captures);
    arena_free(a);
}
END_TEST

START_TEST(captures_are_had_by_name)
{
    struct arena *a = arena_new(256 * 1024);
    struct router *router = router_new(a, rows, COUNT_OF(rows), sizeof rows[0]);
    struct route_match m;
    ck_assert_int_eq(
        router_match(router, a, HTTP_GET, "/host/listings/12/spaces/3", &m),
        ROUTE_FOUND);
    ck_assert_int_eq(route_id(&m, "space_id"), 3);
    ck_assert_int_eq(route_id(&m, "id"), 12);
    ck_assert_str_eq(route_text(&m, "id"), "12");
    arena_free(a);
}
END_TEST

START_TEST(a_row_given_twice_is_a_bug)
{
    static const struct route_key twice[] = {
        { HTTP_GET, "/bookings/:id" },
        { HTTP_GET, "/bookings/:space_id" },
    };
    ck_assert_ptr_nonnull(router_new(arena_new(65536), twice, 2, sizeof twice[0]));
}
END_TEST

START_TEST(asking_for_a_capture_that_is_not_there_is_a_bug)
{
    struct route_match m = { 0 };
    ck_assert_int_eq(route_id(&m, "id"), 0);
}
END_TEST

void unit_http_router(Suite *s)
{
    TCase *t = tcase_create("router");
    tcase_add_loop_test(
        t, match_finds_the_row_or_tells_404_from_405, 0, COUNT_OF(cases));
    tcase_add_test(t, captures_are_had_by_name);
    tcase_add_test_raise_signal(t, a_row_given_twice_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(
        t, asking_for_a_capture_that_is_not_there_is_a_bug, SIGABRT);
    suite_add_tcase(s, t);
}
