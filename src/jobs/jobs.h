/* The jobs process: mail, expired holds, calls to Stripe, its events, forgotten
 * payments, old rows. Each job's lease and history stand in table jobs: a turn that
 * takes long renews its lease; one whose process died is another's when it has run out;
 * who comes back to a lease that was lost begins nothing more and leaves the job's row
 * alone. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "app/run.h"
#include "html/mustache.h"

struct jobs {
    struct app app;
    struct templates *templates;
    const char *owner; /* of leases */
    struct turn *turn; /* the one that works now, or NULL */
    /* Stripe has refused our key: no job asks it anything before this. */
    int64_t refused_until_at;
    bool accepted; /* it was asked since, and answered */
};

/* Opens database and templates. CONF's texts must outlive it. R_FAULT with WHY. */
enum result jobs_open(struct jobs *j, const struct conf *conf, struct buf *why);
void jobs_close(struct jobs *j);

/* Does what is due, then waits a moment by PAUSE, until that says to stop (false). */
void jobs_run(struct jobs *j, bool (*pause)(int ms));

/* Does every job now, again and again until nothing is left that can be done; returns
 * how many things were done. */
int64_t jobs_run_once(struct jobs *j);

/* Does one job now, due or not, until it does not want to go on. R_BUSY: another
 * process is doing it; R_UPSTREAM: some of it failed, as the log says; R_NOT_FOUND. */
enum result jobs_run_job(struct jobs *j, const char *name);

/* For staff: each job that has run and how it went, by name. */
struct job_status {
    const char *name, *last_error;
    int64_t next_at, last_at, last_ms, done; /* last_at 0: never finished */
    int64_t
        cursor_at; /* up to when it has read a stream to its end; 0: it reads none */
    bool running;
};
enum { JOB_STATUS_MAX = 50 };
enum result jobs_status(struct ctx *c, struct job_status **out, size_t *n);

#endif
