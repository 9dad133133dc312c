#include "domain/squares.h"

#include <math.h>
#include <stdbool.h>

#include "domain/places.h"
#include "unit.h"
#include "util/guard.h"

enum { RANGES = 2000 };
static struct cell_range ranges[RANGES];

static bool within(size_t n, int64_t cell)
{
    for (size_t i = 0; i < n; i++)
        if (cell >= ranges[i].first && cell <= ranges[i].last)
            return true;
    return false;
}

static uint64_t state = 5;

static double dice(double from, double to)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return from + (to - from) * (double)(state >> 11) / 9007199254740992.0;
}

/* By taking row and column apart bit by bit. */
START_TEST(a_cell_has_the_bits_of_row_and_column_in_turn)
{
    ck_assert_int_eq(squares_cell(-90, -180), 0);
    ck_assert_int_eq(squares_cell(90, 180), (INT64_C(1) << 35) - 1);
    for (int i = 0; i < 1000; i++) {
        double lat = dice(-90, 90), lng = dice(-180, 180);
        int64_t row = (int64_t)floor((lat + 90) * 262144 / 360), cell = 0;
        int64_t column = (int64_t)floor((lng + 180) * 262144 / 360);
        for (int bit = 0; bit < 18; bit++) {
            cell |= (column >> bit & 1) << 2 * bit;
            cell |= (row >> bit & 1) << (2 * bit + 1);
        }
        ck_assert_int_eq(squares_cell(lat, lng), cell);
    }
}
END_TEST

/* The promise that the nearest-first walk rests on. */
START_TEST(all_within_the_promised_distance_lies_in_the_ranges)
{
    int looked = 0;
    for (int i = 0; i < 300; i++) {
        double lat = dice(-72, 72), lng = dice(-178, 178);
        int64_t size = (int64_t[]) { 1, 8, 64 }[i % 3], reach = i % 5;
        struct square_box box = squares_box(lat, lng, size, reach);
        double inside_mi = squares_inside_mi(&box, lat, lng);
        size_t n = squares_ranges(&box, ranges, RANGES);
        for (int j = 0; j < 200; j++) {
            double y = lat + dice(-1, 1) * squares_north(inside_mi);
            double x = lng + dice(-1, 1) * squares_east(lat, inside_mi);
            if (places_distance_mi(lat, lng, y, x) >= inside_mi * 0.9999)
                continue;
            ck_assert(within(n, squares_cell(y, x)));
            looked++;
        }
    }
    ck_assert_int_gt(looked, 40000);
}
END_TEST

/* The same of a circle, at any latitude; and it is no more than the circle's box. */
START_TEST(all_within_a_circle_lies_in_its_ranges)
{
    int looked = 0;
    for (int i = 0; i < 600; i++) {
        double lat = i % 20 == 0 ? dice(-90, 90) : dice(-72, 72), lng = dice(-150, 150);
        int64_t size = (int64_t[]) { 1, 8, 64 }[i % 3];
        double mi = dice(0.01, 0.5) * (double)size;
        struct square_box box = squares_round(lat, lng, size, mi);
        ck_assert_double_ge(squares_inside_mi(&box, lat, lng), mi);
        ck_assert_double_le((double)(box.north - box.south + 1),
            2 * squares_north(mi) * 262144 / 360 + 2 * (double)size);
        ck_assert_double_le((double)(box.east - box.west + 1),
            2 * squares_east(lat, mi) * 262144 / 360 + 2 * (double)size);
        if (squares_count(&box) > RANGES)
            continue;
        size_t n = squares_ranges(&box, ranges, RANGES);
        ck_assert_int_le((int64_t)n, squares_count(&box));
        for (int j = 0; j < 400; j++) {
            double y = lat + dice(-1, 1) * squares_north(mi);
            double x = lng + dice(-1, 1) * squares_east(lat, mi);
            if (y < -90 || y > 90 || x < -180 || x > 180 ||
                places_distance_mi(lat, lng, y, x) > mi)
                continue;
            ck_assert(within(n, squares_cell(y, x)));
            looked++;
        }
    }
    ck_assert_int_gt(looked, 150000);
}
END_TEST

START_TEST(ranges_hold_the_box_and_nothing_else)
{
    for (int i = 0; i < 40; i++) {
        double lat = dice(20, 60), lng = dice(-130, -60);
        struct square_box box =
            squares_box(lat, lng, (int64_t[]) { 1, 8, 64 }[i % 3], i % 4);
        size_t n = squares_ranges(&box, ranges, RANGES);
        int64_t cells = 0;
        for (size_t j = 0; j < n; j++) {
            cells += ranges[j].last - ranges[j].first + 1;
            ck_assert(j == 0 || ranges[j].first > ranges[j - 1].last + 1);
        }
        ck_assert_int_eq(
            cells, (box.north - box.south + 1) * (box.east - box.west + 1));
        ck_assert(within(n, squares_cell(lat, lng)));
    }
}
END_TEST

START_TEST(the_reach_for_a_radius_covers_it)
{
    for (int i = 0; i < 300; i++) {
        double lat = dice(-70, 70), lng = dice(-170, 170), radius_mi = dice(1, 100);
        int64_t size = i % 2 == 0 ? 64 : 512;
        struct square_box box =
            squares_box(lat, lng, size, squares_reach(size, radius_mi));
        ck_assert_msg(squares_inside_mi(&box, lat, lng) >= radius_mi, "%f %f: %f of %f",
            lat, lng, squares_inside_mi(&box, lat, lng), radius_mi);
    }
}
END_TEST

START_TEST(the_edges_of_the_world_do_no_harm)
{
    static const double points[][2] = { { 90, 180 }, { -90, -180 }, { 0, 180 },
        { 90, 0 } };
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        struct square_box box = squares_box(points[i][0], points[i][1], 64, 1);
        size_t n = squares_ranges(&box, ranges, RANGES);
        ck_assert(within(n, squares_cell(points[i][0], points[i][1])));
        for (size_t j = 0; j < n; j++) {
            ck_assert_int_ge(ranges[j].first, 0);
            ck_assert_int_lt(ranges[j].last, INT64_C(1) << 35);
        }
        double inside_mi = squares_inside_mi(&box, points[i][0], points[i][1]);
        ck_assert(isfinite(inside_mi) && inside_mi >= (points[i][0] == 0 ? 6 : 0));
    }
}
END_TEST

void unit_domain_squares(Suite *s)
{
    TCase *t = tcase_create("squares");
    tcase_add_test(t, a_cell_has_the_bits_of_row_and_column_in_turn);
    tcase_add_test(t, all_within_the_promised_distance_lies_in_the_ranges);
    tcase_add_test(t, all_within_a_circle_lies_in_its_ranges);
    tcase_add_test(t, ranges_hold_the_box_and_nothing_else);
    tcase_add_test(t, the_reach_for_a_radius_covers_it);
    tcase_add_test(t, the_edges_of_the_world_do_no_harm);
    suite_add_tcase(s, t);
}
