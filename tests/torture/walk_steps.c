#include "torture.h"

#include "torture/walk_steps.h"

#include <stdio.h>
#include <string.h>

#include "domain/freezes.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "torture/visits.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"

enum { HOSTS = 5, VENDORS = 24, SESSION_S = 5 * DAY_S };

struct walker {
    struct person person;
    int64_t since_at; /* of the session */
};

static struct walker vendors[VENDORS], admin;

static struct {
    struct walker walker;
    int64_t kitchen_id, station_id;
    char account[64];
} hosts[HOSTS];

static uint64_t dice;

/* ---- dice ---- */

void walk_seed(int64_t seed)
{
    dice = (uint64_t)seed;
}

/* splitmix64: small, and the same everywhere. */
int64_t walk_below(int64_t n)
{
    uint64_t x = dice += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (int64_t)((x ^ (x >> 31)) % (uint64_t)n);
}

#define PICK(list) list[walk_below(COUNT_OF(list))]

/* COLUMN of any row of FROM ("bookings WHERE ..."); NULL if there is none. */
static const char *any(const char *column, const char *from)
{
    int64_t n = look_int("SELECT COUNT(*) FROM %s", from);
    return n == 0 ? NULL
                  : look_text(world.arena, "SELECT %s FROM %s LIMIT 1 OFFSET %lld",
                        column, from, (long long)walk_below(n));
}

static int64_t any_id(const char *from)
{
    int64_t id = 0;
    const char *text = any("id", from);
    return text != NULL && text_int(text, 1, INT64_MAX, &id) ? id : 0;
}

/* ---- people ---- */

static struct walker walker(struct person p)
{
    return (struct walker) { p, world_now() };
}

void walk_steps_open(void)
{
    for (size_t i = 0; i < VENDORS; i++)
        vendors[i] = walker(world_person("vendor"));
    for (size_t i = 0; i < HOSTS; i++) {
        struct place p = world_place();
        hosts[i].walker = walker(p.host);
        hosts[i].kitchen_id = p.kitchen_id;
        hosts[i].station_id = p.station_id;
        snprintf(hosts[i].account, sizeof hosts[i].account, "%s", p.account);
    }
    admin = walker(world_person("admin"));
}

/* With a session that has not ended. */
static struct person *fresh(struct walker *w)
{
    enum { STAFF_S = HOUR_S / 6 }; /* sessions of staff are short */
    if (world_now() - w->since_at > (w == &admin ? (int64_t)STAFF_S : SESSION_S)) {
        world_be(&w->person);
        w->since_at = world_now();
    }
    return &w->person;
}

static struct person *vendor_with(int64_t id)
{
    for (size_t i = 0; i < VENDORS; i++)
        if (vendors[i].person.id == id)
            return fresh(&vendors[i]);
    ck_abort_msg("no vendor of the walk");
    return NULL;
}

static struct person *host_with(int64_t id)
{
    for (size_t i = 0; i < HOSTS; i++)
        if (hosts[i].walker.person.id == id)
            return fresh(&hosts[i].walker);
    ck_abort_msg("no host of the walk");
    return NULL;
}

/* Any answer but a fault of ours; a worker may have been killed. */
static int post(const struct person *p, const char *path, const char *fields)
{
    people_log_in(&world, p);
    int status = client_post_bare(
        &world, path, arena_printf(world.arena, "csrf=%s&%s", p->csrf, fields));
    ck_assert_msg(status > 0 && status != 500 && status != 403 && status != 404,
        "%s: %d %s", path, status, world.body.at);
    return status;
}

/* Any end of a call in this process but a fault of ours. */
static void check_result(enum result r, const char *what)
{
    ck_assert_msg(r != R_FAULT, "%s: a fault", what);
    world_ctx(0);
}

/* ---- booking and paying ---- */

static void book(void)
{
    size_t h = (size_t)walk_below(HOSTS);
    const struct person *p = vendor_with(vendors[walk_below(VENDORS)].person.id);
    struct civil day = civil_of_days(world_now() / DAY_S + 2 + walk_below(9));
    int64_t start = 8 + walk_below(8);
    post(p,
        arena_printf(
            world.arena, "/listings/%lld/book", (long long)hosts[h].kitchen_id),
        arena_printf(world.arena,
            "idempotency_key=%s&date=%04d-%02d-%02d&start=%02d:00&end=%02d:00"
            "&space_id=%s&guest_count=1&purpose=Walk&special_requests=",
            rand_uid(world.arena), day.year, day.month, day.day, (int)start,
            (int)(start + 2 + walk_below(3)),
            walk_below(2) == 0
                ? ""
                : arena_printf(world.arena, "%lld", (long long)hosts[h].station_id)));
}

