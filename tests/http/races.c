/* Many at once for the same thing, through nginx: exactly one gets it, everybody
 * gets an answer, and afterwards the cells are those of the live bookings. Timings
 * are printed; they decide nothing. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/wish.h"
#include "util/guard.h"
#include "util/text.h"

enum {
    CROWD = 64,
    ROUNDS = 200,
    ONE_SLOT = 100,
    APART = 32,
    FIRST_DAY = 10, /* from today; the demo's own bookings lie before */
};

static struct arena *a;
static struct person *people;
static int64_t kitchen_id, station_id;

static void open_races(void)
{
    a = arena_new(256 * 1024 * 1024);
    people_open(&stack);
    people = arena_array(a, ONE_SLOT, sizeof *people);
    for (int i = 0; i < ONE_SLOT; i++)
        people[i] = people_add("vendor");
    kitchen_id = wish_kitchen();
    station_id =
        people_int("SELECT id FROM spaces WHERE kitchen_id = %lld AND kind = 'station'",
            kitchen_id);
    ck_assert_int_gt(station_id, 0);
}

static void close_races(void)
{
    people_close();
    arena_free(a);
}

static struct shot post(const struct person *p, const struct wish *wish)
{
    return (struct shot) {
        .path = wish_path(a, wish),
        .cookie = p->cookie,
        .fields = wish_fields(a, p, wish),
    };
}

static int count(const struct shot *shots, int n, int status)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        found += shots[i].status == status;
    return found;
}

static void check_answers(const struct shot *shots, int n, int won, const char *what)
{
    int got = count(shots, n, 303), lost = count(shots, n, 409), other = 0;
    for (int i = 0; i < n; i++)
        if (shots[i].status != 303 && shots[i].status != 409)
            other = shots[i].status == 0 ? -1 : shots[i].status;
    ck_assert_msg(got == won && got + lost == n,
        "%s: %d won, %d lost, another answer was %d", what, got, lost, other);
}

/* Cells are exactly those of the live bookings: none missing, none left over. */
static void check_cells(void)
{
    ck_assert_int_eq(
        people_int(
            "SELECT COUNT(*) FROM bookings b JOIN spaces s ON s.id = b.space_id"
            " WHERE (SELECT COUNT(*) FROM cells WHERE booking_id = b.id)"
            " <> CASE WHEN b.state IN ('requested', 'held', 'confirmed', 'active')"
            " THEN ((b.end_at + b.buffer_after_min * 60 + 899) / 900"
            "   - (b.start_at - b.buffer_before_min * 60) / 900)"
            "   * (CASE s.kind WHEN 'whole' THEN (SELECT COUNT(*) FROM spaces x"
            "      WHERE x.kitchen_id = b.kitchen_id) ELSE 1 END)"
            " ELSE 0 END"),
        0);
}

static double slowest_ms(const struct shot *shots, int n)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s = shots[i].s > s ? shots[i].s : s;
    return s * 1000;
}

/* Any two of these overlap, and the station's time with the whole kitchen's. */
static const struct {
    const char *start, *end;
    bool station;
} overlapping[] = {
    { "08:00", "13:30", false },
    { "10:00", "16:00", false },
    { "12:00", "18:00", true },
    { "11:30", "13:30", false },
    { "06:00", "14:00", true },
};

START_TEST(of_64_who_race_for_overlapping_times_one_wins_in_each_of_200_rounds)
{
    struct shot shots[CROWD];
    double worst_ms = 0;
    int64_t before = people_int("SELECT COUNT(*) FROM bookings");
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CROWD; i++) {
            size_t kind = (size_t)(i * 7 + round) % COUNT_OF(overlapping);
            shots[i] = post(&people[i],
                &(struct wish) { kitchen_id, overlapping[kind].station ? station_id : 0,
                    FIRST_DAY + round, overlapping[kind].start, overlapping[kind].end,
                    arena_printf(a, "race-%05d-%05d", round, i) });
        }
        client_volley(&stack, shots, CROWD);
        check_answers(shots, CROWD, 1, arena_printf(a, "round %d", round));
        worst_ms =
            slowest_ms(shots, CROWD) > worst_ms ? slowest_ms(shots, CROWD) : worst_ms;
    }
    ck_assert_int_eq(people_int("SELECT COUNT(*) FROM bookings"), before + ROUNDS);
    check_cells();
    fprintf(stderr, "races: %d rounds of %d, slowest answer %.0f ms\n", ROUNDS, CROWD,
        worst_ms);
}
END_TEST

START_TEST(one_time_asked_for_by_100_is_won_by_1_and_99_are_told_409)
{
    struct shot shots[ONE_SLOT];
    int64_t before = people_int("SELECT COUNT(*) FROM bookings");
    for (int i = 0; i < ONE_SLOT; i++)
        shots[i] = post(
            &people[i], &(struct wish) { kitchen_id, 0, FIRST_DAY + ROUNDS + 1, "09:00",
                            "12:00", arena_printf(a, "one-slot-%07d", i) });
    client_volley(&stack, shots, ONE_SLOT);
    check_answers(shots, ONE_SLOT, 1, "one slot");
    ck_assert_int_eq(people_int("SELECT COUNT(*) FROM bookings"), before + 1);
    check_cells();
    fprintf(stderr, "races: one slot, %d clients, slowest answer %.0f ms\n", ONE_SLOT,
        slowest_ms(shots, ONE_SLOT));
}
END_TEST

START_TEST(bookings_of_32_different_times_at_once_are_all_made)
{
    struct shot shots[APART];
    for (int i = 0; i < APART; i++)
        shots[i] =
            post(&people[i], &(struct wish) { kitchen_id, 0, FIRST_DAY + ROUNDS + 2 + i,
                                 "09:00", "17:00", arena_printf(a, "apart-%010d", i) });
    client_volley(&stack, shots, APART);
    check_answers(shots, APART, APART, "different slots");
    check_cells();
    fprintf(stderr, "races: %d bookings of different times at once, slowest %.0f ms\n",
        APART, slowest_ms(shots, APART));
}
END_TEST

START_TEST(the_same_post_sent_20_times_at_once_books_once_and_has_one_answer)
{
    enum { TIMES = 20 };
    struct shot shots[TIMES];
    int64_t before = people_int("SELECT COUNT(*) FROM bookings");
    for (int i = 0; i < TIMES; i++)
        shots[i] = post(
            &people[0], &(struct wish) { kitchen_id, 0, FIRST_DAY + ROUNDS + APART + 5,
                            "09:00", "17:00", "the-same-key-each-time" });
    client_volley(&stack, shots, TIMES);
    check_answers(shots, TIMES, TIMES, "the same post");
    for (int i = 1; i < TIMES; i++)
        ck_assert_str_eq(shots[i].location, shots[0].location);
    ck_assert_int_eq(people_int("SELECT COUNT(*) FROM bookings"), before + 1);
}
END_TEST

void http_races(Suite *s)
{
    TCase *t = stack_tcase(s, "races");
    tcase_add_checked_fixture(t, open_races, close_races);
    tcase_set_timeout(t, 120);
    tcase_add_test(
        t, of_64_who_race_for_overlapping_times_one_wins_in_each_of_200_rounds);
    tcase_add_test(t, one_time_asked_for_by_100_is_won_by_1_and_99_are_told_409);
    tcase_add_test(t, bookings_of_32_different_times_at_once_are_all_made);
    tcase_add_test(
        t, the_same_post_sent_20_times_at_once_books_once_and_has_one_answer);
}
