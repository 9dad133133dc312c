/* Every form of the route table, sent wrongly in every way, by those who may send it:
 * each answer is a page with a status below 500 (fields.c sends one wrong field at a
 * time). And the log stays a log, whatever strangers write into it. */
#include "http.h"

#include <stdio.h>
#include <string.h>

#include "http/people.h"
#include "util/guard.h"
#include "util/json.h"
#include "util/text.h"
#include "web/routes.h"

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

/* ---- every form ---- */

static const struct {
    unsigned bit;
    const char *email;
} senders[] = {
    { VENDOR, "vendor@demo.test" },
    { HOST, "host@demo.test" },
    { ADMIN, "admin@demo.test" },
};

/* Names that the forms here have, and some that none has. */
static const char *const names[] = { "email", "password", "full_name", "title", "date",
    "start", "end", "guest_count", "text", "act", "reason", "kind", "idempotency_key",
    "version", "next", "rate", "token", "role", "status", "price", "host_id" };

static const char *const values[] = { "", "%00", "a%00b", "%ff%fe", "%c0%af",
    "%ed%a0%80", "%e2%80%aeevil", "-1", "0", "1e9", "0.1", "NaN", "9223372036854775807",
    "99999999999999999999", "%27%3B--", "%3Cscript%3E", "%7B%7B%7Bx%7D%7D%7D",
    "9999-99-99", "2026-02-30", "25:61", "%0d%0aX-Evil:%20a" };

static const char *all_names_with(const char *value)
{
    const char *body = "";
    for (size_t i = 0; i < COUNT_OF(names); i++)
        body = arena_printf(c.arena, "%s%s=%s&", body, names[i], value);
    return body;
}

static const char *many_fields(int n)
{
    struct buf body;
    buf_init(&body, 65536);
    for (int i = 0; i < n; i++)
        buf_printf(&body, "f%d&", i);
    const char *all = arena_strdup(c.arena, body.at);
    buf_free(&body);
    return all;
}

static const char *concrete(const char *pattern)
{
    char path[256];
    size_t n = 0;
    for (const char *p = pattern; *p != '\0' && n + 2 < sizeof path;) {
        path[n++] = *p == ':' ? '1' : *p;
        if (*p == ':')
            p += strcspn(p, "/.");
        else
            p++;
    }
    return arena_strndup(c.arena, path, n);
}

static void send_as(
    const struct person *p, const char *path, const char *body, int at_least)
{
    client_post_bare(&c, path, arena_printf(c.arena, "%scsrf=%s", body, p->csrf));
    ck_assert_msg(c.status >= at_least && c.status < 500, "%s with %.60s: %d", path,
        body, c.status);
    ck_assert_msg(c.status < 400 || client_header(&c, "Content-Type") != NULL,
        "%s with %.60s: nothing said", path, body);
    ck_assert_msg(c.status < 400 || c.body.n > 20, "%s with %.60s: %d %s", path, body,
        c.status, c.body.at);
}

/* Buttons that are pressed, whatever comes with them. */
static bool takes_no_field(const char *path)
{
    return text_is(path, "/notices/read") || text_is(path, "/account/sessions") ||
           text_is(path, "/account/calendar");
}

/* With names that no form has: refused, and nothing changes. */
static void send_unknown(const char *path, const struct person *p)
{
    const char *before = people_snapshot(c.arena);
    for (size_t v = 0; v < COUNT_OF(values); v++)
        send_as(p, path, all_names_with(values[v]), 400);
    send_as(p, path, many_fields(255), 400);
    send_as(p, path, many_fields(5000), 400);
    const char *changed = people_changes(c.arena, before);
    ck_assert_msg(*changed == '\0', "%s changed%s", path, changed);
}

static void send_all(const struct route *route, const char *email)
{
    static const char *const odd[] = { "", "a=1;b=2&", "email[]=x&email[0]=y&",
        "email=a&email=b&", "date=2026-12-01&date=2026-12-02&", "%zz=1&", "a=%&", "=x&",
        "&&&&", "a=%u0041&" };
    const char *path = concrete(route->key.pattern);
    struct person p = people_demo(email);
    people_log_in(&c, &p);
    if (!takes_no_field(path))
        send_unknown(path, &p);
    for (size_t i = 0; i < COUNT_OF(odd); i++) { /* some are right without a field */
        p = people_demo(email);
        people_log_in(&c, &p);
        send_as(&p, path, odd[i], 300);
    }
}

