#include "domain/pricing.h"

#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/zone.h"

static struct db_test t;
static struct kitchen k;
static struct space whole;
static struct ctx *c;

static void set_up(void)
{
    db_test_open(&t);
    int64_t id = make_kitchen(&t, make_user(&t, "host"));
    make_station(&t, id, "Pastry", 2000);
    c = db_test_begin(&t, DB_READ, 0);
    ck_assert(kitchens_get(c, id, &k) == OK);
    ck_assert(kitchens_space(c, &k, 0, &whole) == OK);
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* 2026-11-24 (a Tuesday) in Chicago, so many minutes after midnight. */
static int64_t tuesday(int64_t minute)
{
    return INT64_C(1795500000) + minute * 60;
}

START_TEST(nine_hours_cost_618_45_and_pay_the_host_385)
{
    struct quote q;
    ck_assert(pricing_quote(c, &k, &whole, tuesday(435), tuesday(975), &q) == OK);
    ck_assert_int_eq(q.base.n, 45000);
    ck_assert_int_eq(q.cleaning.n, 2500);
    ck_assert_int_eq(q.service_fee.n, 9500);
    ck_assert_int_eq(q.tax.n, 4845);
    ck_assert_int_eq(q.total.n, 61845);
    ck_assert_int_eq(q.host.n, 38500);
    ck_assert_int_eq(q.minutes, 540);
    ck_assert_int_eq(q.offpeak_minutes, 0);
}
END_TEST

static const struct {
    int line;
    int64_t offpeak_start_min, offpeak_end_min, start_min, end_min, offpeak_minutes;
} offpeak_cases[] = {
    { __LINE__, 1200, 360, 600, 1080, 0 },
    { __LINE__, 1200, 360, 1140, 1260, 60 },
    { __LINE__, 1200, 360, 1140, 1440 + 480, 600 },
    { __LINE__, 0, 480, 450, 510, 30 },
    { __LINE__, 600, 660, 540, 720, 60 },
    { __LINE__, 0, 0, 540, 720, 180 },
};

START_TEST(offpeak_minutes_are_counted_by_the_wall_clock)
{
    struct quote q;
    k.offpeak_rate = cents_of(3333);
    k.offpeak_start_min = offpeak_cases[_i].offpeak_start_min;
    k.offpeak_end_min = offpeak_cases[_i].offpeak_end_min;
    ck_assert(pricing_quote(c, &k, &whole, tuesday(offpeak_cases[_i].start_min),
                  tuesday(offpeak_cases[_i].end_min), &q) == OK);
    ck_assert_msg(q.offpeak_minutes == offpeak_cases[_i].offpeak_minutes,
        "case at line %d: %lld", offpeak_cases[_i].line, (long long)q.offpeak_minutes);
}
END_TEST

START_TEST(the_base_is_rounded_once_over_both_rates)
{
    struct quote q;
    k.rate = whole.rate = cents_of(5001);
    k.offpeak_rate = cents_of(3333);
    k.offpeak_start_min = 600;
    k.offpeak_end_min = 660;
    /* 30 min at 50.01 and 30 at 33.33 are 25.005 + 16.665: 41.67, not 25.01 + 16.67 */
    ck_assert(pricing_quote(c, &k, &whole, tuesday(570), tuesday(630), &q) == OK);
    ck_assert_int_eq(q.base.n, 4167);
}
END_TEST

START_TEST(the_hour_that_the_clock_shows_twice_is_paid_twice)
{
    /* Chicago, 1 November 2026: 00:30 to 03:30 by the clock are four hours. */
    struct quote q;
    k.offpeak_rate = cents_of(1000);
    k.offpeak_start_min = 60;
    k.offpeak_end_min = 120;
    int64_t start_at = 1793511000;
    ck_assert(pricing_quote(c, &k, &whole, start_at, start_at + 4 * 3600, &q) == OK);
    ck_assert_int_eq(q.offpeak_minutes, 120);
    ck_assert_int_eq(q.base.n, 2 * 5000 + 2 * 1000);
}
END_TEST

START_TEST(a_station_with_its_own_rate_has_it_round_the_clock)
{
    struct quote q;
    struct space *spaces;
    size_t n;
    k.offpeak_rate = cents_of(1000);
    ck_assert(kitchens_spaces(c, &k, &spaces, &n) == OK);
    ck_assert_int_eq(n, 2);
    ck_assert(pricing_quote(c, &k, &spaces[1], tuesday(600), tuesday(720), &q) == OK);
    ck_assert_int_eq(q.base.n, 4000);
    ck_assert(pricing_quote(c, &k, &spaces[0], tuesday(600), tuesday(720), &q) == OK);
    ck_assert_int_eq(q.base.n, 2000);
}
END_TEST

START_TEST(tax_goes_by_state_then_by_the_setting)
{
    ck_assert_int_eq(pricing_tax_bp("TX", "Austin", 850), 850);
    ck_assert_int_eq(pricing_tax_bp("OR", "Salem", 850), 0);
    ck_assert_int_eq(pricing_tax_bp("AK", "juneau", 850), 500);
    ck_assert_int_eq(pricing_tax_bp("AK", "Nome", 850), 850);
    ck_assert_int_eq(pricing_least_tax_bp("TX", 850), 850);
    ck_assert_int_eq(pricing_least_tax_bp("OR", 850), 0);
    ck_assert_int_eq(pricing_least_tax_bp("AK", 850), 0);
}
END_TEST

/* ---- against arithmetic of another kind --------------------------------------------
 */

/* PART / OF of N half up, by counting rather than by dividing shifted numbers. */
static int64_t half_up(int64_t n, int64_t part, int64_t of)
{
    int64_t whole_part = n * part / of, rest = n * part - whole_part * of;
    return rest >= of - rest ? whole_part + 1 : whole_part;
}

static uint64_t dice(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

START_TEST(any_quote_agrees_with_independent_arithmetic)
{
    uint64_t state = 7;
    struct conf conf = *c->conf;
    c->conf = &conf;
    for (int i = 0; i < 3000; i++) {
        struct quote q;
        int64_t quarters = 1 + (int64_t)(dice(&state) % 96), off = 0;
        int64_t start_at = tuesday((int64_t)(dice(&state) % 96) * 15);
        k.rate = whole.rate = cents_of(100 + (int64_t)(dice(&state) % 99900));
        k.offpeak_rate = cents_of((int64_t)(dice(&state) % 3) * 1111);
        k.offpeak_start_min = (int64_t)(dice(&state) % 96) * 15;
        k.offpeak_end_min = (int64_t)(dice(&state) % 96) * 15;
        k.cleaning = cents_of((int64_t)(dice(&state) % 20000));
        conf.vendor_fee_bp = (int64_t)(dice(&state) % 10001);
        conf.host_fee_bp = (int64_t)(dice(&state) % 10001);
        conf.default_tax_bp = (int64_t)(dice(&state) % 5001);
        for (int64_t j = 0; j < quarters && k.offpeak_rate.n > 0; j++) {
            /* Tuesday and Wednesday have 24 hours: the clock is plain subtraction. */
            int64_t minute = (start_at - tuesday(0)) / 60 + j * 15;
            int64_t since = (minute - k.offpeak_start_min + 2880) % 1440;
            int64_t span = (k.offpeak_end_min - k.offpeak_start_min + 1440) % 1440;
            off += since < (span == 0 ? 1440 : span);
        }
        ck_assert(pricing_quote(
                      c, &k, &whole, start_at, start_at + quarters * 900, &q) == OK);
        int64_t base =
            half_up((quarters - off) * k.rate.n + off * k.offpeak_rate.n, 15, 60);
        int64_t net = base + k.cleaning.n,
                fee = half_up(net, conf.vendor_fee_bp, 10000);
        int64_t tax = half_up(net + fee, conf.default_tax_bp, 10000);
        ck_assert_int_eq(q.base.n, base);
        ck_assert_int_eq(q.service_fee.n, fee);
        ck_assert_int_eq(q.tax.n, tax);
        ck_assert_int_eq(q.total.n, net + fee + tax);
        ck_assert_int_eq(q.host.n, net - half_up(base, conf.host_fee_bp, 10000));
    }
}
END_TEST

/* ---- cancellation ------------------------------------------------------------------
 */

enum { H = 3600, D = 86400 };
static const int64_t start_at = INT64_C(1800000000);

static struct terms terms_of(const char *policy, int64_t booked_before_s)
{
    return (struct terms) { cents_of(45000), cents_of(2500), cents_of(9500),
        cents_of(4845), policy, start_at - booked_before_s, start_at };
}

static const struct {
    int line;
    const char *policy;
    int64_t booked_before_s, cancel_before_s, bp, refund_cents;
} refund_cases[] = {
    { __LINE__, "flexible", 30 * D, 24 * H, 10000, 61845 },
    { __LINE__, "flexible", 30 * D, 24 * H - 1, 5000, 30923 },
    { __LINE__, "flexible", 30 * D, 0, 5000, 30923 },
    { __LINE__, "flexible", 30 * D, -1, 0, 0 },
    { __LINE__, "moderate", 30 * D, 7 * D, 10000, 61845 },
    { __LINE__, "moderate", 30 * D, 7 * D - 1, 5000, 30923 },
    { __LINE__, "moderate", 30 * D, D, 5000, 30923 },
    { __LINE__, "moderate", 30 * D, D - 1, 0, 0 },
    { __LINE__, "strict", 30 * D, 7 * D, 5000, 30923 },
    { __LINE__, "strict", 30 * D, 7 * D - 1, 0, 0 },
    { __LINE__, "strict", 30 * D, 29 * D, 10000, 61845 },
    { __LINE__, "strict", 30 * D, 29 * D - 1, 5000, 30923 },
    { __LINE__, "strict", 48 * H, 24 * H, 10000, 61845 },
    { __LINE__, "strict", 48 * H - 1, 48 * H - 2, 0, 0 },
    { __LINE__, "moderate", 3 * D, 2 * D + 1, 10000, 61845 },
    { __LINE__, "moderate", 3 * D, 2 * D - 1, 5000, 30923 },
};

START_TEST(a_refund_follows_the_policy_to_the_cent)
{
    struct terms terms =
        terms_of(refund_cases[_i].policy, refund_cases[_i].booked_before_s);
    int64_t at = start_at - refund_cases[_i].cancel_before_s;
    ck_assert_msg(pricing_refund_bp(&terms, at) == refund_cases[_i].bp,
        "case at line %d", refund_cases[_i].line);
    ck_assert_msg(pricing_refund(&terms, at).total.n == refund_cases[_i].refund_cents,
        "case at line %d", refund_cases[_i].line);
}
END_TEST

static const struct {
    int line;
    const char *policy;
    int64_t booked_before_s, from_before_s;
    size_t n;
    struct {
        int64_t before_s, bp;
    } rows[4];
} ladder_cases[] = {
    { __LINE__, "flexible", 30 * D, 30 * D, 2, { { D, 10000 }, { 0, 5000 } } },
    { __LINE__, "moderate", 30 * D, 30 * D, 3,
        { { 7 * D, 10000 }, { D, 5000 }, { 0, 0 } } },
    { __LINE__, "moderate", 5 * D, 5 * D, 3,
        { { 4 * D, 10000 }, { D, 5000 }, { 0, 0 } } },
    { __LINE__, "strict", 30 * D, 30 * D, 3,
        { { 29 * D, 10000 }, { 7 * D, 5000 }, { 0, 0 } } },
    { __LINE__, "strict", 30 * D, 20 * D, 2, { { 7 * D, 5000 }, { 0, 0 } } },
    { __LINE__, "strict", 5 * D, 5 * D, 2, { { 4 * D, 10000 }, { 0, 0 } } },
    { __LINE__, "strict", 40 * H, 40 * H, 1, { { 0, 0 } } },
    { __LINE__, "flexible", 12 * H, 12 * H, 1, { { 0, 5000 } } },
    { __LINE__, "flexible", 12 * H, -1, 0, { { 0, 0 } } },
};

START_TEST(the_ladder_names_each_step_that_lies_ahead)
{
    struct ladder_row rows[LADDER_MAX];
    struct terms terms =
        terms_of(ladder_cases[_i].policy, ladder_cases[_i].booked_before_s);
    size_t n = pricing_ladder(&terms, start_at - ladder_cases[_i].from_before_s, rows);
    ck_assert_msg(
        n == ladder_cases[_i].n, "case at line %d: %zu", ladder_cases[_i].line, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(
            start_at - rows[i].until_at == ladder_cases[_i].rows[i].before_s &&
                rows[i].bp == ladder_cases[_i].rows[i].bp,
            "case at line %d, row %zu", ladder_cases[_i].line, i);
}
END_TEST

START_TEST(the_ladder_and_the_refund_agree_at_every_hour)
{
    static const char *const names[] = { "flexible", "moderate", "strict" };
    for (size_t p = 0; p < COUNT_OF(names); p++) {
        for (int64_t booked_s = H; booked_s < 12 * D; booked_s += 7 * H) {
            struct terms terms = terms_of(names[p], booked_s);
            struct ladder_row rows[LADDER_MAX];
            size_t n = pricing_ladder(&terms, terms.booked_at, rows), i = 0;
            for (int64_t at = terms.booked_at; at <= start_at; at += H) {
                while (i < n && rows[i].until_at < at)
                    i++;
                ck_assert(i < n);
                ck_assert_int_eq(rows[i].bp, pricing_refund_bp(&terms, at));
            }
        }
    }
}
END_TEST

void unit_domain_pricing(Suite *s)
{
    TCase *tc = tcase_create("quotes");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, nine_hours_cost_618_45_and_pay_the_host_385);
    tcase_add_loop_test(
        tc, offpeak_minutes_are_counted_by_the_wall_clock, 0, COUNT_OF(offpeak_cases));
    tcase_add_test(tc, the_base_is_rounded_once_over_both_rates);
    tcase_add_test(tc, the_hour_that_the_clock_shows_twice_is_paid_twice);
    tcase_add_test(tc, a_station_with_its_own_rate_has_it_round_the_clock);
    tcase_add_test(tc, tax_goes_by_state_then_by_the_setting);
    tcase_add_test(tc, any_quote_agrees_with_independent_arithmetic);
    suite_add_tcase(s, tc);
    tc = tcase_create("cancellation");
    tcase_add_loop_test(
        tc, a_refund_follows_the_policy_to_the_cent, 0, COUNT_OF(refund_cases));
    tcase_add_loop_test(
        tc, the_ladder_names_each_step_that_lies_ahead, 0, COUNT_OF(ladder_cases));
    tcase_add_test(tc, the_ladder_and_the_refund_agree_at_every_hour);
    suite_add_tcase(s, tc);
}
