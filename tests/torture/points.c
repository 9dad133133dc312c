/* Each fault point of a story fails, one after the other, until the story is over
 * before the next would fire. After each the jobs do what is left to do, and what must
 * be true is true. The stories are those of the domain, in one process against the
 * sandbox, so that there can be hundreds of tries; that the processes themselves die
 * there is deaths.c. PREP_STRIDE=7 tries only each seventh point. */
#include "torture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/calls.h"
#include "domain/cancellations.h"
#include "domain/checkout.h"
#include "domain/events.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "support/event.h"
#include "torture/visits.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"

enum { BATCH = 20, POINTS_MAX = 5000 };

/* What a story is about; each try has its own. */
struct scene {
    struct place place;
    struct visit visit;
    const char *dispute;
};

static struct place place; /* of all tries: another day each */
static struct person vendor, admin;

/* ---- what the processes do, in this one ---- */

/* A fault is what is wanted. */
static void whatever(enum result r)
{
    (void)r;
}

static void hold(struct scene *s)
{
    struct hold_answer answer;
    struct ctx *c = world_ctx(vendor.id);
    enum { FIRST_DAYS = 3, AT_S = 16 * HOUR_S, LONG_S = 3 * HOUR_S };
    int64_t first = world_now() / DAY_S + FIRST_DAYS;
    place.day = place.day < first ? first : place.day + 1;
    int64_t start_at = place.day * DAY_S + AT_S;
    s->visit = (struct visit) { .vendor = vendor };
    struct hold_request h = { .kitchen_id = place.kitchen_id,
        .start_at = start_at,
        .end_at = start_at + LONG_S,
        .guest_count = 1,
        .purpose = "Torture",
        .special_requests = "",
        .idempotency_key = rand_uid(c->arena),
        .body = { "body", 4 } };
    if (bookings_hold(c, &h, &answer) != OK)
        return;
    CHECK(text_int(strrchr(answer.location, '/') + 1, 1, INT64_MAX, &s->visit.id));
    s->visit.uid = look_text(world.arena, "SELECT uid FROM bookings WHERE id = %lld",
        (long long)s->visit.id);
}

static void open_form(struct scene *s)
{
    const char *secret;
    whatever(checkout_intent(world_ctx(vendor.id), s->visit.id, &secret));
    s->visit.intent = look_text(world.arena,
        "SELECT payment_intent_id FROM payments WHERE booking_id = %lld"
        " ORDER BY attempt DESC",
        (long long)s->visit.id);
}

/* Pays there, too: the page is Stripe's. */
static void open_page(struct scene *s)
{
    const char *url;
    whatever(checkout_hosted(world_ctx(vendor.id), s->visit.id, &url));
    const char *session = look_text(world.arena,
        "SELECT checkout_session_id FROM payments WHERE booking_id = %lld"
        " AND state = 'pending'",
        (long long)s->visit.id);
    if (session != NULL)
        world_sim("/_sim/act/pay", "session=%s", session);
}

static void pay(struct scene *s)
{
    if (s->visit.intent != NULL)
        world_pay(&s->visit, VISA);
}

static void come_back(struct scene *s)
{
    whatever(checkout_check(world_ctx(vendor.id), s->visit.id));
}

static void call_due(void)
{
    struct stripe_client client;
    const char **uids, *copies[BATCH];
    size_t n;
    if (stripe_ops_due(world_ctx(0), BATCH, &uids, &n) != OK)
        return;
    for (size_t i = 0; i < n; i++)
        copies[i] = arena_strdup(world.arena, uids[i]);
    for (size_t i = 0; i < n; i++) {
        struct ctx *c = world_ctx(0);
        CHECK(stripe_ops_client(c, STRIPE_JOB_MS, &client) == OK);
        whatever(calls_send_due(c, &client, copies[i]));
    }
}

/* Webhooks of all that has happened about the scene's things, as they would come. */
static void hear(void)
{
    const char **ids;
    size_t n;
    const char *after = "";
    whatever(events_sweep(world_ctx(0), world_now() - HOUR_S, &after));
    if (events_due(world_ctx(0), BATCH, &ids, &n) != OK)
        return;
    const char *copies[BATCH];
    for (size_t i = 0; i < n; i++)
        copies[i] = arena_strdup(world.arena, ids[i]);
    for (size_t i = 0; i < n; i++)
        whatever(events_process(world_ctx(0), copies[i]));
}

static void deliver(const char *type, const char *object)
{
    const char *body = look_text(world.arena,
        "SELECT body FROM st.objects WHERE kind = 'event' AND body->>'$.type' = %Q"
        " AND body->>'$.data.object.id' = %Q",
        type, object);
    if (body == NULL)
        return;
    whatever(event_receive(world_ctx(0), EVENTS_OURS, stack.webhook_secret, body));
}

/* ---- the stories: what is before the first fault, and what is under it ---- */

static void nothing(struct scene *s)
{
    *s = (struct scene) { .dispute = NULL };
}

