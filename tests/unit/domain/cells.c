/* What makes a double booking impossible, whoever asks and however he asks: the key. */
#include "domain/cells.h"

#include "support/holds.h"
#include "unit.h"

static struct db_test t;
static int64_t kitchen_id, whole_id, station_id, other_id, first_id, second_id;
static struct ctx *c;
static const struct slots morning = { 1994750, 1994758 };

static void set_up(void)
{
    db_test_open(&t);
    int64_t vendor_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, make_user(&t, "host"));
    whole_id = whole_space(&t, kitchen_id);
    station_id = make_station(&t, kitchen_id, "Pastry", 2000);
    other_id = make_station(&t, kitchen_id, "Grill", 2000);
    first_id = make_booking(&t, whole_id, vendor_id, thursday(540), thursday(541));
    second_id = make_booking(&t, whole_id, vendor_id, thursday(600), thursday(601));
    db_test_exec(&t, "DELETE FROM cells");
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static enum result take(int64_t booking_id, int64_t space_id, struct slots slots)
{
    return cells_take(c, booking_id, kitchen_id, space_id, space_id == whole_id, slots);
}

static struct slots shifted(int64_t by)
{
    return (struct slots) { morning.first + by, morning.end + by };
}

START_TEST(a_quarter_hour_is_taken_once)
{
    ck_assert(take(first_id, station_id, morning) == OK);
    ck_assert(take(second_id, station_id, morning) == R_CONFLICT);
    ck_assert(take(second_id, station_id, shifted(7)) == R_CONFLICT);
    ck_assert(take(second_id, station_id, shifted(-7)) == R_CONFLICT);
    ck_assert(take(second_id, station_id, shifted(8)) == OK);
    ck_assert(take(second_id, station_id, shifted(-8)) == OK);
}
END_TEST

START_TEST(the_whole_kitchen_and_a_station_exclude_each_other)
{
    ck_assert(take(first_id, station_id, morning) == OK);
    ck_assert(take(second_id, whole_id, morning) == R_CONFLICT);
    ck_assert(take(second_id, other_id, morning) == OK);
    ck_assert(cells_release(c, first_id) == OK);
    ck_assert(cells_release(c, second_id) == OK);
    ck_assert(take(first_id, whole_id, morning) == OK);
    ck_assert(take(second_id, station_id, shifted(3)) == R_CONFLICT);
    ck_assert(take(second_id, other_id, shifted(-3)) == R_CONFLICT);
    ck_assert(take(second_id, whole_id, morning) == R_CONFLICT);
}
END_TEST

START_TEST(what_is_refused_leaves_no_cell_behind)
{
    ck_assert(take(first_id, station_id, morning) == OK);
    ck_assert(take(second_id, station_id, shifted(4)) == R_CONFLICT);
    ck_assert(db_commit(c->db) == OK);
    ck_assert_int_eq(holds_cells(&t), morning.end - morning.first);
}
END_TEST

void unit_domain_cells(Suite *s)
{
    TCase *tc = tcase_create("cells");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_quarter_hour_is_taken_once);
    tcase_add_test(tc, the_whole_kitchen_and_a_station_exclude_each_other);
    tcase_add_test(tc, what_is_refused_leaves_no_cell_behind);
    suite_add_tcase(s, tc);
}
