#include "domain/disputes.h"

#include "domain/audit.h"
#include "domain/freezes.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/zone.h"

/* ---- statuses ---------------------------------------------------------------------
 */

/* By rank: a lower one never replaces a higher one. An appeal is a lost dispute that is
 * looked at again, and may be lost again. */
static const struct status {
    const char *name, *label;
    int rank;
    bool open;      /* the money has to stay */
    bool withdrawn; /* the bank has the money, or had it */
    bool lost;
} statuses[] = {
    { "warning_needs_response", "The bank asks; no money has moved", 1, true, false,
        false },
    { "warning_under_review", "The bank reads our answer; no money has moved", 2, true,
        false, false },
    { "needs_response", "Waits for our answer", 3, true, true, false },
    { "under_review", "The bank reads our answer", 4, true, true, false },
    { "warning_closed", "The bank asked, and is content", 5, false, false, false },
    { "prevented", "Prevented", 5, false, false, false },
    { "lost", "Lost", 5, false, true, true },
    { "appeal_needs_response", "Lost; an appeal waits for our answer", 6, true, true,
        true },
    { "appeal_under_review", "Lost; the bank reads the appeal", 7, true, true, true },
    { "won", "Won", 8, false, true, false },
};

static const struct status *status_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (text_is(statuses[i].name, name))
            return &statuses[i];
    return NULL;
}

const char *disputes_status_label(const char *status)
{
    const struct status *s = status_of(status);
    return s == NULL ? status : s->label;
}

/* Why a bank asks. */
const char *disputes_reason_label(const char *reason)
{
    static const char *const words[][2] = {
        { "fraudulent", "The cardholder did not pay it himself" },
        { "duplicate", "Charged twice" },
        { "product_not_received", "The visit did not take place" },
        { "product_unacceptable", "The kitchen was not as described" },
        { "credit_not_processed", "A refund that was promised did not come" },
        { "unrecognized", "The cardholder does not know the charge" },
        { "subscription_canceled", "Canceled, and charged all the same" },
        { "general", "No reason given" },
    };
    return text_in_words(words, COUNT_OF(words), reason);
}

/* ---- rows -------------------------------------------------------------------------
 */

