/* Every route of the table with ids that exist and forms that are filled in: for those
 * whose things they are not, nothing is there and nothing happens; nor does it without
 * the token of the form. Those whose they are get through with the same form. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "support/cash.h"
#include "support/kitchen.h"
#include "support/rows.h"
#include "support/things.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/routes.h"

/* A key is of one form. */
#define KEY(n) "idempotency_key=key-0123456789abcdef-" #n
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG X50 X50 X50 X50 X50
#define HOURS "date=2026-12-09&start=10%3A00&end=13%3A00"

static struct site *site;
static struct arena *a;
static struct things things;
static struct browser b;
static sqlite3 *watch; /* a connection that sees when another has written */
static int64_t before;

static const struct person {
    const char *email; /* NULL: nobody */
    unsigned who;
} owners[] = { { THINGS_VENDOR, VENDOR }, { THINGS_HOST, HOST },
    { "support@demo.test", SUPPORT }, { "admin@demo.test", ADMIN }, { NULL, 0 } },
  strangers[] = { { NULL, 0 }, { "vendor@demo.test", VENDOR },
      { "host2@demo.test", HOST }, { "support@demo.test", SUPPORT },
      { "admin@demo.test", ADMIN } };

/* Who is logged in; NULL: become() begins a new session. */
static const struct person *now;

