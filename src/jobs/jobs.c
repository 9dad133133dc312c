#include "jobs/jobs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "domain/stripe_ops.h"
#include "jobs/job.h"
#include "net/net.h"
#include "stripe/client.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"

enum {
    PAUSE_MS = 500,
    LEASE_S = 120,
    RENEW_S = LEASE_S / 4,
    PACE_MS = 40,     /* Stripe wants at most 25 requests a second ... */
    SLOW_MS = 100,    /* ... and we at most 10 transfers */
    BATCH_MS = 20000, /* then the other jobs have their turn */
    HEARTBEAT_S = 60, /* an idle job says so this often */
    UNABLE_S = 60,    /* a job that cannot do what it should says so this often */
    REFUSED_S = 60,   /* so long nobody asks Stripe, when it has refused our key */
    ONCE_PASSES = 20,
    ERROR_MAX_BYTES = 1000,
};

static const struct job *const all[] = { &job_mail, &job_holds, &job_calls, &job_events,
    &job_payments, &job_visits, &job_reminders, &job_transfers, &job_papers, &job_sweep,
    &job_accounts, &job_disputes, &job_alerts, &job_reconcile, &job_words,
    &job_cleanup };

void job_add_id(struct batch *b, int64_t id)
{
    CHECK(b->n < JOB_BATCH);
    b->items[b->n++].id = id;
}

void job_add_ids(struct batch *b, const int64_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        job_add_id(b, ids[i]);
}

void job_add_uids(struct batch *b, const char *const *uids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK(b->n < JOB_BATCH && strlen(uids[i]) < JOB_UID_BYTES);
        memcpy(b->items[b->n++].uid, uids[i], strlen(uids[i]) + 1);
    }
}

const char *job_stripe_problem(const struct conf *conf)
{
    const struct stripe_client client = { .base = conf->stripe_api_base,
        .key = conf->stripe_secret_key };
    return stripe_client_problem(&client);
}

/* ---- one job, once ----------------------------------------------------------------
 */

struct turn {
    struct jobs *jobs;
    const struct job *job;
    struct batch *batch;
    bool now; /* whether it is due or not */
    bool due, leased, more, failed;
    int64_t leased_at;
    bool slow;                 /* the last unit was: job_item */
    bool refused;              /* Stripe refuses our key */
    int64_t began_ms, unit_ms; /* of the turn, the last unit */
    int64_t done, ms;
    const char *unable; /* why the job cannot work now, or NULL */
    const char *error;
};

static bool calls_stripe(const struct job *job)
{
    return job->unable == job_stripe_problem;
}

/* The clock may be set back, but not for longer. */
static bool is_refused(const struct jobs *j, int64_t now_at)
{
    int64_t left_s = j->refused_until_at - now_at;
    return left_s > 0 && left_s <= REFUSED_S;
}

/* Until the next turn, at the longest. */
static int64_t pause_s(const struct turn *t)
{
    if (t->refused)
        return REFUSED_S;
    return t->unable != NULL && t->job->every_s < UNABLE_S ? UNABLE_S : t->job->every_s;
}

/* Is it this job's turn, and is there anything to do? */
static enum result look(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    struct query *q = db_query(c->db, Q_JOBS_GET);
    bind_text(q, "name", t->job->name);
    enum result r = query_step(q);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    bool known = r == OK;
    if (known && col_int(q, "lease_until") > c->now_at &&
        !text_is(col_text_here(q, "lease_owner"), t->jobs->owner))
        return OK;
    /* Further ahead than a turn: the clock was set back since. */
    int64_t wait_s = known ? col_int(q, "next_at") - c->now_at : 0;
    if (!t->now && wait_s > 0 && wait_s <= pause_s(t))
        return OK;
    if (calls_stripe(t->job) && is_refused(t->jobs, c->now_at))
        return OK;
    bool silent = !known || col_int(q, "last_at") <= c->now_at - HEARTBEAT_S;
    TRY(t->job->find(c, t->batch));
    t->due = t->batch->n > 0 || silent;
    return OK;
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum result lease(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_JOBS_LEASE);
    bind_text(q, "name", t->job->name);
    bind_text(q, "owner", t->jobs->owner);
    bind_int(q, "lease_until", c->now_at + LEASE_S);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    t->leased = query_changes(q) == 1;
    t->leased_at = c->now_at;
    return db_commit(c->db);
}

