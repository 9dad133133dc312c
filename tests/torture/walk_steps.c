#include "torture.h"

#include "torture/walk_steps.h"

#include <stdio.h>
#include <string.h>

#include "torture/walk_people.h"
#include "torture/walk_power.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

/* ---- booking and paying ---- */

static void book(void)
{
    size_t h = (size_t)walk_below(WALK_HOSTS);
    const struct person *p = walk_any_vendor();
    struct civil day = civil_of_days(world_now() / DAY_S + 2 + walk_below(9));
    int64_t start = 8 + walk_below(8);
    walk_post(p,
        arena_printf(
            world.arena, "/listings/%lld/book", (long long)walk_hosts[h].kitchen_id),
        arena_printf(world.arena,
            "idempotency_key=%s&date=%04d-%02d-%02d&start=%02d:00&end=%02d:00"
            "&space_id=%s&guest_count=1&purpose=Walk&special_requests=",
            rand_uid(world.arena), day.year, day.month, day.day, (int)start,
            (int)(start + 2 + walk_below(3)),
            walk_below(2) == 0 ? ""
                               : arena_printf(world.arena, "%lld",
                                     (long long)walk_hosts[h].station_id)));
}

/* A host who wants to be asked answers, or a day goes by. */
static void host_answers(void)
{
    static const char *const answers[] = { "accept", "accept", "decline" };
    int64_t id = walk_any_id("bookings WHERE state = 'requested'");
    if (id != 0)
        walk_post(walk_host(look_int(
                      "SELECT host_id FROM bookings WHERE id = %lld", (long long)id)),
            arena_printf(
                world.arena, "/host/bookings/%lld/%s", (long long)id, PICK(answers)),
            "reason=");
}