static void with_form(struct scene *s)
{
    nothing(s);
    hold(s);
    open_form(s);
    ck_assert_ptr_nonnull(s->visit.intent);
}

static void paid(struct scene *s)
{
    with_form(s);
    pay(s);
}

static void confirmed(struct scene *s)
{
    paid(s);
    come_back(s);
    ck_assert_str_eq(world_state(&s->visit), "confirmed");
}

static void over(struct scene *s)
{
    confirmed(s);
    world_to_payout(&s->visit, MINUTE_S);
}

static void paid_out(struct scene *s)
{
    over(s);
    world_rest();
}

static void paid_out_and_disputed(struct scene *s)
{
    paid_out(s);
    const struct json *j = world_sim("/_sim/act/dispute",
        "do=open&charge=%s&status=needs_response", s->visit.charge);
    s->dispute = arena_strdup(world.arena, json_text(j, "id"));
}

static void paid_out_and_taken_back(struct scene *s)
{
    paid_out_and_disputed(s);
    world_rest();
}

static void checkout(struct scene *s)
{
    hold(s);
    if (s->visit.id == 0)
        return;
    open_form(s);
    pay(s);
    come_back(s);
}

static void checkout_at_stripes(struct scene *s)
{
    hold(s);
    if (s->visit.id == 0)
        return;
    open_page(s);
    come_back(s);
}

static void webhook(struct scene *s)
{
    deliver("payment_intent.succeeded", s->visit.intent);
}

static void cancel(struct scene *s)
{
    whatever(cancellations_cancel(
        world_ctx(vendor.id), s->visit.id, "", (struct cents) { -1 }));
    call_due();
    hear();
}

static void payout(struct scene *s)
{
    int64_t *ids;
    size_t n;
    whatever(visits_advance(world_ctx(0), s->visit.id));
    if (transfers_due(world_ctx(0), 1, &ids, &n) == OK && n > 0) {
        int64_t id = ids[0];
        whatever(transfers_claim(world_ctx(0), id));
    }
    call_due();
    hear();
}

static void give(struct scene *s)
{
    enum { CENTS = 2000 };
    struct ctx *c = world_ctx(admin.id);
    whatever(refunds_give(
        c, s->visit.id, (struct cents) { CENTS }, "It was dark", rand_uid(c->arena)));
    call_due(); /* to the vendor, and back from the host */
    hear();
}

static void take_back(struct scene *s)
{
    (void)s;
    hear();
    call_due();
    hear();
}

static void lose(struct scene *s)
{
    world_sim("/_sim/act/dispute", "dispute=%s&do=close&status=lost", s->dispute);
    hear();
    call_due();
}

static const struct story {
    const char *name;
    void (*before)(struct scene *s);
    void (*take)(struct scene *s);
} stories[] = {
    { "checkout", nothing, checkout },
    { "checkout at Stripe's page", nothing, checkout_at_stripes },
    { "webhook", paid, webhook },
    { "cancel", confirmed, cancel },
    { "payout", over, payout },
    { "refund after the payout", paid_out, give },
    { "reversal", paid_out_and_disputed, take_back },
    { "dispute lost", paid_out_and_taken_back, lose },
};

/* ---- one point after the other ---- */

static void set_up(void)
{
    place = world_domain_place();
    vendor = people_add("vendor");
    admin = people_add("admin");
    world_rest(); /* the first look at Stripe's events */
}

static void come_to_rest(const char *what, int point)
{
    fault_order(NULL);
    world_later(2 * HOLD_S); /* leases, pauses and holds end */
    world_rest();
    truth_where(arena_printf(world.arena, "after %s:%d: ", what, point));
    truth_check(TRUTH_AT_REST);
    truth_where("");
    arena_reset(world.arena);
}

static int stride(void)
{
    int64_t n = 1;
    const char *text = getenv("PREP_STRIDE");
    ck_assert(text == NULL || text_int(text, 1, POINTS_MAX, &n));
    return (int)n;
}

START_TEST(whatever_fails_once_is_made_good)
{
    const struct story *story = &stories[_i];
    int failures = 0;
    bool fired = true;
    for (int point = 1; fired && point < POINTS_MAX; point += stride()) {
        struct scene scene;
        story->before(&scene);
        fault_order(arena_printf(world.arena, "*:%d", point));
        story->take(&scene);
        fired = fault_has_fired();
        failures += fired;
        come_to_rest(story->name, point);
    }
    ck_assert_msg(!fired, "%s does not end", story->name);
    ck_assert_int_gt(failures, 0);
    fprintf(stderr, "torture: %s: failed at %d points\n", story->name, failures);
}
END_TEST

void torture_points(Suite *s)
{
    TCase *t = world_books_tcase(s, "points");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_set_timeout(t, 3600);
    tcase_add_loop_test(t, whatever_fails_once_is_made_good, 0, COUNT_OF(stories));
}
