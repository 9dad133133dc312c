#include "torture.h"

#include "torture/world.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/private.h"
#include "domain/host_accounts.h"
#include "domain/sessions.h"
#include "jobs/jobs.h"
#include "net/net.h"
#include "stripe/client.h"
#include "support/event.h"
#include "support/folder.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"

enum { PATIENCE_MS = 30000, ROUNDS_MAX = 60, LOG_MAX = 256 << 20 };

struct client world;

static struct client sim; /* the sandbox's control */
static struct stack sim_at;
static struct db_test ours; /* our database, opened by this process */
static struct jobs jobs;    /* in this process, where there is no site */

/* ---- opening ---- */

static void open_domain(void)
{
    struct buf why;
    buf_init(&why, 4096);
    ours = (struct db_test) { .app = { .conf = stack.conf } };
    snprintf(ours.dir, sizeof ours.dir, "%s", stack.conf.data_dir);
    ck_assert_msg(app_open(&ours.app, &why) == OK, "%s", why.at);
    ours.app.net = net_open();
    buf_free(&why);
}

/* As the sandbox was at the beginning. */
static void reset_sandbox(void)
{
    unlink(getenv("PREP_FAULT_FILE"));
    world_heal();
    world_sim("/_sim/webhooks",
        "pause=false&reorder=false&duplicate=0&second_event_object=0&drop=0&bad_sig=0"
        "&old_ts=0&delay_ms=0&fast=true");
    world_sim("/_sim/act/reversals", "rule=refuse&reuse=yes");
    world_sim("/_sim/act/refunds", "rule=debit");
}

static void open_ours(void)
{
    people_open(&stack);
    open_domain();
    look_open(arena_printf(world.arena, "%s/prep.db", stack.conf.data_dir),
        stack_path(&stack, "run/stripe.db"));
}

static void close_ours(void)
{
    look_close();
    db_test_end(&ours);
    net_close(ours.app.net);
    app_close(&ours.app);
    people_close();
}

void world_open(void)
{
    rand_open();
    sim_at.dir = stack.dir;
    snprintf(sim_at.url, sizeof sim_at.url, "%s", stack.api);
    client_open(&sim, &sim_at);
    client_open(&world, &stack);
    open_ours();
    reset_sandbox();
}

void world_close(void)
{
    world_rest();
    truth_check(TRUTH_AT_REST);
    close_ours();
    client_close(&world);
    client_close(&sim);
}

/* ---- a site of one's own ---- */

static void open_own(void)
{
    static struct stack own;
    stack_start_proof(&own);
    stack = own;
    world_open();
}

static void open_books(void)
{
    static struct stack own;
    stack_start_books(&own);
    stack = own;
    world_open();
    world_sim("/_sim/webhooks", "pause=true");
    struct buf why;
    buf_init(&why, 4096);
    ck_assert_msg(jobs_open(&jobs, &stack.conf, &why) == OK, "%s", why.at);
    buf_free(&why);
}

static void close_books(void)
{
    world_close();
    jobs_close(&jobs);
    stack_stop(&stack);
}

static void close_own(void)
{
    world_close();
    stack_stop(&stack);
}

void world_reopen(void)
{
    open_ours();
}

void world_site_down(void)
{
    ck_assert_int_eq(stack_end(stack.prep), 0);
    stack.prep = 0;
}

void world_site_up(void)
{
    stack_serve(&stack);
}

void world_restore(const char *backup)
{
    static const char *const left[] = { "prep.db-wal", "prep.db-shm" };
    size_t n;
    close_ours();
    for (size_t i = 0; i < COUNT_OF(left); i++)
        unlink(arena_printf(world.arena, "%s/%s", stack.conf.data_dir, left[i]));
    const char *bytes = folder_read(world.arena, backup, &n);
    folder_write(
        arena_printf(world.arena, "%s/prep.db", stack.conf.data_dir), bytes, n);
    open_ours();
}

static TCase *add_tcase(
    Suite *s, const char *name, void (*open)(void), void (*close)(void))
{
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, open, close);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    return t;
}

TCase *world_tcase(Suite *s, const char *name)
{
    return add_tcase(s, name, world_open, world_close);
}

TCase *world_own_tcase(Suite *s, const char *name)
{
    return add_tcase(s, name, open_own, close_own);
}

TCase *world_books_tcase(Suite *s, const char *name)
{
    return add_tcase(s, name, open_books, close_books);
}

