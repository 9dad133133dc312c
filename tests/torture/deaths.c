/* The processes of the site die of SIGKILL at each fault point of a story, at the first
 * that any of them passes, the second, and so on, until the story is over before that
 * one comes. Everything is real: a browser, nginx, `prep serve` with its pools and its
 * jobs, the sandbox with its webhooks. After each death the supervisor has started
 * another, the person tries again what got no answer, all that is open is drained, the
 * story has come to its end, and what must be true is true.
 *
 * Every point but "db.query" is tried (dying between two queries of a transaction
 * leaves what dying before its first or its commit leaves); of the queries each 100th,
 * beginning anywhere. PREP_QUERY_STRIDE=1 tries all, PREP_STRIDE=7 only each seventh of
 * the rest. */
#include "torture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture/pids.h"
#include "torture/visits.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

enum { STRIDE = 1, QUERY_STRIDE = 100, POINTS_MAX = 5000, DRAINS_MAX = 12 };

/* What a story is about; each try has its own. */
struct scene {
    struct visit visit;
    const char *fields; /* of the form that is sent */
    const char *key;
};

static struct place place; /* of all tries: another day each */
static struct person vendor, admin;

/* ---- what people do ---- */

/* As long as there is no answer or "not yet" the person tries again, the first time at
 * once. Without a death there is an answer. */
static int insist(const struct person *p, const char *path, const char *fields)
{
    enum { TRIES = 8 };
    int status = 0;
    for (int i = 0; i < TRIES; i++) {
        people_log_in(&world, p);
        status = fields == NULL
                     ? client_get(&world, path)
                     : client_post_bare(&world, path,
                           arena_printf(world.arena, "csrf=%s&%s", p->csrf, fields));
        if (status > 0 && status < 500)
            return status;
        ck_assert_msg(world_order_fired(), "%s: %d %s", path, status, world.body.at);
        if (i > 0)
            world_later(MINUTE_S);
    }
    ck_abort_msg("%s: %d", path, status);
    return status;
}

static const char *at(const char *format, const struct scene *s)
{
    const char *star = strchr(format, '*');
    return arena_printf(world.arena, "%.*s%lld%s", (int)(star - format), format,
        (long long)s->visit.id, star + 1);
}

static void hold(struct scene *s)
{
    enum { AHEAD_DAYS = 3 };
    int64_t first = world_now() / DAY_S + AHEAD_DAYS;
    place.day = place.day < first ? first : place.day + 1;
    struct civil date = civil_of_days(place.day);
    *s = (struct scene) { .visit.vendor = vendor };
    const char *fields = arena_printf(world.arena,
        "idempotency_key=%s&date=%04d-%02d-%02d&start=09:00&end=12:00&space_id="
        "&guest_count=1&purpose=Tamales&special_requests=",
        rand_uid(world.arena), date.year, date.month, date.day);
    int status = insist(&vendor,
        arena_printf(world.arena, "/listings/%lld/book", (long long)place.kitchen_id),
        fields);
    ck_assert_msg(status == 303 && text_starts(world.location, "/checkout/"), "%d %s",
        status, world.body.at);
    ck_assert(
        text_int(world.location + strlen("/checkout/"), 1, INT64_MAX, &s->visit.id));
    s->visit.uid = look_text(world.arena, "SELECT uid FROM bookings WHERE id = %lld",
        (long long)s->visit.id);
}

static void open_form(struct scene *s)
{
    ck_assert_int_eq(insist(&vendor, at("/checkout/*", s), NULL), 200);
    ck_assert_int_eq(insist(&vendor, at("/checkout/*/intent", s), ""), 200);
    s->visit.intent = look_text(world.arena,
        "SELECT payment_intent_id FROM payments WHERE booking_id = %lld"
        " ORDER BY attempt DESC",
        (long long)s->visit.id);
}

static void pay(struct scene *s)
{
    ck_assert(world_pay(&s->visit, VISA));
}

static void pay_at_stripes_page(struct scene *s)
{
    ck_assert_int_eq(insist(&vendor, at("/checkout/*/hosted", s), ""), 303);
    world_sim("/_sim/act/pay", "session=%s",
        look_text(world.arena,
            "SELECT checkout_session_id FROM payments WHERE booking_id = %lld"
            " AND state = 'pending'",
            (long long)s->visit.id));
}

