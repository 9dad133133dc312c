/* One kind of work that is done behind the pages. A job looks for things to do in a
 * unit that may only read, then does each of them in a unit of its own, so one that
 * fails harms no other. Two processes doing the same job do no harm either: each
 * thing is guarded by its own lease or state. */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "app/run.h"
#include "html/mustache.h"

enum { JOB_BATCH = 20, JOB_UID_BYTES = 256 };

struct batch {
    size_t n;
    struct job_item {
        const struct templates *templates;
        const char *owner; /* of the job's lease */
        int64_t id;
        char uid[JOB_UID_BYTES];
        bool more; /* set by the work: it is to be called again, in a unit of its own */
        bool slow; /* set by the work: Stripe wants a longer pause after it */
    } items[JOB_BATCH];
};

struct job {
    const char *name; /* in the log and in table jobs */
    int64_t every_s;
    bool always; /* it finds something whenever it looks: `--once` lets it look once */
    enum result (*find)(struct ctx *c, struct batch *b);
    app_work *work;                                 /* ARG is a struct job_item */
    const char *(*unable)(const struct conf *conf); /* why it cannot work, or NULL; not
                                                       asked if it is NULL itself */
};

extern const struct job job_mail, job_holds, job_calls, job_events, job_payments;
extern const struct job job_visits, job_reminders, job_transfers, job_disputes;
extern const struct job job_reconcile, job_words;
extern const struct job job_alerts, job_sweep, job_accounts, job_papers, job_cleanup;

/* What is wrong with the settings for Stripe, or NULL: for jobs that call it. */
const char *job_stripe_problem(const struct conf *conf);

/* Where a job that reads a long list has come to: kept in its row in table jobs, which
 * is there while it works. */
struct job_place {
    const char *at;    /* "" at the beginning */
    int64_t began_at;  /* with this list; 0 at the beginning */
    int64_t cursor_at; /* when it began with the last one that it read to the end */
};
enum result job_place(struct ctx *c, const char *name, struct job_place *out);

/* Own transaction. R_BUSY, and nothing is changed, if another process than ITEM's has
 * taken the job meanwhile. */
enum result job_set_place(struct ctx *c, const char *name, const struct job_item *item,
    const struct job_place *place);

/* Fill a batch. */
void job_add_id(struct batch *b, int64_t id);
void job_add_ids(struct batch *b, const int64_t *ids, size_t n);
void job_add_uids(struct batch *b, const char *const *uids, size_t n);

#endif