static void read_row(struct query *q, struct dispute *out)
{
    *out = (struct dispute) {
        .id = col_text(q, "dispute_id"),
        .payment_id = col_int(q, "payment_id"),
        .booking_id = col_int(q, "booking_id"),
        .amount = cents_of(col_int(q, "amount_cents")),
        .status = col_text(q, "status"),
        .reason = col_text(q, "reason"),
        .due_by = col_int(q, "due_by"),
        .submissions = col_int(q, "submissions"),
        .host = cents_of(col_int(q, "host_cents")),
        .lost = col_int(q, "lost") != 0,
        .opened_at = col_int(q, "opened_at"),
        .closed_at = col_int(q, "closed_at"),
    };
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct dispute **out, size_t *n)
{
    struct dispute *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_row(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

enum result disputes_get(struct ctx *c, const char *id, struct dispute *out)
{
    struct query *q = db_query(c->db, Q_DISPUTES_GET);
    bind_text(q, "dispute_id", id);
    TRY(query_step(q));
    read_row(q, out);
    return OK;
}

enum result disputes_of_booking(
    struct ctx *c, int64_t booking_id, struct dispute **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_DISPUTES_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    return read_rows(c, q, DISPUTES_MAX, out, n);
}

enum result disputes_open(struct ctx *c, int64_t after_due, const char *after_id,
    size_t max, struct dispute **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_DISPUTES_OPEN);
    bind_int(q, "after_due", after_id == NULL ? -1 : after_due);
    bind_text(q, "after_id", after_id == NULL ? "" : after_id);
    return read_rows(c, q, max, out, n);
}

const char *disputes_due(struct ctx *c, const struct dispute *d)
{
    return zone_format(c->arena, zone_find("UTC"), d->due_by);
}

/* ---- the books --------------------------------------------------------------------
 */

/* What the bank took or gave back, by Stripe's own movements: each once. */
static enum result post_movement(
    struct ctx *c, const struct dispute *d, const struct stripe_movement *m)
{
    bool taken = m->amount.n < 0;
    struct query *q = db_query(c->db, Q_DISPUTES_IS_POSTED);
    bind_text(q, "source_id", m->id);
    TRY(query_step(q));
    if (col_int(q, "posted") != 0)
        return OK;
    return ledger_post(
        c, &(struct ledger_movement) {
               .kind = taken ? "dispute_withdrawn" : "dispute_reinstated",
               .source_id = m->id,
               .debit = taken ? LEDGER_DISPUTED : LEDGER_STRIPE,
               .credit = taken ? LEDGER_STRIPE : LEDGER_DISPUTED,
               .amount = cents_of(taken ? -m->amount.n : m->amount.n),
               .booking_id = d->booking_id,
           });
}

static enum result post_movements(
    struct ctx *c, const struct dispute *d, const struct json *movements)
{
    json_each(j, movements)
    {
        struct stripe_movement m;
        TRY(stripe_read_movement(j, &m));
        TRY(post_movement(c, d, &m));
    }
    return OK;
}

/* The host's part of a lost dispute, and ours. LATE_WIN: it was lost, and is won. */
static enum result post_loss(struct ctx *c, const struct dispute *d,
    const struct booking *b, struct cents host, bool late_win)
{
    const struct {
        enum ledger_account account;
        struct cents amount;
    } parts[] = {
        { LEDGER_HOST_PAYABLE, host },
        { LEDGER_DISPUTE_LOSS, cents_sub(d->amount, host) },
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        TRY(ledger_post(c, &(struct ledger_movement) {
                               .kind = late_win ? "dispute_late_win" : "dispute_lost",
                               .source_id = d->id,
                               .debit = late_win ? LEDGER_DISPUTED : parts[i].account,
                               .credit = late_win ? parts[i].account : LEDGER_DISPUTED,
                               .amount = parts[i].amount,
                               .booking_id = b->id,
                               .host_id = b->host_id,
                           }));
    return OK;
}

/* In proportion to what is disputed, and never more than he is to get. */
static enum result host_part(
    struct ctx *c, const struct booking *b, struct cents amount, struct cents *out)
{
    struct cents entitled;
    TRY(ledger_entitled(c, b->id, &entitled));
    struct cents share =
        amount.n >= b->total.n ? b->host : cents_share(b->host, amount.n, b->total.n);
    int64_t least = share.n < entitled.n ? share.n : entitled.n;
    least = least < amount.n ? least : amount.n;
    *out = cents_of(least < 0 ? 0 : least);
    return OK;
}

/* ---- applying ---------------------------------------------------------------------
 */

static enum result add(struct ctx *c, const struct stripe_dispute *dispute,
    const struct payment *p, const struct booking *b)
{
    struct cents host = cents_of(0);
    if (p->applied)
        TRY(host_part(c, b, dispute->amount, &host));
    struct query *q = db_query(c->db, Q_DISPUTES_ADD);
    bind_text(q, "dispute_id", dispute->id);
    bind_int(q, "payment_id", p->id);
    bind_int(q, "booking_id", b->id);
    bind_int(q, "amount_cents", dispute->amount.n);
    bind_text(q, "reason", dispute->reason);
    bind_int(q, "host_cents", host.n);
    bind_int(q, "opened_at", dispute->created_at);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(audit_add(c, "dispute.opened", "booking", b->id,
        ctx_printf(c, "%s, %s: %s", cents_format(c->arena, dispute->amount),
            dispute->id, dispute->reason)));
    const struct status *s = status_of(dispute->status);
    if (!p->applied || !s->open)
        return OK; /* not the host's money, or what came of it is told at once */
    return bookings_tell_amount(
        c, b, NEWS_DISPUTED_HOST, cents_format(c->arena, dispute->amount));
}

/* What came of it, to the host. BEFORE: it was LOST then. */
static enum result tell(struct ctx *c, const struct dispute *d, const struct booking *b,
    const struct status *s, bool before)
{
    const char *amount = cents_format(c->arena, d->amount);
    if (s->lost && !before)
        return bookings_tell_why(c, b, NEWS_DISPUTE_LOST,
            d->host.n == 0 ? "" : cents_format(c->arena, d->host),
            ctx_printf(c, "It was over %s.", amount));
    if (s->open || s->lost)
        return OK;
    return bookings_tell_why(c, b,
        s->withdrawn ? NEWS_DISPUTE_WON : NEWS_DISPUTE_CLOSED, amount,
        before ? "It had been lost; what you bore of it is yours again." : "");
}

static enum result set(struct ctx *c, const struct stripe_dispute *dispute, bool open)
{
    struct query *q = db_query(c->db, Q_DISPUTES_SET);
    bind_text(q, "dispute_id", dispute->id);
    bind_text(q, "status", dispute->status);
    bind_int(q, "amount_cents", dispute->amount.n);
    bind_text(q, "reason", dispute->reason);
    bind_int(q, "due_by", dispute->due_by);
    bind_int(q, "submissions", dispute->submissions);
    bind_int(q, "open", open);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

static enum result set_lost(
    struct ctx *c, const struct dispute *d, struct cents host, bool lost)
{
    struct query *q = db_query(c->db, Q_DISPUTES_SET_LOST);
    bind_text(q, "dispute_id", d->id);
    bind_int(q, "lost", lost);
    bind_int(q, "host_cents", host.n);
    return query_run_one(q);
}

/* Lost for the first time, or won after all. */
static enum result decide(struct ctx *c, const struct dispute *d,
    const struct payment *p, const struct booking *b, bool lost)
{
    struct cents host = d->host;
    if (lost == d->lost)
        return OK;
    if (lost && p->applied)
        TRY(host_part(c, b, d->amount, &host));
    TRY(set_lost(c, d, host, lost));
    return post_loss(c, d, b, host, !lost);
}

/* What follows for the host's money, and the booking, when the status is S and WAS
 * another, or none. */
static enum result follow(struct ctx *c, const struct dispute *d,
    const struct payment *p, struct booking *b, const struct status *was,
    const struct status *s)
{
    bool taken = s->withdrawn && (was == NULL || !was->withdrawn);
    TRY(freezes_set(c, b, FREEZE_DISPUTE, d->id, s->open));
    if (s->open && taken && !s->lost)
        return transfers_take_back(c, b, d->host, TRANSFERS_DISPUTED);
    TRY(transfers_settle(c, b, s->lost ? TRANSFERS_LOST : TRANSFERS_SETTLED));
    if (s->lost && !s->open)
        TRY(refunds_cancel_if_unpaid(c, p, b));
    return s->open ? OK : transfers_schedule(c, b);
}

static enum result tell_staff(
    struct ctx *c, const struct dispute *d, const struct status *s)
{
    return !s->open
               ? OK
               : notices_add_admins(c, "dispute_opened",
                     ctx_printf(c, "A bank %s %s of booking %lld%s%s.",
                         s->withdrawn ? "takes back" : "asks about",
                         cents_format(c->arena, d->amount), (long long)d->booking_id,
                         d->due_by == 0 ? "" : "; answer it by ",
                         d->due_by == 0 ? "" : disputes_due(c, d)),
                     ctx_printf(c, "/admin/disputes/%s", d->id));
}

static enum result apply_to(struct ctx *c, const struct stripe_dispute *dispute,
    const struct payment *p, const struct status *s)
{
    struct booking b;
    struct dispute d;
    TRY(bookings_get(c, p->booking_id, &b));
    enum result r = disputes_get(c, dispute->id, &d);
    if (r == R_NOT_FOUND) {
        TRY(add(c, dispute, p, &b));
        r = disputes_get(c, dispute->id, &d);
    }
    TRY(r);
    TRY(post_movements(c, &d, dispute->movements));
    const struct status *was = status_of(d.status);
    bool appeal_failed = was != NULL && was->lost && was->open && s->lost;
    if (was != NULL && was->rank > s->rank && !appeal_failed)
        return OK;
    TRY(set(c, dispute, s->open));
    if (was == s)
        return OK;
    TRY(audit_add(c, ctx_printf(c, "dispute.%s", s->name), "booking", b.id, d.id));
    TRY(disputes_get(c, dispute->id, &d));
    bool lost_before = d.lost;
    if (was == NULL)
        TRY(tell_staff(c, &d, s));
    TRY(decide(c, &d, p, &b, s->lost));
    TRY(disputes_get(c, dispute->id, &d));
    if (!p->applied)
        return OK;
    TRY(tell(c, &d, &b, s, lost_before));
    return follow(c, &d, p, &b, was, s);
}

static enum result apply(struct ctx *c, const struct stripe_dispute *dispute)
{
    struct payment p;
    const struct status *s = status_of(dispute->status);
    enum result r = payments_by_intent(c, dispute->intent_id, &p);
    if (r == R_NOT_FOUND) {
        log_error("dispute_unknown", "%s is of no payment of ours", dispute->id);
        return OK;
    }
    TRY(r);
    if (s == NULL || dispute->livemode != stripe_ops_live(c)) {
        log_error("dispute_status", "%s: %s, livemode %d", dispute->id, dispute->status,
            dispute->livemode);
        return OK;
    }
    if (!payments_has_come(&p))
        return fail(c, R_BUSY, "That its payment came is not known yet.");
    return apply_to(c, dispute, &p, s);
}

enum result disputes_apply(struct ctx *c, const struct stripe_dispute *dispute)
{
    struct actor was = bookings_as_system(c);
    enum result r = apply(c, dispute);
    c->actor = was;
    return r;
}

enum result disputes_check(struct ctx *c, const char *id)
{
    struct stripe_client client;
    struct stripe_reply reply;
    struct stripe_dispute dispute;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    TRY(stripe_ops_read(c, &client, ctx_printf(c, "/v1/disputes/%s", id), &reply));
    TRY(stripe_read_dispute(reply.object, &dispute));
    TRY(payments_learn_if_ours(c, dispute.intent_id));
    TRY(db_begin(c->db));
    TRY(disputes_apply(c, &dispute));
    struct query *q = db_query(c->db, Q_DISPUTES_TOUCH);
    bind_text(q, "dispute_id", id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return db_commit(c->db);
}

enum result disputes_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_DISPUTES_STALE);
    bind_int(q, "before_at", before_at);
    return query_text_ids(q, max, ids, n);
}
