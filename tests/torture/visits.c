#include "torture.h"

#include "torture/visits.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/private.h"
#include "domain/host_accounts.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

/* ---- places ---- */

static int64_t add_kitchen(int64_t host_id)
{
    enum { YEARS_20 = 7300 };
    struct db_test data = { .c = { 0 } };
    snprintf(data.dir, sizeof data.dir, "%s", stack.conf.data_dir);
    int lock = lock_open(stack.conf.data_dir);
    CHECK(lock_take(lock) == OK);
    int64_t id = make_kitchen(&data, host_id);
    make_station(&data, id, "Oven", 2500);
    lock_drop(lock);
    close(lock);
    static const char *const papers[] = { "health_permit", "business_license",
        "insurance" };
    for (size_t i = 0; i < COUNT_OF(papers); i++)
        world_exec("INSERT INTO documents (kitchen_id, kind, state, number, authority,"
                   " issued_day, expires_day, hash, mime, bytes, file_name, created_at)"
                   " VALUES (%lld, %Q, 'approved', '1', 'City', 1, %lld, 'x',"
                   " 'application/pdf', 1, 'x.pdf', 1)",
            (long long)id, papers[i], (long long)(world_now() / DAY_S + YEARS_20));
    return id;
}

struct place world_place(void)
{
    struct place p = { .host = world_person("host") };
    p.kitchen_id = add_kitchen(p.host.id);
    p.station_id = look_int("SELECT id FROM spaces WHERE kitchen_id = %lld AND kind = "
                            "'station'",
        (long long)p.kitchen_id);
    client_post_bare(&world, "/host/stripe/connect",
        arena_printf(world.arena, "csrf=%s", p.host.csrf));
    ck_assert_int_eq(world.status, 303);
    p.account = look_text(world.arena,
        "SELECT account_id FROM host_accounts WHERE user_id = %lld",
        (long long)p.host.id);
    ck_assert_ptr_nonnull(p.account);
    world_sim("/_sim/act/account", "account=%s&standing=active", p.account);
    client_post_bare(&world, "/host/stripe/check",
        arena_printf(world.arena, "csrf=%s", p.host.csrf));
    ck_assert_int_eq(look_int("SELECT bookable FROM kitchens WHERE id = %lld",
                         (long long)p.kitchen_id),
        1);
    return p;
}

struct place world_domain_place(void)
{
    const char *url;
    struct place p = { .host = people_add("host") };
    p.kitchen_id = add_kitchen(p.host.id);
    ck_assert_int_eq(host_accounts_connect(world_ctx(p.host.id), &url), OK);
    p.account = look_text(world.arena,
        "SELECT account_id FROM host_accounts WHERE user_id = %lld",
        (long long)p.host.id);
    world_sim("/_sim/act/account", "account=%s&standing=active", p.account);
    ck_assert_int_eq(host_accounts_check(world_ctx(p.host.id)), OK);
    return p;
}

/* ---- bookings ---- */

static struct visit book(struct place *p, int64_t day)
{
    struct visit v = { .vendor = world_person("vendor") };
    struct civil date = civil_of_days(day);
    const char *path =
        arena_printf(world.arena, "/listings/%lld/book", (long long)p->kitchen_id);
    client_post_bare(&world, path,
        arena_printf(world.arena,
            "csrf=%s&idempotency_key=%s&date=%04d-%02d-%02d&start=09:00&end=12:00"
            "&space_id=&guest_count=1&purpose=Tamales&special_requests=",
            v.vendor.csrf, rand_uid(world.arena), date.year, date.month, date.day));
    ck_assert_msg(world.status == 303, "booking: %d %s", world.status, world.body.at);
    ck_assert(text_starts(world.location, "/checkout/"));
    ck_assert(text_int(world.location + strlen("/checkout/"), 1, INT64_MAX, &v.id));
    v.uid = look_text(
        world.arena, "SELECT uid FROM bookings WHERE id = %lld", (long long)v.id);
    return v;
}