static void open_site(void)
{
    site = site_fresh();
    a = arena_new(256 * 1024 * 1024);
    things_load(&things, site, a);
    browser_open(&b, site);
    const char *file = arena_printf(a, "%s/prep.db", site->app.conf.data_dir);
    ck_assert_int_eq(
        sqlite3_open_v2(file, &watch, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
}

static void close_site(void)
{
    sqlite3_close(watch);
    browser_close(&b);
    arena_free(a);
    site_gone(site);
}

/* Grows with every commit of somebody else that wrote anything. */
static int64_t version(void)
{
    sqlite3_stmt *row = rows_first(watch, "PRAGMA data_version");
    int64_t n = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return n;
}

/* A page of theirs with a form is open, and the database is as it is. */
static void become(const struct person *p)
{
    if (p != now) {
        before = version();
        b.cookie_count = 0;
        if (p->email != NULL) {
            browser_log_in_demo(&b, p->email);
            ck_assert_int_ne(version(), before); /* it sees what is written */
        }
    }
    now = p;
    browser_get(&b, p->email == NULL ? "/login" : "/account");
    before = version();
}

static void nothing_changed(const struct route *r, const char *who)
{
    ck_assert_msg(version() == before, "%s %s as %s has written something",
        http_method_name(r->key.method), r->key.pattern, who);
}

/* ---- what is sent ---- */

static const struct {
    const char *pattern, *fields;
    enum { NO_ID, PHOTO, STATION } id; /* goes behind the fields */
    const char *wrong;                 /* that come back; NULL: none at all */
} forms[] = {
    { "/signup", "role=vendor&full_name=Zoe&email=zoe%40demo.test&business_name=&phone="
                 "&password=seven+copper+kettles&accept_terms=1" },
    { "/login", "email=vendor%40demo.test&password=copper+kettle+seven" },
    { "/forgot-password", "email=vendor%40demo.test" },
    { "/account", "full_name=Zoe+Quist&business_name=Quist&phone=" },
    { "/account/password",
        "current=copper+kettle+seven&password=seven+copper+kettles" },
    { "/messages/:id", "body=Yes%2C+there+is.&" KEY(1) },
    { "/host/listings/:id/stations", "name=Second+corner&rate=20&capacity=2" },
    { "/host/listings/:id/stations/set", "space_id=", STATION },
    { "/host/listings/:id/availability", "open_1_0=08:00&close_1_0=20:00", NO_ID,
        "open_1_0=08:10&close_1_0=20:00" },
    { "/host/bookings/:id/decline", "reason=", NO_ID, "reason=" LONG },
    { "/host/listings/:id/availability/exceptions", "date=2026-12-24&kind=close" },
    { "/host/listings/:id/availability/remove", "day=20810&start_min=600" },
    { "/host/listings/:id/photos/move", "to=cover&photo_id=", PHOTO },
    { "/host/listings/:id/photos/describe", "alt=The+oven&photo_id=", PHOTO },
    { "/host/listings/:id/photos/remove", "photo_id=", PHOTO },
    { "/admin/documents/:id", "act=approve&reason=" },
    { "/admin/listings/:id", "act=suspend&reason=Mice&version=1" },
    { "/admin/users/:id", "act=restore&reason=Sorry" },
    { "/admin/payments/refunds/:id", "act=give_up&reason=Paid+in+cash" },
    { "/admin/payments/differences/:id", "reason=Looked+at+it" },
    { "/admin/disputes/:dispute", "text=They+were+there." },
    { "/listings/:id/book", HOURS "&guest_count=2&purpose=Rye+bread&" KEY(2) },
    { "/bookings/:id/cancel", "reason=Rain", NO_ID, "reason=" LONG },
    { "/admin/bookings/:id/refund", "amount=1&reason=Late&" KEY(3) },
};

/* The token in the mail of that kind. */
static const char *mailed(const char *kind)
{
    const char *token = cash_text(a, site,
        "SELECT substr(fields->>'$.link', instr(fields->>'$.link', 'token=') + 6)"
        " FROM outbox WHERE kind = %Q ORDER BY id DESC",
        kind);
    return token == NULL ? "none" : token;
}

static const char *fields_of(const char *pattern)
{
    if (text_is(pattern, "/verify"))
        return arena_printf(a, "token=%s", mailed("verify"));
    if (text_is(pattern, "/reset-password"))
        return arena_printf(
            a, "password=seven+copper+kettles&token=%s", mailed("reset"));
    if (text_is(pattern, "/host/listings/new"))
        return arena_printf(a, "%s&" KEY(4), kitchen_form);
    if (text_is(pattern, "/host/listings/:id/edit"))
        return arena_printf(a, "%s&version=%lld", kitchen_form,
            (long long)cash_int(site, "SELECT version FROM kitchens WHERE id = %lld",
                (long long)things.kitchen_id));
    const int64_t ids[] = { 0, things.photo_id, things.station_id };
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (text_is(pattern, forms[i].pattern))
            return forms[i].id == NO_ID ? forms[i].fields
                                        : arena_printf(a, "%s%lld", forms[i].fields,
                                              (long long)ids[forms[i].id]);
    return "";
}

/* What is not right in a form, so that it comes back. */
static const char *wrong_of(const char *pattern)
{
    if (text_is(pattern, "/reset-password"))
        return arena_printf(a, "password=short&token=%s", mailed("reset"));
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (text_is(pattern, forms[i].pattern) && forms[i].wrong != NULL)
            return forms[i].wrong;
    return "";
}

/* N files, which is one or none. */
static int upload(const char *path, size_t n)
{
    static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    static const char *const fields[] = { "kind", "health_permit", "number", "HP-4711",
        "authority", "Austin", "issued", "2026-01-15", "expires", "2027-01-14",
        "idempotency_key", "key-0123456789abcdef-0", NULL };
    bool paper = text_ends(path, "/documents");
    const struct browser_file file = { paper ? "document" : "photos",
        paper ? "permit.pdf" : "oven.png", 0, pdf, sizeof pdf - 1 };
    return browser_upload(&b, path, fields + (paper ? 0 : 12), &file, n);
}

/* With the token of the page that is open. */
static int ask(const struct route *r)
{
    const char *path = things_path(&things, r->key.pattern);
    if (r->key.method == HTTP_GET)
        return browser_get(&b, path);
    if (r->flags & ROUTE_UPLOAD)
        return upload(path, 1);
    return browser_post(&b, path, fields_of(r->key.pattern));
}

/* ---- tests ---- */

static void meet_nothing(const struct person *p)
{
    const char *who = p->email == NULL ? "nobody" : p->email;
    for (const struct route *r = routes; r->key.pattern != NULL; r++) {
        bool may = (r->who & p->who) != 0;
        bool named = strchr(r->key.pattern, ':') != NULL;
        if ((r->who & ANYONE) || (may && (!named || (p->who & STAFF))))
            continue; /* everybody's, one's own, or staff's */
        if (text_is(r->key.pattern, "/listings/:id/book") && p->who == VENDOR)
            continue; /* open to all vendors */
        become(p);
        int status = ask(r), expected = 404;
        if (p->email == NULL)
            expected = 303;
        else if (!may)
            expected = 403;
        ck_assert_msg(status == expected, "%s %s as %s: %d, not %d",
            http_method_name(r->key.method), r->key.pattern, who, status, expected);
        ck_assert(status != 303 || text_starts(b.location, "/login"));
        nothing_changed(r, who);
    }
}

START_TEST(a_thing_of_somebody_else_is_not_there_and_stays_as_it_is)
{
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        meet_nothing(&strangers[i]);
}
END_TEST

static void meet_ones_own(const struct person *p)
{
    for (const struct route *r = routes; r->key.pattern != NULL; r++) {
        if (r->key.method != HTTP_GET || !(r->who & p->who) ||
            strchr(r->key.pattern, ':') == NULL)
            continue;
        become(p);
        int status = ask(r);
        bool receipt = text_ends(r->key.pattern, "/receipt"); /* is the payer's */
        ck_assert_msg(status == (receipt && p->who == HOST ? 404 : 200), "%s as %s: %d",
            r->key.pattern, p->email, status);
        ck_assert_msg(b.queries <= r->queries, "%s as %s: %d queries, budget %d",
            r->key.pattern, p->email, b.queries, r->queries);
    }
}

START_TEST(a_thing_of_ones_own_is_there_within_its_budget)
{
    for (size_t i = 0; owners[i].email != NULL; i++)
        meet_ones_own(&owners[i]);
}
END_TEST

START_TEST(a_part_of_another_kitchen_is_not_there_from_ones_own)
{
    static const char *const patterns[] = { "stations/set", "photos/move",
        "photos/describe", "photos/remove" };
    struct things real = things;
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        const char *pattern = arena_printf(a, "/host/listings/:id/%s", patterns[i]);
        const struct route *r = routes;
        while (r->key.method != HTTP_POST || !text_is(r->key.pattern, pattern))
            r++;
        become(&strangers[2]);
        things.kitchen_id = cash_int(site,
            "SELECT k.id FROM kitchens k JOIN users u ON u.id = k.host_id"
            " WHERE u.email = %Q",
            strangers[2].email);
        int status = ask(r);
        ck_assert_msg(status == 404, "%s: %d", pattern, status);
        nothing_changed(r, strangers[2].email);
        things = real;
    }
}
END_TEST

START_TEST(a_station_of_another_kitchen_cannot_be_booked)
{
    int64_t other = cash_int(site,
        "SELECT id FROM kitchens WHERE host_id <> %lld"
        " AND state = 'active'",
        (long long)things.host_id);
    become(&owners[0]);
    int status =
        browser_post(&b, arena_printf(a, "/listings/%lld/book", (long long)other),
            arena_printf(a, "%s&space_id=%lld", fields_of("/listings/:id/book"),
                (long long)things.station_id));
    ck_assert_msg(status == 404 || status == 422, "%d", status);
    ck_assert_int_eq(version(), before);
}
END_TEST

/* Calls WORK with each form of the table as each of those who may send it. */
static void each_form(void (*work)(const struct route *r, const struct person *p))
{
    for (size_t i = 0; i < COUNT_OF(owners); i++)
        for (const struct route *r = routes; r->key.pattern != NULL; r++) {
            unsigned who = owners[i].email == NULL ? ANYONE : owners[i].who;
            if (r->key.method == HTTP_POST && (r->who & who))
                work(r, &owners[i]);
        }
}

static void expect(const struct route *r, const struct person *p, int status)
{
    const char *who = p->email == NULL ? "nobody" : p->email;
    ck_assert_msg(b.status == status, "POST %s as %s: %d, not %d", r->key.pattern, who,
        b.status, status);
    nothing_changed(r, who);
}

static void without_token(const struct route *r, const struct person *p)
{
    become(p);
    browser_post_bare(
        &b, things_path(&things, r->key.pattern), fields_of(r->key.pattern));
    expect(r, p, r->flags & ROUTE_RAW ? 400 : r->flags & ROUTE_UPLOAD ? 415 : 403);
}

START_TEST(a_form_without_its_token_changes_nothing)
{
    each_form(without_token);
}
END_TEST

static void with_anothers_token(const struct route *r, const struct person *p)
{
    static const char *lent; /* a page of somebody else */
    if (r->flags & ROUTE_RAW)
        return;
    if (lent == NULL) {
        become(&strangers[1]);
        lent = arena_strdup(a, b.answer);
    }
    become(p);
    free(b.answer);
    b.answer = strdup(lent);
    ask(r);
    expect(r, p, 403);
}

START_TEST(a_form_with_the_token_of_another_session_changes_nothing)
{
    each_form(with_anothers_token);
}
END_TEST

/* What keeps the tests above from being about forms that nobody could send. */
static void as_meant(const struct route *r, const struct person *p)
{
    static const int fine[] = { 200, 303, 409, 410, 422, 502 };
    const char *fields = fields_of(r->key.pattern);
    if (r->flags & ROUTE_RAW)
        return;
    for (int wrong = 1; wrong >= 0; wrong--) {
        now = NULL; /* the form before may have ended the session */
        become(p);
        if (!wrong)
            ask(r);
        else if (r->flags & ROUTE_UPLOAD)
            upload(things_path(&things, r->key.pattern), 0);
        else
            browser_post(
                &b, things_path(&things, r->key.pattern), wrong_of(r->key.pattern));
        size_t i = 0;
        while (i < COUNT_OF(fine) && b.status != fine[i])
            i++;
        bool no_account =
            b.status == 404 && text_starts(r->key.pattern, "/host/stripe/");
        bool only_looks = b.status == 403 && p->who == SUPPORT;
        ck_assert_msg(i < COUNT_OF(fine) || no_account || only_looks,
            "POST %s as %s: %d", r->key.pattern, p->email, b.status);
        if (*fields == '\0' && !(r->flags & ROUTE_UPLOAD))
            break; /* a button */
    }
}

START_TEST(a_form_of_ones_own_is_taken_or_comes_back)
{
    each_form(as_meant);
}
END_TEST

void page_strangers(Suite *s)
{
    TCase *t = tcase_create("strangers");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, open_site, close_site);
    tcase_add_test(t, a_thing_of_somebody_else_is_not_there_and_stays_as_it_is);
    tcase_add_test(t, a_thing_of_ones_own_is_there_within_its_budget);
    tcase_add_test(t, a_part_of_another_kitchen_is_not_there_from_ones_own);
    tcase_add_test(t, a_station_of_another_kitchen_cannot_be_booked);
    tcase_add_test(t, a_form_without_its_token_changes_nothing);
    tcase_add_test(t, a_form_with_the_token_of_another_session_changes_nothing);
    tcase_add_test(t, a_form_of_ones_own_is_taken_or_comes_back);
    suite_add_tcase(s, t);
}