static void come_back(struct scene *s)
{
    ck_assert_int_eq(insist(&vendor, at("/checkout/*/return", s), NULL), 200);
    ck_assert_int_eq(insist(&vendor, at("/checkout/*/check", s), ""), 303);
}

static void no_webhooks(void)
{
    world_sim("/_sim/webhooks", "pause=true");
}

static void webhooks(void)
{
    world_sim("/_sim/webhooks", "pause=false");
    world_sim("/_sim/webhooks/flush", "");
}

/* ---- what was before the first death ---- */

static void nothing(struct scene *s)
{
    no_webhooks();
    *s = (struct scene) { .key = NULL };
}

static void paid(struct scene *s)
{
    no_webhooks();
    hold(s);
    open_form(s);
    pay(s);
}

static void confirmed(struct scene *s)
{
    hold(s);
    open_form(s);
    pay(s);
    world_await_state(&s->visit, "confirmed");
}

/* All are silent until TO_AT: only who has something to do does it. */
static void hush_jobs(int64_t to_at)
{
    world_exec("UPDATE jobs SET last_at = %lld, next_at = 0 WHERE name <> 'reconcile'"
               " AND name <> 'cleanup'",
        (long long)to_at);
}

static void over(struct scene *s)
{
    confirmed(s);
    world_to_payout(&s->visit, -2 * MINUTE_S);
    world_rest();
    hush_jobs(world_now() + 3 * MINUTE_S);
}

/* A dozen at once, since each needs a day's jump. */
static void paid_out(struct scene *s)
{
    enum { BATCH = 12 };
    static struct scene ready[BATCH];
    static size_t left;
    if (left == 0) {
        for (; left < BATCH; left++)
            confirmed(&ready[left]);
        world_to_payout(&ready[BATCH - 1].visit, MINUTE_S);
        world_rest();
    }
    *s = ready[--left];
    world_be(&admin);
    s->key = rand_uid(world.arena);
}

static void disputed(struct scene *s)
{
    paid_out(s);
    no_webhooks();
    world_sim("/_sim/act/dispute", "do=open&charge=%s&status=needs_response",
        s->visit.charge);
}

static void taken_back(struct scene *s)
{
    disputed(s);
    world_rest();
    no_webhooks();
    world_sim("/_sim/act/dispute", "dispute=%s&do=close&status=lost",
        look_text(world.arena, "SELECT id FROM st_disputes WHERE charge = %Q",
            s->visit.charge));
}

/* ---- the stories ---- */

static void check_out(struct scene *s)
{
    hold(s);
    open_form(s);
    pay(s);
    come_back(s);
}

static void check_out_at_stripes(struct scene *s)
{
    hold(s);
    pay_at_stripes_page(s);
    come_back(s);
}

static void hear(struct scene *s)
{
    (void)s;
    webhooks();
}

static void cancel(struct scene *s)
{
    int status = insist(&vendor, at("/bookings/*/cancel", s), "reason=&refund_cents=");
    ck_assert_msg(
        status == 303 || (status == 409 && world_order_fired()), "%d", status);
}

static void wait_for_payout(struct scene *s)
{
    (void)s;
    world_later(3 * MINUTE_S);
}

static void give(struct scene *s)
{
    ck_assert_int_eq(
        insist(&admin, at("/admin/bookings/*/refund", s),
            arena_printf(world.arena,
                "amount=20.00&reason=It+was+dark&idempotency_key=%s", s->key)),
        303);
}

#define OF_BOOKING " WHERE b.id = %lld"
#define OF_TRANSFER " FROM bookings b JOIN transfers t ON t.booking_id = b.id"
#define OF_PAYMENT " FROM bookings b JOIN payments p ON p.booking_id = b.id"
#define IS_CONFIRMED "SELECT b.state = 'confirmed' FROM bookings b" OF_BOOKING
#define IS_REFUNDED                                                                    \
    "SELECT COUNT(*)" OF_PAYMENT                                                       \
    " JOIN refunds r ON r.payment_id = p.id AND r.state = 'succeeded'" OF_BOOKING
#define IS_REVERSED                                                                    \
    "SELECT COUNT(*)" OF_TRANSFER                                                      \
    " JOIN reversals r ON r.transfer = t.id AND r.state = 'succeeded'" OF_BOOKING

