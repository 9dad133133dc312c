#include "torture.h"

#include "torture/bench.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "torture/visits.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

enum { CROWD = 32, PLACES = 8, ROUNDS = 8, FIRST_DAYS = 3 };

static struct place places[PLACES];
static struct person people[CROWD];

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All at once; each must be answered with STATUS. */
static void fire(const struct stack *at, struct shot *shots, int status)
{
    client_volley(at, shots, CROWD);
    for (int i = 0; i < CROWD; i++)
        if (shots[i].status != status) {
            fprintf(stderr, "bench: %s: %d\n", shots[i].path, shots[i].status);
            exit(EXIT_FAILURE);
        }
}

/* Everybody books at once, each another time; the milliseconds of the slowest. */
static double book(int round, struct shot *shots)
{
    enum { A_DAY = CROWD / PLACES };
    for (int i = 0; i < CROWD; i++) {
        struct civil day = civil_of_days(
            world_now() / DAY_S + FIRST_DAYS + round * A_DAY + i / PLACES);
        shots[i] = (struct shot) {
            .path = arena_printf(world.arena, "/listings/%lld/book",
                (long long)places[i % PLACES].kitchen_id),
            .cookie = people[i].cookie,
            .fields = arena_printf(world.arena,
                "csrf=%s&idempotency_key=%s&date=%04d-%02d-%02d&start=09:00&end=12:00"
                "&space_id=&guest_count=1&purpose=Bench&special_requests=",
                people[i].csrf, rand_uid(world.arena), day.year, day.month, day.day),
        };
    }
    fire(&stack, shots, 303);
    double slowest_s = 0;
    for (int i = 0; i < CROWD; i++)
        slowest_s = shots[i].s > slowest_s ? shots[i].s : slowest_s;
    return slowest_s * 1000;
}

/* Everybody books, opens the card form, pays, and is confirmed by the webhook; how many
 * milliseconds the slowest booking took. */
static double take_round(int round, const struct stack *stripe)
{
    static struct shot booked[CROWD], opened[CROWD], paid[CROWD];
    double slowest_ms = book(round, booked);
    for (int i = 0; i < CROWD; i++)
        opened[i] = (struct shot) {
            .path = arena_printf(world.arena, "%s/intent", booked[i].location),
            .cookie = people[i].cookie,
            .fields = arena_printf(world.arena, "csrf=%s", people[i].csrf),
        };
    fire(&stack, opened, 200);
    for (int i = 0; i < CROWD; i++)
        paid[i] = (struct shot) {
            .path = "/_sim/act/pay",
            .fields = arena_printf(world.arena, "payment_intent=%s",
                look_text(world.arena,
                    "SELECT payment_intent_id FROM payments WHERE booking_id = %s",
                    strrchr(booked[i].location, '/') + 1)),
        };
    fire(stripe, paid, 200);
    world_await_none("SELECT COUNT(*) FROM bookings WHERE state = 'held'");
    return slowest_ms;
}

START_TEST(measure)
{
    static const int workers[] = { 1, 2, 4, 8 };
    static double first;
    struct stack stripe = { .dir = NULL };
    stack_book_workers = stack_slow_workers = workers[_i];
    stack_start_proof(&stack);
    world_open();
    snprintf(stripe.url, sizeof stripe.url, "%s", stack.api);
    for (int i = 0; i < PLACES; i++)
        places[i] = world_place();
    for (int i = 0; i < CROWD; i++)
        people[i] = world_person("vendor");
    take_round(0, &stripe); /* makes the customers, too */
    double began = seconds(), slowest_ms = 0;
    for (int round = 1; round <= ROUNDS; round++) {
        double ms = take_round(round, &stripe);
        slowest_ms = ms > slowest_ms ? ms : slowest_ms;
    }
    double rate = ROUNDS * CROWD / (seconds() - began);
    world_close();
    stack_stop(&stack);
    first = _i == 0 ? rate : first;
    printf(
        "book, pay, confirmed: %5.0f a second with %d workers of pool book (bookings,"
        " webhooks) and %d of pool slow (intents), ratio %.2f to one of each;"
        " the slowest of %d bookings at once took %.0f ms\n",
        rate, workers[_i], workers[_i], rate / first, CROWD, slowest_ms);
    fflush(stdout);
}
END_TEST

int bench_run(void)
{
    enum { RUNS = 4, LONG_S = 300 };
    Suite *s = suite_create("bench");
    TCase *t = tcase_create("bench");
    tcase_set_timeout(t, LONG_S);
    tcase_add_loop_test(t, measure, 0, RUNS);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK);
    rand_open();
    curl_global_init(CURL_GLOBAL_ALL);
    srunner_run_all(runner, CK_MINIMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    curl_global_cleanup();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