/* ---- time ---- */

int64_t world_now(void)
{
    return app_now(&ours.app);
}

void world_later(int64_t s)
{
    char text[32];
    int64_t ahead_s = 0;
    int fd = open(getenv("PREP_CLOCK"), O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, text, sizeof text) > 0);
    CHECK(text_int(arena_strndup(world.arena, text, strcspn(text, " \n")), 0, INT64_MAX,
        &ahead_s));
    int n = snprintf(text, sizeof text, "%-20lld\n", (long long)(ahead_s + s));
    CHECK(pwrite(fd, text, (size_t)n, 0) == n);
    close(fd);
    world_sim("/_sim/clock", "advance=%lld", (long long)s);
}

/* ---- Stripe and its control ---- */

static int try_sim(const char *path, const char *format, va_list ap)
{
    char *form = sqlite3_vmprintf(format, ap);
    int status = client_post_bare(&sim, path, form);
    sqlite3_free(form);
    return status;
}

int world_try_sim(const char *path, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int status = try_sim(path, format, ap);
    va_end(ap);
    return status;
}

const struct json *world_sim(const char *path, const char *format, ...)
{
    const struct json *j = NULL;
    va_list ap;
    va_start(ap, format);
    int status = try_sim(path, format, ap);
    va_end(ap);
    ck_assert_msg(status == 200, "%s: %d %s", path, status, sim.body.at);
    ck_assert(json_read(world.arena, sim.body.at, sim.body.n, &j) == OK);
    return j;
}

int world_try_api(const char *path, const char *form)
{
    return client_send(&sim,
        &(struct client_request) { "POST", path, "application/x-www-form-urlencoded",
            form, strlen(form), { "Authorization: Bearer sk_test_http" } });
}

const char *world_api(const char *path, const char *form)
{
    const struct json *j;
    ck_assert_msg(
        world_try_api(path, form) == 200, "%s: %d %s", path, sim.status, sim.body.at);
    ck_assert(json_read(world.arena, sim.body.at, sim.body.n, &j) == OK);
    return json_text(j, "id");
}

void world_fault(const char *match, const char *kind, int times)
{
    world_sim("/_sim/faults", "match=%s&kind=%s&times=%d&ms=20",
        text_url(world.arena, match), kind, times);
}

void world_heal(void)
{
    world_sim("/_sim/faults/clear", "");
}

void world_order(const char *fault)
{
    const char *file = getenv("PREP_FAULT_FILE");
    const char *new = arena_printf(world.arena, "%s.new", file);
    FILE *f = fopen(new, "we");
    CHECK(f != NULL && fprintf(f, "%s\n", fault) > 0 && fclose(f) == 0);
    CHECK(rename(new, file) == 0);
}

static bool has_fired(void *arg)
{
    return access(arg, F_OK) != 0;
}

bool world_order_fired(void)
{
    return access(getenv("PREP_FAULT_FILE"), F_OK) != 0;
}

bool world_withdraw_order(void)
{
    return unlink(getenv("PREP_FAULT_FILE")) == 0;
}

void world_await_order(void)
{
    enum { NUDGES = 20, NUDGE_MS = 1500 };
    for (int i = 0; i < NUDGES; i++) {
        if (stack_await(has_fired, getenv("PREP_FAULT_FILE"), NUDGE_MS))
            return;
        world_later(MINUTE_S);
    }
    ck_abort_msg("the fault did not fire");
}

int world_event(const char *type, const char *object, const char *account, bool live)
{
    const char *body = event_body(world.arena,
        &(struct event) {
            .id = arena_printf(world.arena, "evt_%s", rand_uid(world.arena)),
            .type = type,
            .object = object,
            .account = account,
            .live = live,
        });
    return client_deliver(&world,
        account == NULL ? "/stripe/webhook" : "/stripe/webhook-connect", body,
        event_signature(world.arena, body,
            account == NULL ? stack.webhook_secret : stack.connect_secret,
            world_now()));
}

/* ---- people ---- */

struct ctx *world_ctx(int64_t user_id)
{
    return db_test_begin(&ours, DB_WRITE, user_id);
}

void world_be(struct person *p)
{
    *p = people_demo(look_text(
        world.arena, "SELECT email_key FROM users WHERE id = %lld", (long long)p->id));
    people_log_in(&world, p);
}

struct person world_person(const char *role)
{
    struct person p = people_add(role);
    people_log_in(&world, &p);
    return p;
}

