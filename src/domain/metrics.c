#include "domain/metrics.h"

/* clang-format off */
const struct metric metrics[] = {
    { "prep_job_last_success_timestamp_seconds", "gauge", "job", Q_METRICS_JOB_SUCCESSES,
        "When the job last had a turn without an error; 0: never." },
    { "prep_job_done_total", "counter", "job", Q_METRICS_JOBS_DONE,
        "Things that the job has done." },
    { "prep_job_failing", "gauge", "job", Q_METRICS_JOBS_FAILING,
        "1 if the job's last turn had an error." },
    { "prep_job_cursor_timestamp_seconds", "gauge", "job", Q_METRICS_JOB_CURSORS,
        "Up to when the job has read what Stripe has to tell; 0: not once to the end." },
    { "prep_stripe_refused", "gauge", NULL, Q_METRICS_STRIPE_REFUSED,
        "1 while Stripe refuses our key, and nothing is sent to it." },
    { "prep_stripe_ops", "gauge", "state", Q_METRICS_STRIPE_OPS,
        "Calls to Stripe, made and to be made." },
    { "prep_stripe_events_waiting", "gauge", NULL, Q_METRICS_EVENTS_WAITING,
        "Events of Stripe whose object is still to be read." },
    { "prep_outbox_mails", "gauge", "state", Q_METRICS_OUTBOX,
        "Mails, sent and to be sent." },
    { "prep_bookings", "gauge", "state", Q_METRICS_BOOKINGS,
        "Bookings." },
    { "prep_money_waiting", "gauge", "queue", Q_METRICS_MONEY_WAITING,
        "What waits for a person on /admin/payments." },
    { "prep_ledger_balance_cents", "gauge", "account", Q_METRICS_LEDGER,
        "Balances of the ledger's accounts; together they are 0." },
    { 0 },
};
/* clang-format on */

enum result metrics_read(
    struct ctx *c, const struct metric *m, struct metric_value **out, size_t *n)
{
    struct metric_value *rows = arena_array(c->arena, METRIC_VALUES_MAX, sizeof *rows);
    struct query *q = db_query(c->db, m->query);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        if (*n < METRIC_VALUES_MAX)
            rows[(*n)++] = (struct metric_value) {
                .label = col_text(q, "label"),
                .value = col_int(q, "value"),
            };
    *out = rows;
    return query_end(r);
}