/* The vendor of a held booking posts to its checkout. */
static void at_checkout(const char *what)
{
    int64_t id = any_id("bookings WHERE state = 'held'");
    if (id == 0)
        return;
    int64_t vendor_id =
        look_int("SELECT vendor_id FROM bookings WHERE id = %lld", (long long)id);
    post(vendor_with(vendor_id),
        arena_printf(world.arena, "/checkout/%lld/%s", (long long)id, what), "");
}

static void open_form(void)
{
    at_checkout("intent");
}

static void open_page(void)
{
    at_checkout("hosted");
}

static void come_back(void)
{
    at_checkout("check");
}

static void leave(void)
{
    at_checkout("cancel");
}

/* What the sandbox refuses for a reason is as good as done. */
static void try_sim(const char *path, const char *form)
{
    int status = world_try_sim(path, "%s", form);
    ck_assert_msg(status == 200 || status == 400 || status == 402 || status == 404,
        "%s %s: %d", path, form, status);
}

static void pay(void)
{
    static const char *const cards[] = { VISA, VISA, VISA, VISA, VISA, VISA, DECLINED,
        WITH_3DS, "4000000000000077", "4000000000000259" };
    static const char *const banks[] = { "", "&threeds=complete", "&threeds=fail" };
    const char *intent =
        any("payment_intent_id", "payments WHERE state = 'pending' AND mode = 'pi'"
                                 " AND payment_intent_id IS NOT NULL");
    if (intent == NULL)
        return;
    try_sim("/_sim/act/pay", arena_printf(world.arena, "payment_intent=%s&card=%s%s",
                                 intent, PICK(cards), PICK(banks)));
}

static void pay_page(void)
{
    const char *session = any("checkout_session_id",
        "payments WHERE state = 'pending' AND checkout_session_id IS NOT NULL");
    if (session == NULL)
        return;
    /* Half of them are looked at by Stripe at once: we may not know the intent yet. */
    bool looked_at = walk_below(2) == 0;
    if (looked_at)
        world_sim("/_sim/webhooks", "pause=true");
    try_sim(
        "/_sim/act/pay", arena_printf(world.arena, "session=%s&card=" VISA, session));
    const char *charge =
        look_text(world.arena, "SELECT id FROM st_charges ORDER BY created_at DESC");
    if (!looked_at || charge == NULL)
        return;
    try_sim("/_sim/act/review", arena_printf(world.arena, "charge=%s&do=open", charge));
    world_sim("/_sim/webhooks", "reorder=true&pause=false");
}

/* Most people do the three without a pause. */
static void book_and_pay(void)
{
    int64_t last = look_int("SELECT MAX(id) FROM bookings");
    book();
    int64_t id = look_int("SELECT MAX(id) FROM bookings");
    const char *checkout =
        arena_printf(world.arena, "/checkout/%lld/intent", (long long)id);
    if (id == last)
        return;
    int64_t vendor_id =
        look_int("SELECT vendor_id FROM bookings WHERE id = %lld", (long long)id);
    if (post(vendor_with(vendor_id), checkout, "") == 200)
        try_sim(
            "/_sim/act/pay", arena_printf(world.arena, "payment_intent=%s",
                                 look_text(world.arena,
                                     "SELECT payment_intent_id FROM payments"
                                     " WHERE booking_id = %lld ORDER BY attempt DESC",
                                     (long long)id)));
}

/* ---- giving back ---- */

static void cancel(void)
{
    int64_t id = any_id("bookings WHERE state IN ('held', 'confirmed', 'active')");
    if (id == 0)
        return;
    const struct person *sides[] = {
        vendor_with(
            look_int("SELECT vendor_id FROM bookings WHERE id = %lld", (long long)id)),
        host_with(
            look_int("SELECT host_id FROM bookings WHERE id = %lld", (long long)id)),
        fresh(&admin),
    };
    post(PICK(sides), arena_printf(world.arena, "/bookings/%lld/cancel", (long long)id),
        "reason=&refund_cents=");
}

static void nobody_came(void)
{
    int64_t id = any_id("bookings WHERE state IN ('active', 'confirmed')");
    if (id != 0)
        check_result(visits_no_show(world_ctx(admin.person.id), id), "no show");
}

static void give(void)
{
    int64_t id =
        any_id("bookings WHERE state IN ('confirmed', 'completed', 'no_show')");
    if (id == 0)
        return;
    int64_t cents = 1 + walk_below(look_int("SELECT total_cents FROM bookings"
                                            " WHERE id = %lld",
                            (long long)id));
    struct ctx *c = world_ctx(admin.person.id);
    check_result(
        refunds_give(c, id, (struct cents) { cents }, "walk", rand_uid(c->arena)),
        "give");
}