int world_post(const char *path, const char *fields)
{
    return client_post(&world, path, fields);
}

/* ---- places ---- */

void world_exec(const char *format, ...)
{
    va_list ap;
    sqlite3 *c;
    char *error = NULL;
    va_start(ap, format);
    char *sql = sqlite3_vmprintf(format, ap);
    va_end(ap);
    db_test_end(&ours);
    int lock = lock_open(stack.conf.data_dir);
    CHECK(lock_take(lock) == OK);
    CHECK(sqlite3_open(arena_printf(world.arena, "%s/prep.db", stack.conf.data_dir),
              &c) == SQLITE_OK);
    sqlite3_exec(c, sql, NULL, NULL, &error);
    ck_assert_msg(error == NULL, "%s: %s", sql, error);
    CHECK(sqlite3_close(c) == SQLITE_OK);
    lock_drop(lock);
    close(lock);
    sqlite3_free(sql);
}

/* ---- waiting ---- */

struct question {
    const char *sql;
    bool some;
};

static bool is_answered(void *arg)
{
    const struct question *q = arg;
    return (look_int("%s", q->sql) != 0) == q->some;
}

static void await(const char *format, va_list ap, bool some)
{
    char *sql = sqlite3_vmprintf(format, ap);
    struct question q = { sql, some };
    ck_assert_msg(stack_await(is_answered, &q, PATIENCE_MS), "%s: %s",
        some ? "this did not come" : "this did not go", sql);
    sqlite3_free(sql);
}

void world_await_none(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    await(format, ap, false);
    va_end(ap);
}

void world_await_some(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    await(format, ap, true);
    va_end(ap);
}

struct log_wait {
    int64_t from;
    const char *text;
};

static bool log_has(void *arg)
{
    const struct log_wait *w = arg;
    struct buf log;
    buf_init(&log, LOG_MAX);
    stack_log_read(&stack, w->from, &log);
    bool found = strstr(log.at, w->text) != NULL;
    buf_free(&log);
    return found;
}

void world_await_log(int64_t from, const char *text)
{
    struct log_wait w = { from, text };
    ck_assert_msg(
        stack_await(log_has, &w, PATIENCE_MS), "the log does not say: %s", text);
}

/* ---- rest ---- */

void world_jobs(void)
{
    db_test_end(&ours);
    if (stack.nginx == 0)
        jobs_run_once(&jobs);
    else
        stack_tool(&stack, "jobs", "--once");
}

static const char open_things[] =
    "SELECT (SELECT COUNT(*) FROM stripe_ops WHERE state IN ('queued', 'sending',"
    " 'unknown')) + (SELECT COUNT(*) FROM stripe_events WHERE processed_at IS NULL)"
    " + (SELECT COUNT(*) FROM outbox WHERE state = 'queued')"
    " + (SELECT COUNT(*) FROM payments p JOIN bookings b ON b.id = p.booking_id"
    "    WHERE p.state IN ('pending', 'processing') AND b.state <> 'held')";

/* A look at Stripe's events may have been too early for what was done right after it.
 */
static const char unknown_facts[] =
    "SELECT COUNT(*) FROM st_events e WHERE account = '' AND (e.type LIKE 'refund.%'"
    " OR e.type LIKE 'charge.dispute.%' OR e.type LIKE 'transfer.%'"
    " OR e.type = 'payment_intent.succeeded') AND NOT EXISTS"
    " (SELECT 1 FROM stripe_events o WHERE o.event_id = e.id)";

static bool is_quiet(void)
{
    return look_int("%s", open_things) == 0 && look_int("%s", unknown_facts) == 0 &&
           (stack.nginx == 0 ||
               look_int("SELECT COUNT(*) FROM st.deliveries WHERE state = 'waiting'") ==
                   0);
}

static void deliver_all(void)
{
    if (stack.nginx == 0)
        return; /* there is nobody */
    world_sim("/_sim/webhooks", "pause=false&reorder=false&delay_ms=0");
    world_sim("/_sim/webhooks/flush", "");
    world_await_none("SELECT COUNT(*) FROM st.deliveries WHERE state = 'waiting'");
}

void world_rest(void)
{
    world_heal();
    for (int round = 0; round < ROUNDS_MAX; round++) {
        deliver_all();
        world_jobs();
        if (is_quiet())
            return;
        world_later(MINUTE_S);
    }
    ck_abort_msg("it does not come to rest");
}