static enum result release(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_JOBS_RELEASE);
    bind_text(q, "name", t->job->name);
    bind_text(q, "owner", t->jobs->owner);
    int64_t next_s = t->job->every_s;
    if (t->refused || (t->unable != NULL && t->batch->n > 0))
        next_s = pause_s(t);
    else if (t->batch->n == JOB_BATCH || t->more)
        next_s = 0; /* there may be more */
    bind_int(q, "next_at", c->now_at + next_s);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "last_ms", t->ms);
    bind_text(q, "last_error", t->error);
    bind_int(q, "done", t->done);
    TRY(query_run(q));
    t->leased = query_changes(q) == 1; /* until now */
    return db_commit(c->db);
}

/* A turn that takes long renews its lease in time, in the midst of a unit too; false if
 * another process has the job meanwhile. By the clock of leases, which may be set. */
static bool keep_lease(struct turn *t)
{
    struct app *app = &t->jobs->app;
    const int64_t now_at = app_now(app);
    if (t->leased && (now_at < t->leased_at || now_at - t->leased_at >= RENEW_S) &&
        lease(&(struct ctx) { .db = app->db, .now_at = now_at }, t) != OK)
        db_rollback(app->db); /* the next one may succeed */
    return t->leased;
}

/* Before each call to another server: none may wait for it in a transaction, and a unit
 * of many calls may take longer than a lease. */
static bool may_call(void *arg)
{
    struct jobs *j = arg;
    if (db_in_transaction(j->app.db))
        return false;
    if (j->turn != NULL && !keep_lease(j->turn))
        log_warn("job", "%s is another process's meanwhile", j->turn->job->name);
    return true;
}

/* A job that calls Stripe takes its time; the sandbox, alone reached by plain http, has
 * no limit. */
static void pace(struct turn *t)
{
    int64_t wait_ms = t->unit_ms + (t->slow ? SLOW_MS : PACE_MS) - monotonic_ms();
    bool stripe = calls_stripe(t->job) &&
                  !text_starts(t->jobs->app.conf.stripe_api_base, "http:");
    if (stripe && wait_ms > 0)
        nanosleep(&(struct timespec) { .tv_nsec = (long)wait_ms * 1000000 }, NULL);
    t->unit_ms = monotonic_ms();
}

struct unit {
    struct turn *turn;
    struct job_item *item;
    bool answered, refused;
};

/* A job that need not call Stripe does without while Stripe refuses our key. */
static enum result work_unit(struct ctx *c, void *arg)
{
    struct unit *u = arg;
    if (!keep_lease(u->turn))
        return R_BUSY;
    bool without = is_refused(u->turn->jobs, c->now_at);
    if (without)
        c->outside = OUTSIDE_REFUSES;
    enum result r = u->turn->job->work(c, u->item);
    u->answered = c->outside == OUTSIDE_ANSWERS;
    u->refused = !without && c->outside == OUTSIDE_REFUSES;
    return r;
}

static enum result tell_refused(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    t->jobs->refused_until_at = c->now_at + REFUSED_S;
    return stripe_ops_refused(c, t->error);
}

static enum result tell_accepted(struct ctx *c, void *arg)
{
    (void)arg;
    return stripe_ops_accepted(c);
}

/* Staff is told once, until Stripe takes the key again. */
static void heed_outside(struct turn *t, const struct unit *u, const char *why)
{
    struct app *app = &t->jobs->app;
    enum result r = OK;
    if (u->refused) {
        t->error = why;
        t->refused = calls_stripe(t->job);
        t->jobs->accepted = false;
        r = app_run(app, DB_WRITE, tell_refused, t, NULL);
    } else if (u->answered && !t->jobs->accepted) {
        r = app_run(app, DB_WRITE, tell_accepted, NULL, NULL);
        t->jobs->accepted = r == OK;
    }
    if (r != OK)
        log_error("job", "%s: what Stripe thinks of our key: %s", t->job->name,
            result_name(r));
}

static void work_on(struct turn *t, struct job_item *item, struct buf *why)
{
    struct unit u = { .turn = t, .item = item };
    struct buf reason;
    buf_init(&reason, ERROR_MAX_BYTES);
    item->templates = t->jobs->templates;
    item->owner = t->jobs->owner;
    item->more = false;
    item->slow = false;
    pace(t);
    enum result r = app_run(&t->jobs->app, DB_WRITE, work_unit, &u, &reason);
    if (r == OK) {
        t->done++;
    } else if (r != R_BUSY) { /* that is only "not yet" */
        log_warn("job", "%s %lld%s: %s", t->job->name, (long long)item->id, item->uid,
            reason.at);
        buf_clear(why);
        buf_adds(why, reason.at);
    }
    heed_outside(t, &u, reason.at);
    buf_free(&reason);
    t->more = r == OK && item->more && !t->refused;
    t->slow = item->slow;
    t->ms = monotonic_ms() - t->began_ms;
}