/* Stripe's side is not part of this: those would call it. Uploads: uploads.c. */
static bool is_plain_form(const struct route *r)
{
    return r->key.method == HTTP_POST && (r->flags & (ROUTE_UPLOAD | ROUTE_RAW)) == 0 &&
           !text_starts(r->key.pattern, "/host/stripe/") &&
           !text_is(r->key.pattern, "/logout");
}

START_TEST(every_form_answers_nonsense_with_a_page_below_500)
{
    int sent = 0;
    for (const struct route *r = routes; r->key.pattern != NULL; r++)
        if (is_plain_form(r) && r->who & (senders[_i].bit | ANYONE)) {
            send_all(r, senders[_i].email);
            sent++;
        }
    ck_assert_int_gt(sent, 3);
}
END_TEST

/* The search and a kitchen's quote, with numbers and days that nobody means. */
static const char *const asks[] = { "where=Austin&radius_mi=", "where=Austin&date=",
    "where=Austin&date=2027-01-04&start=",
    "where=Austin&date=2027-01-04&start=08:00&end=", "where=Austin&hours=",
    "where=Austin&max_price_cents=", "where=Austin&equipment=", "where=Austin&sort=",
    "where=Austin&page=", "where=Austin&q=", "where=", "q=",
    "start=08:00&end=12:00&date=", "date=2027-01-04&end=12:00&start=",
    "date=2027-01-04&start=08:00&end=", "month=", "before=", "space_id=",
    "guest_count=" };
static const char *const oddities[] = { "", "0", "-1", "1e9", "0.001", "NaN", "inf",
    "9223372036854775807", "9223372036854775808", "9999-12-31", "0000-00-00",
    "2027-02-30", "99:99", "24:00", "90,180", "91,181", "0,0", "-90,-180",
    "30.26,-97.74", "a*", "%22", "%22a%22+OR+%22b", "a+AND+NOT", "%28%28%28",
    "NEAR%28a+b%29", "col:x", "%25%27", "%E2%80%AE" };
static const struct {
    const char *path, *email;
} asked_pages[] = { { "/search", NULL }, { "/listings/1-oak", NULL },
    { "/host/calendar", "host@demo.test" }, { "/host/earnings", "host@demo.test" },
    { "/bookings", "vendor@demo.test" }, { "/admin/users", "admin@demo.test" },
    { "/admin/audit", "admin@demo.test" } };

START_TEST(absurd_days_prices_and_distances_have_their_page)
{
    if (asked_pages[_i].email != NULL) {
        struct person p = people_demo(asked_pages[_i].email);
        people_log_in(&c, &p);
    }
    for (size_t a = 0; a < COUNT_OF(asks); a++)
        for (size_t o = 0; o < COUNT_OF(oddities); o++) {
            const char *path = arena_printf(
                c.arena, "%s?%s%s", asked_pages[_i].path, asks[a], oddities[o]);
            int status = client_get(&c, path);
            ck_assert_msg(status >= 200 && status < 500, "%s: %d", path, status);
        }
}
END_TEST

START_TEST(a_form_of_a_megabyte_is_413_and_a_missing_type_415)
{
    size_t n = 1024 * 1024;
    char *body = arena_alloc(c.arena, n + 1);
    memset(body, 'a', n);
    ck_assert_int_eq(client_post_bare(&c, "/signup", body), 413);
    ck_assert_int_eq(client_send(&c, &(struct client_request) { "POST", "/signup",
                                         "text/xml", "<a/>", 4 }),
        415);
}
END_TEST

START_TEST(what_was_typed_stays_and_the_field_says_what_is_wrong)
{
    client_get(&c, "/signup");
    ck_assert_int_eq(
        client_post(&c, "/signup",
            "role=vendor&full_name=%3Cb%3EJo%3C%2Fb%3E&email=no&password=copper+kettle"
            "+nine&business_name=&phone="),
        422);
    ck_assert(client_shows(&c, "value=\"&lt;b&gt;Jo&lt;/b&gt;\""));
    ck_assert(client_shows(&c, "f-email-error"));
    ck_assert(!client_shows(&c, "copper kettle nine"));
}
END_TEST

START_TEST(a_field_that_the_form_does_not_have_is_refused)
{
    struct person p = people_add("vendor");
    people_log_in(&c, &p);
    client_get(&c, "/account");
    ck_assert_int_eq(
        client_post(&c, "/account",
            "full_name=Eve&business_name=&phone=&role=admin&status=approved&host_id=2"),
        422);
    ck_assert_str_eq(
        people_text(c.arena, "SELECT role || full_name FROM users WHERE id = %lld",
            (long long)p.id),
        "vendorTest Person");
}
END_TEST