static const struct story {
    const char *name;
    void (*before)(struct scene *s);
    void (*take)(struct scene *s);
    const char *ends[2]; /* what it comes to, asked about the booking */
} stories[] = {
    { "checkout", nothing, check_out, { IS_CONFIRMED } },
    { "checkout at Stripe's page", nothing, check_out_at_stripes, { IS_CONFIRMED } },
    { "webhook", paid, hear, { IS_CONFIRMED } },
    { "cancel", confirmed, cancel, { IS_REFUNDED } },
    { "payout", over, wait_for_payout,
        { "SELECT t.state = 'sent'" OF_TRANSFER OF_BOOKING } },
    { "refund after the payout", paid_out, give, { IS_REFUNDED, IS_REVERSED } },
    { "reversal", disputed, hear, { IS_REVERSED } },
    { "dispute lost", taken_back, hear,
        { "SELECT COUNT(*) FROM disputes d JOIN bookings b ON b.id = d.booking_id"
          " AND d.status = 'lost' AND d.closed_at IS NOT NULL" OF_BOOKING } },
};

/* ---- one death after the other ---- */

static const struct story *story;

static bool is_over(void *arg)
{
    const struct scene *s = arg;
    for (size_t i = 0; i < COUNT_OF(story->ends) && story->ends[i] != NULL; i++)
        if (look_int(story->ends[i], (long long)s->visit.id) == 0)
            return false;
    return true;
}

static bool is_over_or_dead(void *arg)
{
    return world_order_fired() || is_over(arg);
}

static void drain(struct scene *s)
{
    for (int i = 0; i < DRAINS_MAX; i++) {
        world_rest();
        if (is_over(s))
            return;
        world_later(MINUTE_S);
    }
    ck_abort_msg("%s: it does not come to its end", story->name);
}

/* The order is for the processes of the site, not for us. */
static bool dies(struct scene *s, const char *points, int point)
{
    enum { PATIENCE_MS = 60000, LEASES_S = 130 }; /* of the dead end */
    world_be(&vendor);                            /* days have passed */
    story->before(s);
    int64_t from = stack_log_length(&stack);
    world_order(arena_printf(world.arena,
        "%s:%06d:kill prep-web,prep-book,prep-slow,prep-jobs", points, point));
    story->take(s);
    bool ended = stack_await(is_over_or_dead, s, PATIENCE_MS);
    bool died = !world_withdraw_order();
    ck_assert_msg(ended, "%s %s:%d: neither over nor dead", story->name, points, point);
    if (died) {
        pids_await_successor(from);
        world_later(LEASES_S);
    }
    drain(s);
    truth_where(arena_printf(world.arena, "%s, %s:%d: ", story->name, points, point));
    truth_check(TRUTH_AT_REST);
    truth_where("");
    return died;
}

static int setting(const char *name, int otherwise)
{
    int64_t n = otherwise;
    const char *text = getenv(name);
    ck_assert(text == NULL || text_int(text, 1, POINTS_MAX, &n));
    return (int)n;
}

static int die_at(const char *points, int first, int stride)
{
    struct scene scene;
    int deaths = 0;
    for (int point = first; point < POINTS_MAX; point += stride) {
        if (!dies(&scene, points, point))
            return deaths;
        deaths++;
    }
    ck_abort_msg("%s does not end", story->name);
    return deaths;
}

static void set_up(void)
{
    place = world_place();
    vendor = people_add("vendor");
    admin = people_add("admin");
    world_rest();
}

START_TEST(wherever_a_process_dies_another_goes_on)
{
    int stride = setting("PREP_QUERY_STRIDE", QUERY_STRIDE);
    story = &stories[_i];
    int deaths = die_at("!db.query", 1, setting("PREP_STRIDE", STRIDE));
    ck_assert_int_gt(deaths, 0);
    int queries = die_at("db.query", 1 + (int)rand_below((uint32_t)stride), stride);
    fprintf(stderr, "torture: %s: died at %d points and %d queries\n", story->name,
        deaths, queries);
}
END_TEST

void torture_deaths(Suite *s)
{
    TCase *t = world_own_tcase(s, "deaths");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_set_timeout(t, 3600);
    tcase_add_loop_test(
        t, wherever_a_process_dies_another_goes_on, 0, COUNT_OF(stories));
}
