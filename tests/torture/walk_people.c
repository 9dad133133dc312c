#include "torture.h"

#include "torture/walk_people.h"

#include <stdio.h>

#include "torture/visits.h"
#include "util/guard.h"
#include "util/text.h"

enum { VENDORS = 24, SESSION_S = 5 * DAY_S };

struct walker {
    struct person person;
    int64_t since_at; /* of the session */
};

static struct walker vendors[VENDORS], admin;

static struct walker host_walkers[WALK_HOSTS];
struct walk_host walk_hosts[WALK_HOSTS];

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

const char *walk_any(const char *column, const char *from)
{
    int64_t n = look_int("SELECT COUNT(*) FROM %s", from);
    return n == 0 ? NULL
                  : look_text(world.arena, "SELECT %s FROM %s LIMIT 1 OFFSET %lld",
                        column, from, (long long)walk_below(n));
}

int64_t walk_any_id(const char *from)
{
    int64_t id = 0;
    const char *text = walk_any("id", from);
    return text != NULL && text_int(text, 1, INT64_MAX, &id) ? id : 0;
}

/* ---- people ---- */

static struct walker walker(struct person p)
{
    return (struct walker) { p, world_now() };
}

/* The last host answers each wish for a time himself. */
void walk_people_open(void)
{
    for (size_t i = 0; i < VENDORS; i++)
        vendors[i] = walker(world_person("vendor"));
    for (size_t i = 0; i < WALK_HOSTS; i++) {
        struct place p = world_place();
        host_walkers[i] = walker(p.host);
        walk_hosts[i].kitchen_id = p.kitchen_id;
        walk_hosts[i].station_id = p.station_id;
        snprintf(walk_hosts[i].account, sizeof walk_hosts[i].account, "%s", p.account);
    }
    world_exec("UPDATE kitchens SET instant_book = 0 WHERE id = %lld",
        (long long)walk_hosts[WALK_HOSTS - 1].kitchen_id);
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

const struct person *walk_vendor(int64_t id)
{
    for (size_t i = 0; i < VENDORS; i++)
        if (vendors[i].person.id == id)
            return fresh(&vendors[i]);
    ck_abort_msg("no vendor of the walk");
    return NULL;
}

const struct person *walk_host(int64_t id)
{
    for (size_t i = 0; i < WALK_HOSTS; i++)
        if (host_walkers[i].person.id == id)
            return fresh(&host_walkers[i]);
    ck_abort_msg("no host of the walk");
    return NULL;
}

const struct person *walk_any_vendor(void)
{
    return fresh(&vendors[walk_below(VENDORS)]);
}

const struct person *walk_admin(void)
{
    return fresh(&admin);
}

int walk_post(const struct person *p, const char *path, const char *fields)
{
    people_log_in(&world, p);
    int status = client_post_bare(
        &world, path, arena_printf(world.arena, "csrf=%s&%s", p->csrf, fields));
    ck_assert_msg(status > 0 && status != 500 && status != 403 && status != 404,
        "%s: %d %s", path, status, world.body.at);
    return status;
}

void walk_try_sim(const char *path, const char *form)
{
    int status = world_try_sim(path, "%s", form);
    ck_assert_msg(status == 200 || status == 400 || status == 402 || status == 404,
        "%s %s: %d", path, form, status);
}