static void refund_at_stripe(void)
{
    const char *charge = any("id", "st_charges WHERE status = 'succeeded'"
                                   " AND refunded < amount");
    if (charge == NULL)
        return;
    int64_t left =
        look_int("SELECT amount - refunded FROM st_charges WHERE id = %Q", charge);
    try_sim("/_sim/act/refund", arena_printf(world.arena, "charge=%s&amount=%lld",
                                    charge, (long long)(1 + walk_below(left))));
}

static void refund_fails(void)
{
    const char *refund =
        any("id", "st_refunds WHERE status IN ('succeeded', 'pending')");
    if (refund != NULL)
        try_sim(
            "/_sim/act/refund_fail", arena_printf(world.arena, "refund=%s", refund));
}

static void retry_refund(void)
{
    int64_t id = any_id("refunds WHERE state = 'failed'");
    if (id != 0)
        check_result(refunds_retry(world_ctx(admin.person.id), id), "retry");
}

static void retry_transfer(void)
{
    int64_t id = any_id("transfers WHERE state = 'failed'");
    if (id != 0)
        check_result(
            transfers_retry(world_ctx(admin.person.id), id), "retry of a transfer");
}

/* ---- banks ---- */

static void dispute(void)
{
    static const char *const statuses[] = { "needs_response", "needs_response",
        "warning_needs_response", "lost" };
    const char *charge = any("id", "st_charges WHERE status = 'succeeded'");
    if (charge == NULL)
        return;
    int64_t amount = look_int("SELECT amount FROM st_charges WHERE id = %Q", charge);
    int64_t part = walk_below(3) == 0 ? 1 + walk_below(amount) : amount;
    try_sim("/_sim/act/dispute",
        arena_printf(world.arena, "do=open&charge=%s&status=%s&amount=%lld", charge,
            PICK(statuses), (long long)part));
}

static void dispute_goes_on(void)
{
    static const char *const acts[] = { "do=update&status=under_review", "do=late_win",
        "do=close&status=won", "do=close&status=lost",
        "do=close&status=warning_closed" };
    const char *id = any("id", "st_disputes");
    if (id != NULL)
        try_sim("/_sim/act/dispute",
            arena_printf(world.arena, "dispute=%s&%s", id, PICK(acts)));
}

static void look_closer(void)
{
    static const char *const acts[] = { "/_sim/act/warning", "/_sim/act/review" };
    static const char *const whats[] = { "open", "close" };
    const char *charge = any("id", "st_charges WHERE status = 'succeeded'");
    if (charge != NULL)
        try_sim(PICK(acts),
            arena_printf(world.arena, "charge=%s&do=%s", charge, PICK(whats)));
}

/* ---- Stripe ---- */

static void capability(void)
{
    try_sim("/_sim/act/capability",
        arena_printf(world.arena, "account=%s&transfers=%s", PICK(hosts).account,
            walk_below(3) == 0 ? "inactive" : "active"));
}

static void spend(void)
{
    try_sim("/_sim/act/drain_account",
        arena_printf(world.arena, "account=%s", PICK(hosts).account));
}

static void rules(void)
{
    static const char *const reversals[] = { "rule=refuse", "rule=negative",
        "reuse=yes", "reuse=no" };
    static const char *const refunds[] = { "rule=debit", "rule=pending" };
    try_sim("/_sim/act/reversals", PICK(reversals));
    try_sim("/_sim/act/refunds", PICK(refunds));
}

static void stripe_fails(void)
{
    static const char *const kinds[] = { "drop_before", "timeout_after_commit",
        "reset_mid_body", "500_cached", "503", "429", "409" };
    static const char *const matches[] = { "", "POST", "POST /v1/payment_intents",
        "/cancel", "POST /v1/refunds", "POST /v1/transfers", "reversals", "GET" };
    world_fault(PICK(matches), PICK(kinds), (int)(1 + walk_below(4)));
}

static void webhooks_fail(void)
{
    static const char *const orders[] = { "drop=3&type=", "drop=2&type=payment_intent.",
        "duplicate=5&type=", "second_event_object=3&type=", "reorder=true",
        "reorder=false", "delay_ms=60000&type=charge.dispute.",
        "delay_ms=300000&type=payment_intent.", "delay_ms=0", "bad_sig=3", "old_ts=3",
        "pause=true", "pause=false" };
    world_sim("/_sim/webhooks", "%s", PICK(orders));
}

static void all_is_well(void)
{
    world_heal();
    world_sim("/_sim/webhooks", "pause=false&reorder=false&delay_ms=0&drop=0&type=");
}

/* ---- power and time ---- */

static void crash(void)
{
    static const char *const points[] = { "db.begin", "db.commit", "db.query",
        "net.send", "net.reply", "calls.before_send", "calls.after_send",
        "events.after_insert", "transfers.after_claim" };
    static const char *const whose[] = { "prep-book", "prep-slow", "prep-jobs" };
    world_order(arena_printf(world.arena, "%s:kill %s", PICK(points), PICK(whose)));
}

