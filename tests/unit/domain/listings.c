#include "domain/listings.h"

#include <string.h>

#include "domain/audit.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;
static int64_t host_id, kitchen_id;

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    kitchen_id = make_kitchen(&t, host_id);
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* N more kitchens of the host, as the first one is. */
static void make_many(int64_t n)
{
    db_test_exec(&t,
        "INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, address, "
        "city,"
        " region, postal_code, lat, lng, cell, timezone, rate_cents, bookable,"
        " created_at, updated_at)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "%lld)"
        " SELECT host_id, state, title, slug, kitchen_type, address, city, region,"
        " postal_code, lat, lng, cell, timezone, rate_cents, bookable, 1, 1"
        " FROM n, kitchens WHERE id = %lld",
        (long long)n, (long long)kitchen_id);
}

/* The kitchen as it is, as a form would send it. */
static struct listing_input as_it_is(struct ctx *c)
{
    struct listing_input in = { 0 };
    ck_assert_int_eq(kitchens_get(c, kitchen_id, &in.k), OK);
    in.k.description = "";
    return in;
}

START_TEST(every_kitchen_of_a_host_is_refreshed_however_many_they_are)
{
    make_many(700);
    int64_t other = make_kitchen(&t, make_user(&t, "host"));
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(listings_refresh_host(c, host_id), OK);
    ck_assert_int_eq(db_commit(c->db), OK);
    db_test_end(&t);
    ck_assert_int_eq(db_test_int(&t,
                         "SELECT COUNT(*) FROM kitchens WHERE host_id = %lld"
                         " AND bookable = 1",
                         (long long)host_id),
        0);
    ck_assert_int_eq(db_test_int(&t, "SELECT bookable FROM kitchens WHERE id = %lld",
                         (long long)other),
        1);
}
END_TEST

START_TEST(a_host_has_two_hundred_kitchens_and_no_more)
{
    int64_t id;
    make_many(198);
    struct ctx *c = db_test_begin(&t, DB_WRITE, host_id);
    struct listing_input in = as_it_is(c);
    ck_assert_int_eq(listings_create(c, &in, &id), OK);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert_int_eq(listings_create(c, &in, &id), R_CONFLICT);
    ck_assert_ptr_nonnull(strstr(c->message, "200 kitchens"));
}
END_TEST

/* Saves IN; the note of its audit row. */
static const char *save(struct ctx *c, const struct listing_input *in, bool *moved)
{
    ck_assert_int_eq(listings_save(c, kitchen_id, in->k.version, in, moved), OK);
    struct audit_row *rows;
    size_t n;
    ck_assert_int_eq(audit_of(c, "kitchen", kitchen_id, 1, &rows, &n), OK);
    ck_assert_uint_eq(n, 1);
    return rows[0].detail;
}

START_TEST(what_is_saved_is_named_in_the_audit_trail_and_stays_active)
{
    bool moved;
    struct ctx *c = db_test_begin(&t, DB_WRITE, host_id);
    struct listing_input in = as_it_is(c);
    const struct equipment two = { 0, 2 };
    in.k.title = "Copper Pot";
    in.k.rate.n = 6000;
    in.k.instant_book = !in.k.instant_book;
    in.k.lat += 0.000001; /* as a form rounds it */
    in.equipment = &two;
    in.equipment_n = 1;
    ck_assert_str_eq(
        save(c, &in, &moved), "title, hourly_rate, booking_mode, equipment");
    ck_assert(!moved);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert_int_eq(kitchens_get(c, kitchen_id, &in.k), OK);
    ck_assert_str_eq(in.k.state, "active");
    ck_assert_str_eq(save(c, &in, &moved), "");
}
END_TEST

START_TEST(a_kitchen_that_moves_waits_for_approval_again)
{
    static const char *const names[] = { "address", "city", "state", "postal_code",
        "lat", "lng" };
    bool moved;
    struct ctx *c = db_test_begin(&t, DB_WRITE, host_id);
    struct listing_input in = as_it_is(c);
    const char **texts[] = { &in.k.address, &in.k.city, &in.k.region,
        &in.k.postal_code };
    double *degrees[] = { &in.k.lat, &in.k.lng };
    if (_i < 4)
        *texts[_i] = _i == 2 ? "NM" : "Elsewhere";
    else
        *degrees[_i - 4] += 0.01;
    ck_assert_str_eq(save(c, &in, &moved), names[_i]);
    ck_assert(moved);
    c = db_test_begin(&t, DB_READ, host_id);
    ck_assert_int_eq(kitchens_get(c, kitchen_id, &in.k), OK);
    ck_assert_str_eq(in.k.state, "pending_approval");
    ck_assert(!in.k.bookable);
}
END_TEST

START_TEST(a_draft_that_moves_stays_a_draft)
{
    bool moved;
    db_test_exec(&t, "UPDATE kitchens SET state = 'draft'");
    struct ctx *c = db_test_begin(&t, DB_WRITE, host_id);
    struct listing_input in = as_it_is(c);
    in.k.city = "Dallas";
    ck_assert_str_eq(save(c, &in, &moved), "city");
    ck_assert(!moved);
    c = db_test_begin(&t, DB_READ, host_id);
    ck_assert_int_eq(kitchens_get(c, kitchen_id, &in.k), OK);
    ck_assert_str_eq(in.k.state, "draft");
}
END_TEST

void unit_domain_listings(Suite *s)
{
    TCase *tc = tcase_create("listings");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, every_kitchen_of_a_host_is_refreshed_however_many_they_are);
    tcase_add_test(tc, a_host_has_two_hundred_kitchens_and_no_more);
    tcase_add_test(tc, what_is_saved_is_named_in_the_audit_trail_and_stays_active);
    tcase_add_loop_test(tc, a_kitchen_that_moves_waits_for_approval_again, 0, 6);
    tcase_add_test(tc, a_draft_that_moves_stays_a_draft);
    suite_add_tcase(s, tc);
}