struct visit world_book(struct place *p)
{
    enum { AHEAD_DAYS = 3 };
    int64_t first = world_now() / DAY_S + AHEAD_DAYS;
    p->day = p->day < first ? first : p->day + 1;
    return book(p, p->day);
}

struct visit world_book_again(struct place *p)
{
    return book(p, p->day);
}

static const char *of_payment(const struct visit *v, const char *column)
{
    return look_text(world.arena,
        "SELECT %s FROM payments WHERE booking_id = %lld ORDER BY attempt DESC", column,
        (long long)v->id);
}

int world_intent(struct visit *v)
{
    people_log_in(&world, &v->vendor);
    int status = client_post_bare(&world,
        arena_printf(world.arena, "/checkout/%lld/intent", (long long)v->id),
        arena_printf(world.arena, "csrf=%s", v->vendor.csrf));
    if (status == 200)
        v->intent = of_payment(v, "payment_intent_id");
    return status;
}

bool world_pay(struct visit *v, const char *card)
{
    ck_assert_ptr_nonnull(v->intent);
    int status =
        world_try_sim("/_sim/act/pay", "payment_intent=%s&card=%s", v->intent, card);
    ck_assert_msg(status == 200 || status == 402, "paying: %d", status);
    v->charge = look_text(
        world.arena, "SELECT charge FROM st_intents WHERE id = %Q", v->intent);
    return status == 200;
}

struct visit world_stay(struct place *p)
{
    struct visit v = world_book(p);
    ck_assert_int_eq(world_intent(&v), 200);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    return v;
}

void world_to_payout(const struct visit *v, int64_t s)
{
    world_later(
        look_int("SELECT end_at FROM bookings WHERE id = %lld", (long long)v->id) +
        DAY_S + s - world_now());
}

struct visit world_paid_out(struct place *p)
{
    struct visit v = world_stay(p);
    world_to_payout(&v, MINUTE_S);
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM transfers WHERE booking_id = %lld AND state = "
                 "'sent'",
            (long long)v.id),
        1);
    return v;
}

const char *world_state(const struct visit *v)
{
    return look_text(
        world.arena, "SELECT state FROM bookings WHERE id = %lld", (long long)v->id);
}

int world_cancel(const struct visit *v, const struct person *who)
{
    people_log_in(&world, who == NULL ? &v->vendor : who);
    client_post_bare(&world,
        arena_printf(world.arena, "/bookings/%lld/cancel", (long long)v->id),
        arena_printf(world.arena,
            "csrf=%s&reason=&refund_cents=", who == NULL ? v->vendor.csrf : who->csrf));
    return world.status;
}

static const char *give_fields(
    const struct person *admin, int64_t cents, const char *key)
{
    enum { CENTS = 100 };
    return arena_printf(world.arena,
        "csrf=%s&amount=%lld.%02d&reason=for+the+trouble&idempotency_key=%s",
        admin->csrf, (long long)(cents / CENTS), (int)(cents % CENTS), key);
}

struct shot world_give_shot(
    const struct person *admin, const struct visit *v, int64_t cents, const char *key)
{
    return (struct shot) {
        .path =
            arena_printf(world.arena, "/admin/bookings/%lld/refund", (long long)v->id),
        .cookie = admin->cookie,
        .fields = give_fields(admin, cents, key),
    };
}

int world_give(
    struct person *admin, const struct visit *v, int64_t cents, const char *key)
{
    world_be(admin); /* sessions of staff are short */
    struct shot s = world_give_shot(admin, v, cents, key);
    return client_post_bare(&world, s.path, s.fields);
}

int world_retry(struct person *admin, const char *what, int64_t id)
{
    world_be(admin);
    return client_post_bare(&world,
        arena_printf(world.arena, "/admin/payments/%s/%lld", what, (long long)id),
        arena_printf(world.arena, "csrf=%s&act=retry&reason=", admin->csrf));
}

void world_await_state(const struct visit *v, const char *state)
{
    world_await_some("SELECT COUNT(*) FROM bookings WHERE id = %lld AND state = %Q",
        (long long)v->id, state);
}
