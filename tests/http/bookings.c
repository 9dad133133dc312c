/* The post that books, sent wrongly, twice, too late, or for somebody else's things.
 * (Many at once: races.c.) */
#include "http.h"

#include <stdio.h>
#include <string.h>

#include "http/wish.h"
#include "util/guard.h"
#include "util/text.h"

enum { DAY = 260 }; /* from today: behind those of races.c */

static struct client c;
static struct person vendor;
static int64_t kitchen_id;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
    vendor = people_add("vendor");
    people_log_in(&c, &vendor);
    kitchen_id = wish_kitchen();
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

static int64_t bookings(void)
{
    return people_int("SELECT COUNT(*) FROM bookings");
}

static int book(const struct wish *w)
{
    return client_post_bare(
        &c, wish_path(c.arena, w), wish_fields(c.arena, &vendor, w));
}

/* ---- twice, and too late ---- */

START_TEST(the_same_post_again_has_the_same_answer_and_books_nothing_more)
{
    struct wish w = { kitchen_id, 0, DAY, "08:00", "12:00", "twice-the-same-key" };
    ck_assert_int_eq(book(&w), 303);
    ck_assert(text_starts(c.location, "/checkout/"));
    const char *location = c.location;
    int64_t before = bookings();
    ck_assert_int_eq(book(&w), 303);
    ck_assert_str_eq(c.location, location);
    ck_assert_int_eq(bookings(), before);
}
END_TEST

START_TEST(the_same_key_for_another_post_is_422_and_books_nothing)
{
    struct wish w = { kitchen_id, 0, DAY + 1, "08:00", "12:00", "one-key-two-bodies" };
    ck_assert_int_eq(book(&w), 303);
    int64_t before = bookings();
    w.end = "13:00";
    ck_assert_int_eq(book(&w), 422);
    ck_assert_int_eq(bookings(), before);
}
END_TEST

START_TEST(somebody_elses_same_key_is_a_key_of_its_own)
{
    struct wish w = { kitchen_id, 0, DAY + 2, "08:00", "12:00", "a-key-of-two-people" };
    ck_assert_int_eq(book(&w), 303);
    vendor = people_add("vendor");
    people_log_in(&c, &vendor);
    w.start = "16:00";
    w.end = "20:00";
    ck_assert_int_eq(book(&w), 303);
}
END_TEST

START_TEST(what_is_taken_is_409_with_what_is_free_instead)
{
    struct wish w = { kitchen_id, 0, DAY + 3, "08:00", "12:00", "who-comes-first-00" };
    ck_assert_int_eq(book(&w), 303);
    vendor = people_add("vendor");
    people_log_in(&c, &vendor);
    w.start = "10:00";
    w.end = "14:00";
    w.key = "who-comes-second-0";
    ck_assert_int_eq(book(&w), 409);
    ck_assert(client_shows(&c, "PC-AVAIL-409"));
    ck_assert(client_shows(
        &c, arena_printf(c.arena, "href=\"/listings/%lld-", (long long)kitchen_id)));
    ck_assert(client_shows(&c, " all in"));
}
END_TEST

START_TEST(a_form_from_a_session_that_has_ended_leads_to_the_login)
{
    struct wish w = { kitchen_id, 0, DAY + 4, "08:00", "12:00", "after-the-logout-0" };
    const char *fields = wish_fields(c.arena, &vendor, &w);
    ck_assert_int_eq(
        client_post_bare(&c, "/logout", arena_printf(c.arena, "csrf=%s", vendor.csrf)),
        303);
    int64_t before = bookings();
    ck_assert_int_eq(client_post_bare(&c, wish_path(c.arena, &w), fields), 303);
    ck_assert(text_starts(c.location, "/login"));
    ck_assert_int_eq(bookings(), before);
}
END_TEST

/* ---- absurd ---- */

static const struct absurd {
    const char *name, *date, *start, *end, *rest; /* date NULL: a good one */
} absurd[] = {
    { "in the past", "2020-01-06", "08:00", "12:00", "guest_count=1" },
    { "before time began", "0000-00-00", "08:00", "12:00", "guest_count=1" },
    { "in the year 9999", "9999-12-31", "08:00", "12:00", "guest_count=1" },
    { "30 February", "2027-02-30", "08:00", "12:00", "guest_count=1" },
    { "no day", "", "08:00", "12:00", "guest_count=1" },
    { "an hour that is none", NULL, "25:00", "26:00", "guest_count=1" },
    { "no length", NULL, "08:00", "08:00", "guest_count=1" },
    { "too short", NULL, "08:00", "08:30", "guest_count=1" },
    { "off the grid", NULL, "08:07", "12:07", "guest_count=1" },
    { "when it is closed", NULL, "00:00", "05:00", "guest_count=1" },
    { "backwards", NULL, "12:00", "08:00", "guest_count=1" },
    { "nobody", NULL, "08:00", "12:00", "guest_count=0" },
    { "fewer than nobody", NULL, "08:00", "12:00", "guest_count=-1" },
    { "a crowd", NULL, "08:00", "12:00", "guest_count=1000000000" },
    { "half a person", NULL, "08:00", "12:00", "guest_count=0.5" },
    { "somebody else's space", NULL, "08:00", "12:00", "guest_count=1&space_id=1" },
    { "a space that is none", NULL, "08:00", "12:00", "guest_count=1&space_id=-1" },
    { "a price of one's own", NULL, "08:00", "12:00", "guest_count=1&total_cents=1" },
    { "a state of one's own", NULL, "08:00", "12:00", "guest_count=1&state=confirmed" },
    { "a vendor of one's own", NULL, "08:00", "12:00", "guest_count=1&vendor_id=1" },
};

