#include "domain/calendars.h"

#include "support/db.h"
#include "unit.h"
#include "util/text.h"

enum { DAY_S = 86400 };

static struct db_test t;
static int64_t vendor_id, host_id, kitchen_id;

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, host_id);
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* A booking that begins so many days from now. */
static void book(int64_t space_id, int days, const char *state)
{
    int64_t at = TEST_NOW_AT + days * DAY_S;
    int64_t id = make_booking(&t, space_id, vendor_id, at, at + 7200);
    db_test_exec(&t, "UPDATE bookings SET state = %Q, confirmed_at = 5 WHERE id = %lld",
        state, (long long)id);
}

static struct calendar_visit *visits(bool is_host, size_t *n)
{
    struct calendar_visit *rows;
    const struct calendar calendar = { is_host ? host_id : vendor_id, is_host };
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    ck_assert(calendars_visits(c, &calendar, TEST_NOW_AT - 30 * DAY_S,
                  TEST_NOW_AT + 366 * DAY_S, &rows, n) == OK);
    return rows;
}

START_TEST(confirmed_visits_of_the_span_are_in_it_in_order)
{
    static const int days[] = { 366, 365, -31, -30, 3 };
    size_t n;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        book(whole_space(&t, kitchen_id), days[i], "confirmed");
    book(whole_space(&t, kitchen_id), 10, "held");
    book(whole_space(&t, kitchen_id), 11, "canceled");
    book(whole_space(&t, kitchen_id), -2, "completed");
    for (int is_host = 0; is_host < 2; is_host++) {
        const struct calendar_visit *rows = visits(is_host, &n);
        ck_assert_uint_eq(n, 4);
        static const int expected[] = { -30, -2, 3, 365 };
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(rows[i].start_at, TEST_NOW_AT + expected[i] * DAY_S);
    }
}
END_TEST

START_TEST(a_station_is_named_and_the_whole_kitchen_is_not)
{
    size_t n;
    book(whole_space(&t, kitchen_id), 2, "confirmed");
    book(make_station(&t, kitchen_id, "Oven", 2000), 4, "confirmed");
    const struct calendar_visit *rows = visits(true, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(rows[0].title, "Test kitchen");
    ck_assert_str_eq(rows[1].title, "Test kitchen, Oven");
    ck_assert_str_eq(rows[0].place, "1 Main St, Austin, TX 78701");
}
END_TEST

START_TEST(staff_have_no_feed)
{
    const char *token;
    int64_t admin_id = make_user(&t, "admin");
    ck_assert(calendars_renew(db_test_begin(&t, DB_WRITE, admin_id)) == R_DENIED);
    ck_assert(calendars_token(db_test_begin(&t, DB_READ, admin_id), &token) == OK);
    ck_assert_ptr_null(token);
}
END_TEST

void unit_domain_calendars(Suite *s)
{
    TCase *tc = tcase_create("calendars");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, confirmed_visits_of_the_span_are_in_it_in_order);
    tcase_add_test(tc, a_station_is_named_and_the_whole_kitchen_is_not);
    tcase_add_test(tc, staff_have_no_feed);
    suite_add_tcase(s, tc);
}