START_TEST(templates_in_data_are_shown_as_they_are)
{
    struct person p = people_add("vendor");
    people_log_in(&c, &p);
    client_get(&c, "/account");
    ck_assert_int_eq(
        client_post(&c, "/account",
            "full_name=%7B%7B%7Bsecret%7D%7D%7D%7B%7B%3Elayout%7D%7D&phone="
            "&business_name=%7B%7B%3D%3C%25+%25%3E%3D%7D%7D"),
        303);
    ck_assert_int_eq(client_get(&c, "/account"), 200);
    ck_assert(client_shows(&c, "{{{secret}}}{{&gt;layout}}"));
    ck_assert(client_shows(&c, "{{=&lt;% %&gt;=}}"));
}
END_TEST

/* ---- the log
 * ------------------------------------------------------------------------------------
 */

START_TEST(nobody_can_write_a_line_of_the_log)
{
    int64_t before = stack_log_length(&stack);
    struct client_request r = { .method = "GET",
        .path = "/%22%7D%7B%22level%22:%22error%22,%22event%22:%22forged%22%7D",
        .headers = {
            "User-Agent: \"}\\n{\"level\":\"error\",\"event\":\"forged\"}\xff\xfe",
            "X-Request-Id: forged\"id", "Referer: \"},{\"event\":\"forged\"" } };
    ck_assert_int_eq(client_send(&c, &r), 404);
    r.path = "/login%0a%7B%22event%22:%22forged%22%7D";
    ck_assert_int_eq(client_send(&c, &r), 400);
    client_get(&c, "/signup");
    ck_assert_int_eq(
        client_post(&c, "/signup",
            "role=vendor&full_name=%22%7D%0a%7B%22event%22%3A%22forged%22%7D&phone="
            "&business_name=&email=log%40http.test&password=copper+kettle+nine"
            "&accept_terms=1"),
        422);
    struct buf log;
    buf_init(&log, 16 * 1024 * 1024);
    stack_log_read(&stack, before, &log);
    ck_assert_ptr_null(strstr(log.at, "\"event\":\"forged\""));
    ck_assert_ptr_null(strstr(log.at, "\"id\":\"forged"));
    buf_free(&log);
}
END_TEST

START_TEST(the_logged_address_is_the_socket_s_whatever_a_header_says)
{
    int64_t before = stack_log_length(&stack);
    struct client_request r = { .method = "GET",
        .path = "/terms?from=nowhere",
        .headers = { "X-Forwarded-For: 203.0.113.9", "X-Real-IP: 203.0.113.9",
            "Forwarded: for=203.0.113.9", "Client-IP: 203.0.113.9" } };
    ck_assert_int_eq(client_send(&c, &r), 200);
    struct buf log;
    buf_init(&log, 1024 * 1024);
    stack_log_read(&stack, before, &log);
    ck_assert_ptr_nonnull(strstr(log.at, "\"address\":\"127.0.0.1\""));
    ck_assert_ptr_null(strstr(log.at, "203.0.113"));
    buf_free(&log);
}
END_TEST

START_TEST(a_session_keeps_the_address_that_it_was_opened_from)
{
    client_get(&c, "/login");
    const char *body = arena_printf(c.arena,
        "email=vendor2%%40demo.test&password=copper+kettle+seven&next=&csrf=%s",
        client_csrf(&c));
    struct client_request r = { "POST", "/login", "application/x-www-form-urlencoded",
        body, strlen(body), { "X-Forwarded-For: 203.0.113.9" } };
    ck_assert_int_eq(client_send(&c, &r), 303);
    ck_assert_int_eq(
        people_int("SELECT COUNT(*) FROM sessions WHERE address LIKE '203.0.113%%'"),
        0);
}
END_TEST

void http_forms(Suite *s)
{
    TCase *t = stack_tcase(s, "forms");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_loop_test(
        t, every_form_answers_nonsense_with_a_page_below_500, 0, COUNT_OF(senders));
    tcase_add_loop_test(
        t, absurd_days_prices_and_distances_have_their_page, 0, COUNT_OF(asked_pages));
    tcase_add_test(t, a_form_of_a_megabyte_is_413_and_a_missing_type_415);
    tcase_add_test(t, what_was_typed_stays_and_the_field_says_what_is_wrong);
    tcase_add_test(t, a_field_that_the_form_does_not_have_is_refused);
    tcase_add_test(t, templates_in_data_are_shown_as_they_are);
    tcase_add_test(t, nobody_can_write_a_line_of_the_log);
    tcase_add_test(t, the_logged_address_is_the_socket_s_whatever_a_header_says);
    tcase_add_test(t, a_session_keeps_the_address_that_it_was_opened_from);
}