START_TEST(an_absurd_wish_is_refused_and_books_nothing)
{
    const struct absurd *w = &absurd[_i];
    const char *good =
        strstr(wish_fields(c.arena, &vendor,
                   &(struct wish) { kitchen_id, 0, DAY + 5, "", "", "" }),
            "date=");
    const char *date = w->date != NULL ? w->date : arena_strndup(c.arena, good + 5, 10);
    int64_t before = bookings();
    const char *path =
        arena_printf(c.arena, "/listings/%lld/book", (long long)kitchen_id);
    int status = client_post_bare(&c, path,
        arena_printf(c.arena,
            "csrf=%s&idempotency_key=an-absurd-wish-%02d&date=%s&start=%s&end=%s&%s%s&"
            "purpose="
            "&special_requests=",
            vendor.csrf, _i, date, w->start, w->end,
            strstr(w->rest, "space_id") == NULL ? "space_id=&" : "", w->rest));
    ck_assert_msg(
        status == 422 || status == 409 || status == 404, "%s: %d", w->name, status);
    ck_assert_int_eq(bookings(), before);
}
END_TEST

/* ---- somebody else's ---- */

START_TEST(a_listing_that_is_not_public_cannot_be_booked)
{
    int64_t draft = people_int("SELECT id FROM kitchens WHERE state = 'draft'");
    ck_assert_int_gt(draft, 0);
    int64_t before = bookings();
    ck_assert_int_eq(
        book(&(struct wish) { draft, 0, DAY, "08:00", "12:00", "a-draft-of-others" }),
        404);
    ck_assert_int_eq(
        book(&(struct wish) { 999999, 0, DAY, "08:00", "12:00", "no-such-kitchen-00" }),
        404);
    ck_assert_int_eq(bookings(), before);
}
END_TEST

START_TEST(who_has_not_confirmed_the_address_or_is_a_host_cannot_book)
{
    struct wish w = { kitchen_id, 0, DAY + 6, "08:00", "12:00",
        "not-for-those-people" };
    client_forget(&c);
    client_get(&c, "/signup");
    client_post(&c, "/signup",
        "role=vendor&full_name=Una&business_name=&phone=&accept_terms=1&email=una%"
        "40http.test"
        "&password=copper+kettle+nine");
    int64_t before = bookings();
    vendor = people_demo("una@http.test");
    people_log_in(&c, &vendor);
    ck_assert_int_eq(book(&w), 403);
    vendor = people_demo("host@demo.test");
    people_log_in(&c, &vendor);
    ck_assert_int_eq(book(&w), 403);
    ck_assert_int_eq(bookings(), before);
}
END_TEST

START_TEST(another_ones_booking_and_checkout_are_404_to_see_and_to_change)
{
    static const struct {
        const char *before, *after;
        bool post;
    } places[] = { { "/bookings/", "", false },
        { "/bookings/", "/calendar.ics", false }, { "/checkout/", "", false },
        { "/checkout/", "/return", false }, { "/checkout/", "/intent", true },
        { "/checkout/", "/hosted", true }, { "/checkout/", "/check", true },
        { "/checkout/", "/cancel", true } };
    struct wish w = { kitchen_id, 0, DAY + 7, "08:00", "12:00", "mine-and-not-yours" };
    ck_assert_int_eq(book(&w), 303);
    const char *id = c.location + strlen("/checkout/");
    vendor = people_add("vendor");
    people_log_in(&c, &vendor);
    const char *before = people_snapshot(c.arena);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *path =
            arena_printf(c.arena, "%s%s%s", places[i].before, id, places[i].after);
        if (places[i].post)
            client_post_bare(&c, path, arena_printf(c.arena, "csrf=%s", vendor.csrf));
        else
            client_get(&c, path);
        ck_assert_msg(c.status == 404, "%s: %d", path, c.status);
    }
    ck_assert_str_eq(people_changes(c.arena, before), "");
}
END_TEST

void http_bookings(Suite *s)
{
    TCase *t = stack_tcase(s, "bookings");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, the_same_post_again_has_the_same_answer_and_books_nothing_more);
    tcase_add_test(t, the_same_key_for_another_post_is_422_and_books_nothing);
    tcase_add_test(t, somebody_elses_same_key_is_a_key_of_its_own);
    tcase_add_test(t, what_is_taken_is_409_with_what_is_free_instead);
    tcase_add_test(t, a_form_from_a_session_that_has_ended_leads_to_the_login);
    tcase_add_loop_test(
        t, an_absurd_wish_is_refused_and_books_nothing, 0, COUNT_OF(absurd));
    tcase_add_test(t, a_listing_that_is_not_public_cannot_be_booked);
    tcase_add_test(t, who_has_not_confirmed_the_address_or_is_a_host_cannot_book);
    tcase_add_test(t, another_ones_booking_and_checkout_are_404_to_see_and_to_change);
}