static void work(struct turn *t, struct buf *why)
{
    t->began_ms = monotonic_ms();
    if (t->unable != NULL) {
        if (t->batch->n > 0) {
            log_error("job", "%s: %s", t->job->name, t->unable);
            buf_adds(why, t->unable);
        }
        return;
    }
    for (size_t i = 0; i < t->batch->n; i++)
        do {
            if (t->refused || t->ms > BATCH_MS || !t->leased)
                return;
            work_on(t, &t->batch->items[i], why);
        } while (t->more);
}

static void take_turn(struct turn *t)
{
    struct app *app = &t->jobs->app;
    struct batch batch = { .n = 0 };
    struct buf why;
    t->batch = &batch;
    if (t->job->unable != NULL)
        t->unable = t->job->unable(&app->conf);
    buf_init(&why, ERROR_MAX_BYTES);
    enum result r = app_run(app, DB_READ, look, t, &why);
    if (r == OK && t->due)
        r = app_run(app, DB_WRITE, lease, t, &why);
    if (r == OK && t->leased) {
        t->jobs->turn = t;
        work(t, &why);
        t->jobs->turn = NULL;
        t->error = why.at;
        t->failed = *why.at != '\0';
        r = app_run(app, DB_WRITE, release, t, &why);
    }
    if (r != OK)
        log_error("job", "%s: %s", t->job->name, why.at);
    buf_free(&why);
}

enum result jobs_open(struct jobs *j, const struct conf *conf, struct buf *why)
{
    *j = (struct jobs) { .app.conf = *conf };
    j->app.forever = arena_new(1024 * 1024);
    j->owner = rand_uid(j->app.forever);
    j->templates = templates_load(conf->template_dir, why);
    if (j->templates == NULL)
        return R_FAULT;
    TRY(app_open(&j->app, why));
    j->app.net = net_open();
    net_require(j->app.net, may_call, j);
    return OK;
}

void jobs_close(struct jobs *j)
{
    templates_free(j->templates);
    net_close(j->app.net);
    if (j->app.db != NULL)
        app_close(&j->app);
    arena_free(j->app.forever);
}

/* ---- all of them ------------------------------------------------------------------
 */

void jobs_run(struct jobs *j, bool (*pause)(int ms))
{
    do {
        for (size_t i = 0; i < COUNT_OF(all); i++) {
            struct turn t = { .jobs = j, .job = all[i] };
            take_turn(&t);
        }
    } while (pause(PAUSE_MS));
}

/* Now, and until the job does not want to go on; what it did. */
static struct turn run_job(struct jobs *j, const struct job *job)
{
    struct turn t;
    int64_t done = 0;
    do {
        t = (struct turn) { .jobs = j, .job = job, .now = true };
        take_turn(&t);
        done += t.done;
    } while (t.more);
    t.done = done;
    return t;
}

int64_t jobs_run_once(struct jobs *j)
{
    int64_t total = 0, done;
    int passes = 0;
    do {
        done = 0;
        for (size_t i = 0; i < COUNT_OF(all); i++)
            if (!all[i]->always || passes == 0)
                done += run_job(j, all[i]).done;
        total += done;
    } while (done > 0 && ++passes < ONCE_PASSES);
    return total;
}

enum result jobs_run_job(struct jobs *j, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (!text_is(all[i]->name, name))
            continue;
        struct turn t = run_job(j, all[i]);
        return !t.leased ? R_BUSY : t.failed ? R_UPSTREAM : OK;
    }
    return R_NOT_FOUND;
}

/* ---- for staff --------------------------------------------------------------------
 */

enum result jobs_status(struct ctx *c, struct job_status **out, size_t *n)
{
    struct job_status *rows = arena_array(c->arena, JOB_STATUS_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_JOBS_STATUS);
    bind_int(q, "max", JOB_STATUS_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct job_status) {
            .name = col_text(q, "name"),
            .last_error = col_text(q, "last_error"),
            .next_at = col_int(q, "next_at"),
            .last_at = col_int(q, "last_at"),
            .last_ms = col_int(q, "last_ms"),
            .done = col_int(q, "done"),
            .cursor_at = col_int(q, "cursor_at"),
            .running = col_int(q, "lease_until") > c->now_at,
        };
    *out = rows;
    return query_end(r);
}