static void minutes(void)
{
    world_later(30 + walk_below(240));
}

/* Before much time passes: no call to Stripe is under way, for nobody's answer takes
 * hours, and libcurl itself may ask again after a connection has died. */
static void let_calls_end(void)
{
    world_heal();
    world_jobs();
}

static void hours(void)
{
    let_calls_end();
    world_later(HOUR_S + walk_below(5 * HOUR_S));
}

static void day(void)
{
    let_calls_end();
    world_later(DAY_S / 2 + walk_below(DAY_S));
}

const struct walk_step walk_steps[] = {
    { 120, "book and pay", book_and_pay },
    { 100, "book", book },
    { 120, "open the card form", open_form },
    { 20, "open Stripe's page", open_page },
    { 140, "pay", pay },
    { 20, "pay at Stripe's page", pay_page },
    { 30, "come back", come_back },
    { 15, "leave the checkout", leave },
    { 45, "cancel", cancel },
    { 5, "nobody came", nobody_came },
    { 20, "give back", give },
    { 15, "refund at the dashboard", refund_at_stripe },
    { 6, "a refund fails", refund_fails },
    { 6, "a refund is tried again", retry_refund },
    { 6, "a transfer is tried again", retry_transfer },
    { 12, "a dispute", dispute },
    { 24, "a dispute goes on", dispute_goes_on },
    { 8, "a review or a warning", look_closer },
    { 8, "a capability", capability },
    { 6, "a host spends", spend },
    { 4, "Stripe's rules", rules },
    { 20, "Stripe fails", stripe_fails },
    { 20, "webhooks fail", webhooks_fail },
    { 30, "all is well", all_is_well },
    { 20, "a crash", crash },
    { 60, "minutes", minutes },
    { 16, "hours", hours },
    { 5, "a day", day },
};
const size_t walk_step_count = COUNT_OF(walk_steps);

/* ---- the end ---- */

/* FN with the id of each row that is there now. */
static void each(const char *column, const char *from, void (*fn)(const char *id))
{
    int64_t n = look_int("SELECT COUNT(*) FROM %s", from);
    struct arena *a = arena_new(16 * 1024 * 1024);
    const char **ids = arena_array(a, (size_t)n + 1, sizeof *ids);
    for (int64_t i = 0; i < n; i++)
        ids[i] = look_text(
            a, "SELECT %s FROM %s LIMIT 1 OFFSET %lld", column, from, (long long)i);
    for (int64_t i = 0; i < n; i++)
        if (ids[i] != NULL)
            fn(ids[i]);
    arena_free(a);
}

static void close_dispute(const char *id)
{
    static const char *const ends[] = { "won", "lost" };
    bool inquiry =
        look_int("SELECT status LIKE 'warning%%' FROM st_disputes WHERE id = %Q", id) !=
        0;
    try_sim(
        "/_sim/act/dispute", arena_printf(world.arena, "dispute=%s&do=close&status=%s",
                                 id, inquiry ? "warning_closed" : PICK(ends)));
}

static void close_review(const char *charge)
{
    try_sim(
        "/_sim/act/review", arena_printf(world.arena, "charge=%s&do=close", charge));
}

static void release(const char *id)
{
    check_result(freezes_release(world_ctx(admin.person.id), id), "release");
}

static void retry_refund_id(const char *id)
{
    int64_t n = 0;
    CHECK(text_int(id, 1, INT64_MAX, &n));
    check_result(refunds_retry(world_ctx(admin.person.id), n), "retry");
}

static void retry_transfer_id(const char *id)
{
    int64_t n = 0;
    CHECK(text_int(id, 1, INT64_MAX, &n));
    check_result(transfers_retry(world_ctx(admin.person.id), n), "retry");
}

void walk_steps_decide(void)
{
    for (size_t i = 0; i < HOSTS; i++)
        try_sim("/_sim/act/capability",
            arena_printf(world.arena, "account=%s&transfers=active", hosts[i].account));
    each("id",
        "st_disputes WHERE status IN ('needs_response', 'under_review',"
        " 'warning_needs_response', 'warning_under_review')",
        close_dispute);
    each("charge_id",
        "freezes f JOIN payments p ON p.booking_id = f.booking_id"
        " WHERE f.closed_at IS NULL AND f.kind = 'review'"
        " AND p.charge_id <> ''",
        close_review);
    world_rest();
    each("source_id", "freezes WHERE closed_at IS NULL AND kind = 'warning'", release);
    each("id", "refunds WHERE state = 'failed'", retry_refund_id);
    each("id", "transfers WHERE state = 'failed'", retry_transfer_id);
    world_rest();
}
