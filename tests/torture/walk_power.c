#include "torture.h"

#include "torture/walk_power.h"

#include <signal.h>

#include "torture/pids.h"
#include "torture/walk_people.h"

void walk_crash(void)
{
    static const char *const points[] = { "db.begin", "db.commit", "db.query",
        "net.send", "net.reply", "calls.before_send", "calls.after_send",
        "events.after_insert", "transfers.after_claim" };
    static const char *const whose[] = { "prep-book", "prep-slow", "prep-jobs",
        "prep-web" };
    world_order(arena_printf(world.arena, "%s:kill %s", PICK(points), PICK(whose)));
}

void walk_minutes(void)
{
    world_later(30 + walk_below(240));
}

/* Whatever it is at, not only at a point of ours. */
void walk_kill(void)
{
    static const char *const names[] = { "prep-book-1", "prep-book-2", "prep-book-3",
        "prep-slow-1", "prep-slow-2", "prep-slow-3", "prep-web-1", "prep-jobs-1" };
    pid_t pid = pids_named(PICK(names));
    if (pid != 0)
        kill(pid, SIGKILL);
}

void walk_reload(void)
{
    kill(stack.prep, SIGHUP);
}

void walk_restart(void)
{
    world_site_down();
    world_site_up();
}

/* Before much time passes: no call to Stripe is under way, for nobody's answer takes
 * hours, and libcurl itself may ask again after a connection has died. */
static void let_calls_end(void)
{
    world_heal();
    world_jobs();
}

void walk_hours(void)
{
    let_calls_end();
    world_later(HOUR_S + walk_below(5 * HOUR_S));
}

void walk_day(void)
{
    let_calls_end();
    world_later(DAY_S / 2 + walk_below(DAY_S));
}