/* The vendor of a held booking posts to its checkout. */
static void at_checkout(const char *what)
{
    int64_t id = walk_any_id("bookings WHERE state = 'held'");
    if (id == 0)
        return;
    int64_t vendor_id =
        look_int("SELECT vendor_id FROM bookings WHERE id = %lld", (long long)id);
    walk_post(walk_vendor(vendor_id),
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

static void pay(void)
{
    static const char *const cards[] = { VISA, VISA, VISA, VISA, VISA, VISA, DECLINED,
        WITH_3DS, "4000000000000077", "4000000000000259" };
    static const char *const banks[] = { "", "&threeds=complete", "&threeds=fail" };
    const char *intent =
        walk_any("payment_intent_id", "payments WHERE state = 'pending' AND mode = 'pi'"
                                      " AND payment_intent_id IS NOT NULL");
    if (intent == NULL)
        return;
    walk_try_sim(
        "/_sim/act/pay", arena_printf(world.arena, "payment_intent=%s&card=%s%s",
                             intent, PICK(cards), PICK(banks)));
}

static void pay_page(void)
{
    const char *session = walk_any("checkout_session_id",
        "payments WHERE state = 'pending' AND checkout_session_id IS NOT NULL");
    if (session == NULL)
        return;
    /* Half of them are looked at by Stripe at once: we may not know the intent yet. */
    bool looked_at = walk_below(2) == 0;
    if (looked_at)
        world_sim("/_sim/webhooks", "pause=true");
    walk_try_sim(
        "/_sim/act/pay", arena_printf(world.arena, "session=%s&card=" VISA, session));
    if (!looked_at)
        return;
    const char *charge = look_text(world.arena, "SELECT id FROM st_charges"
                                                " WHERE status = 'succeeded'"
                                                " ORDER BY created_at DESC");
    if (charge != NULL)
        walk_try_sim(
            "/_sim/act/review", arena_printf(world.arena, "charge=%s&do=open", charge));
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
    if (walk_post(walk_vendor(vendor_id), checkout, "") == 200)
        walk_try_sim(
            "/_sim/act/pay", arena_printf(world.arena, "payment_intent=%s",
                                 look_text(world.arena,
                                     "SELECT payment_intent_id FROM payments"
                                     " WHERE booking_id = %lld ORDER BY attempt DESC",
                                     (long long)id)));
}

/* ---- giving back ---- */

static void cancel(void)
{
    int64_t id = walk_any_id(
        "bookings WHERE state IN ('requested', 'held', 'confirmed', 'active')");
    if (id == 0)
        return;
    const struct person *sides[] = {
        walk_vendor(
            look_int("SELECT vendor_id FROM bookings WHERE id = %lld", (long long)id)),
        walk_host(
            look_int("SELECT host_id FROM bookings WHERE id = %lld", (long long)id)),
        walk_admin(),
    };
    walk_post(PICK(sides),
        arena_printf(world.arena, "/bookings/%lld/cancel", (long long)id),
        "reason=&refund_cents=");
}

static void nobody_came(void)
{
    int64_t id = walk_any_id(arena_printf(world.arena,
        "bookings WHERE state IN ('confirmed', 'active', 'completed')"
        " AND start_at <= %lld AND end_at > %lld - 86400",
        (long long)world_now(), (long long)world_now()));
    if (id != 0)
        walk_post(walk_host(look_int(
                      "SELECT host_id FROM bookings WHERE id = %lld", (long long)id)),
            arena_printf(world.arena, "/host/bookings/%lld/no_show", (long long)id),
            "");
}

/* Staff gives some of it back, or all. */
static void give(void)
{
    enum { CENTS = 100 };
    int64_t id =
        walk_any_id("bookings WHERE state IN ('confirmed', 'completed', 'no_show')");
    if (id == 0)
        return;
    int64_t total =
        look_int("SELECT total_cents FROM bookings WHERE id = %lld", (long long)id);
    int64_t cents = walk_below(4) == 0 ? total : 1 + walk_below(total);
    walk_post(walk_admin(),
        arena_printf(world.arena, "/admin/bookings/%lld/refund", (long long)id),
        arena_printf(world.arena, "amount=%lld.%02d&reason=walk&idempotency_key=%s",
            (long long)(cents / CENTS), (int)(cents % CENTS), rand_uid(world.arena)));
}

static void refund_at_stripe(void)
{
    const char *charge = walk_any("id", "st_charges WHERE status = 'succeeded'"
                                        " AND refunded < amount");
    if (charge == NULL)
        return;
    int64_t left =
        look_int("SELECT amount - refunded FROM st_charges WHERE id = %Q", charge);
    walk_try_sim("/_sim/act/refund", arena_printf(world.arena, "charge=%s&amount=%lld",
                                         charge, (long long)(1 + walk_below(left))));
}

static void refund_fails(void)
{
    const char *refund =
        walk_any("id", "st_refunds WHERE status IN ('succeeded', 'pending')");
    if (refund != NULL)
        walk_try_sim(
            "/_sim/act/refund_fail", arena_printf(world.arena, "refund=%s", refund));
}

static void retry(const char *what, const char *id)
{
    walk_post(walk_admin(),
        arena_printf(world.arena, "/admin/payments/%s/%s", what, id),
        "act=retry&reason=");
}

static void retry_refund_id(const char *id)
{
    retry("refunds", id);
}

static void retry_transfer_id(const char *id)
{
    retry("transfers", id);
}

static void retry_refund(void)
{
    const char *id = walk_any("id", "refunds WHERE state = 'failed'");
    if (id != NULL)
        retry_refund_id(id);
}

static void retry_transfer(void)
{
    const char *id = walk_any("id", "transfers WHERE state = 'failed'");
    if (id != NULL)
        retry_transfer_id(id);
}

/* Somebody takes a transfer back in Stripe's dashboard, all of it or a part. */
static void reverse_at_stripe(void)
{
    const char *id = walk_any("id", "st_transfers WHERE reversed < amount");
    if (id == NULL)
        return;
    int64_t left =
        look_int("SELECT amount - reversed FROM st_transfers WHERE id = %Q", id);
    int64_t cents = walk_below(2) == 0 ? left : 1 + walk_below(left);
    world_try_api(arena_printf(world.arena, "/v1/transfers/%s/reversals", id),
        arena_printf(world.arena, "amount=%lld", (long long)cents));
}

/* ---- banks ---- */

static void dispute(void)
{
    static const char *const statuses[] = { "needs_response", "needs_response",
        "needs_response", "under_review", "warning_needs_response",
        "warning_under_review", "prevented", "lost", "appeal_needs_response" };
    const char *charge = walk_any("id", "st_charges WHERE status = 'succeeded'");
    if (charge == NULL)
        return;
    int64_t amount = look_int("SELECT amount FROM st_charges WHERE id = %Q", charge);
    int64_t part = walk_below(3) == 0 ? 1 + walk_below(amount) : amount;
    walk_try_sim("/_sim/act/dispute",
        arena_printf(world.arena, "do=open&charge=%s&status=%s&amount=%lld", charge,
            PICK(statuses), (long long)part));
}

/* Where a dispute may go from each status, as banks do it. */
static const struct {
    const char *from, *act;
} ways[] = {
    { "warning_needs_response", "do=update&status=warning_under_review" },
    { "warning_needs_response", "do=update&status=needs_response" },
    { "warning_needs_response", "do=close&status=warning_closed" },
    { "warning_needs_response", "do=close&status=prevented" },
    { "warning_under_review", "do=update&status=needs_response" },
    { "warning_under_review", "do=close&status=warning_closed" },
    { "needs_response", "do=update&status=under_review" },
    { "needs_response", "do=close&status=lost" },
    { "needs_response", "do=close&status=won" },
    { "under_review", "do=close&status=lost" },
    { "under_review", "do=close&status=won" },
    { "lost", "do=late_win" },
    { "appeal_needs_response", "do=update&status=appeal_under_review" },
    { "appeal_needs_response", "do=close&status=lost" },
    { "appeal_under_review", "do=close&status=lost" },
    { "appeal_under_review", "do=close&status=won" },
};

static void dispute_goes_on(void)
{
    const char *acts[COUNT_OF(ways)], *id = walk_any("id", "st_disputes");
    int64_t n = 0;
    if (id == NULL)
        return;
    const char *now =
        look_text(world.arena, "SELECT status FROM st_disputes WHERE id = %Q", id);
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (text_is(ways[i].from, now))
            acts[n++] = ways[i].act;
    if (n > 0)
        walk_try_sim("/_sim/act/dispute",
            arena_printf(world.arena, "dispute=%s&%s", id, acts[walk_below(n)]));
}

/* Staff sends what it knows to the bank. */
static void answer_the_bank(void)
{
    const char *id = walk_any("dispute_id", "disputes WHERE closed_at IS NULL");
    if (id != NULL)
        walk_post(walk_admin(), arena_printf(world.arena, "/admin/disputes/%s", id),
            "text=They+were+there.");
}

static void look_closer(void)
{
    static const char *const acts[] = { "/_sim/act/warning", "/_sim/act/review" };
    static const char *const whats[] = { "open", "close" };
    const char *charge = walk_any("id", "st_charges WHERE status = 'succeeded'");
    if (charge != NULL)
        walk_try_sim(PICK(acts),
            arena_printf(world.arena, "charge=%s&do=%s", charge, PICK(whats)));
}

/* ---- Stripe ---- */

static void capability(void)
{
    walk_try_sim("/_sim/act/capability",
        arena_printf(world.arena, "account=%s&transfers=%s", PICK(walk_hosts).account,
            walk_below(3) == 0 ? "inactive" : "active"));
}

static void spend(void)
{
    walk_try_sim("/_sim/act/drain_account",
        arena_printf(world.arena, "account=%s", PICK(walk_hosts).account));
}

static void rules(void)
{
    static const char *const reversals[] = { "rule=refuse", "rule=negative",
        "reuse=yes", "reuse=no" };
    static const char *const refunds[] = { "rule=debit", "rule=pending" };
    walk_try_sim("/_sim/act/reversals", PICK(reversals));
    walk_try_sim("/_sim/act/refunds", PICK(refunds));
}

static void stripe_fails(void)
{
    static const char *const kinds[] = { "drop_before", "timeout_after_commit",
        "reset_mid_body", "500_cached", "503", "429", "409", "slow" };
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

const struct walk_step walk_steps[] = {
    { 120, "book and pay", book_and_pay },
    { 100, "book", book },
    { 60, "a host answers", host_answers },
    { 120, "open the card form", open_form },
    { 20, "open Stripe's page", open_page },
    { 140, "pay", pay },
    { 20, "pay at Stripe's page", pay_page },
    { 30, "come back", come_back },
    { 15, "leave the checkout", leave },
    { 45, "cancel", cancel },
    { 10, "nobody came", nobody_came },
    { 20, "give back", give },
    { 15, "refund at the dashboard", refund_at_stripe },
    { 6, "a reversal at the dashboard", reverse_at_stripe },
    { 6, "a refund fails", refund_fails },
    { 6, "a refund is tried again", retry_refund },
    { 6, "a transfer is tried again", retry_transfer },
    { 12, "a dispute", dispute },
    { 24, "a dispute goes on", dispute_goes_on },
    { 8, "staff answers a bank", answer_the_bank },
    { 8, "a review or a warning", look_closer },
    { 8, "a capability", capability },
    { 6, "a host spends", spend },
    { 4, "Stripe's rules", rules },
    { 20, "Stripe fails", stripe_fails },
    { 20, "webhooks fail", webhooks_fail },
    { 30, "all is well", all_is_well },
    { 20, "a crash", walk_crash },
    { 12, "a kill", walk_kill },
    { 2, "a reload", walk_reload },
    { 1, "a restart", walk_restart },
    { 60, "minutes", walk_minutes },
    { 16, "hours", walk_hours },
    { 5, "a day", walk_day },
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
    walk_try_sim(
        "/_sim/act/dispute", arena_printf(world.arena, "dispute=%s&do=close&status=%s",
                                 id, inquiry ? "warning_closed" : PICK(ends)));
}

static void close_review(const char *charge)
{
    walk_try_sim(
        "/_sim/act/review", arena_printf(world.arena, "charge=%s&do=close", charge));
}

static void release(const char *id)
{
    walk_post(
        walk_admin(), arena_printf(world.arena, "/admin/payments/warnings/%s", id), "");
}

void walk_steps_decide(void)
{
    for (size_t i = 0; i < WALK_HOSTS; i++)
        walk_try_sim("/_sim/act/capability",
            arena_printf(
                world.arena, "account=%s&transfers=active", walk_hosts[i].account));
    each("id",
        "st_disputes WHERE status NOT IN ('won', 'lost', 'prevented',"
        " 'warning_closed')",
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
