#include "domain/near.h"

#include <math.h>
#include <stdlib.h>

#include "domain/places.h"
#include "domain/squares.h"
#include "support/db.h"
#include "unit.h"
#include "util/buf.h"

static struct db_test t;

static void set_up(void)
{
    db_test_open(&t);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static int nearer(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kitchens at all of AT, a JSON array of [lat, lng, cell]. */
static void add_kitchens(const struct buf *at)
{
    make_kitchen(&t, make_user(&t, "host"));
    db_test_exec(&t,
        "INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, address, "
        "city,"
        " region, postal_code, lat, lng, cell, timezone, rate_cents, week, bookable,"
        " created_at, updated_at) SELECT host_id, state, 'N', slug, kitchen_type,"
        " address, city, region, postal_code, value ->> 0, value ->> 1, value ->> 2,"
        " timezone, 5000, week, 1, 1, 1 FROM kitchens, json_each(%Q);"
        "UPDATE kitchens SET bookable = 0 WHERE title <> 'N'",
        at->at);
}

/* More kitchens than a look takes, behind open country, the nearest of them last in the
 * order of squares. */
START_TEST(a_crowd_behind_open_country_is_looked_at_from_its_near_side)
{
    enum { N = NEAR_MAX + 500, WANTED = 20 };
    static double mi[N];
    struct buf at;
    buf_init(&at, 1024 * 1024);
    for (int i = 0; i < N; i++) {
        double lat = 30.2672 - 0.5 + 0.2 * (i % 70) / 70;
        double lng = -97.7431 - 0.5 + 0.2 * (i / 70) / 70.0;
        mi[i] = places_distance_mi(30.2672, -97.7431, lat, lng);
        buf_printf(&at, "%c[%.9f, %.9f, %lld]", i == 0 ? '[' : ',', lat, lng,
            (long long)squares_cell(lat, lng));
    }
    buf_addc(&at, ']');
    add_kitchens(&at);
    buf_free(&at);
    qsort(mi, N, sizeof *mi, nearer);
    struct near_filter filter = {
        .lat = 30.2672, .lng = -97.7431, .radius_mi = 100, .words = ""
    };
    for (int again = 0; again < 2; again++) { /* and by what the first walk remembers */
        struct near_walk walk;
        struct ctx *c = db_test_begin(&t, DB_READ, 0);
        size_t given = 0;
        ck_assert(near_begin(c, &filter, &walk) == OK);
        while (!walk.over && given < WANTED) {
            struct near_kitchen *kitchens;
            size_t n;
            ck_assert(near_next(c, &walk, WANTED - given, &kitchens, &n) == OK);
            for (size_t i = 0; i < n; i++, given++)
                ck_assert_double_eq_tol(kitchens[i].distance_mi, mi[given], 0.001);
        }
        ck_assert_uint_ge(given, WANTED);
        db_test_end(&t);
    }
}
END_TEST

void unit_domain_near(Suite *s)
{
    TCase *tc = tcase_create("near");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_crowd_behind_open_country_is_looked_at_from_its_near_side);
    suite_add_tcase(s, tc);
}
