#include "disputes.h"

#include <string.h>

#include "balance_transactions.h"
#include "events.h"
#include "ledger.h"
#include "util/guard.h"
#include "util/text.h"

enum { FEE_CENTS = 1500, ANSWER_S = 9 * 24 * 3600, EVIDENCE_MAX = 150000 };

/* ---- statuses ---- */

/* What each status means. The money follows: it is with the customer's bank in the
 * statuses that have TAKEN it. */
static const struct status {
    const char *name;
    bool inquiry, taken, closed, refundable;
    const char *after_evidence; /* NULL: takes none */
} statuses[] = {
    { "warning_needs_response", .inquiry = true, .refundable = true,
        .after_evidence = "warning_under_review" },
    { "warning_under_review", .inquiry = true, .refundable = true },
    { "warning_closed", .inquiry = true, .closed = true, .refundable = true },
    { "needs_response", .taken = true, .after_evidence = "under_review" },
    { "under_review", .taken = true },
    { "won", .closed = true, .refundable = true },
    { "lost", .taken = true, .closed = true },
    { "prevented", .closed = true, .refundable = true },
    { "appeal_needs_response", .taken = true, .after_evidence = "appeal_under_review" },
    { "appeal_under_review", .taken = true },
};

static const struct status *status_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (text_is(statuses[i].name, name))
            return &statuses[i];
    return NULL;
}

static const struct status *status_of(const struct object *dispute)
{
    const struct status *s = status_named(value_get_text(dispute->body, "status"));
    CHECK(s != NULL);
    return s;
}

/* ---- the money ---- */

/* Brings the money where the status says that it is; tells what moved, or NULL. */
static const char *settle(struct call *c, struct object *dispute)
{
    bool taken = value_get_bool(dispute->inner, "taken", false);
    bool take = status_of(dispute)->taken;
    if (take == taken)
        return NULL;
    int64_t amount = value_get_int(dispute->body, "amount", 0);
    const struct movement m = {
        .type = "adjustment",
        .category = take ? "dispute" : "dispute_reversal",
        .account = dispute->account,
        .with = LEDGER_WORLD,
        .currency = value_get_text(dispute->body, "currency"),
        .source = dispute->id,
        .description = arena_printf(c->a, "Chargeback %s for %s",
            take ? "withdrawal" : "reversal", value_get_text(dispute->body, "charge")),
        .amount_cents = take ? -amount : amount,
        .fee_cents = take ? FEE_CENTS : 0,
        .fee_words = "Dispute fee",
    };
    const struct object *moved = balance_transactions_add(c, &m);
    value_append(value_member(dispute->body, "balance_transactions"),
        value_clone(c->a, moved->body));
    value_put_bool(c->a, dispute->inner, "taken", take);
    return take ? "charge.dispute.funds_withdrawn" : "charge.dispute.funds_reinstated";
}

static void emit(struct call *c, const struct object *dispute, const char *type,
    const struct value *before)
{
    events_emit(c, type, dispute,
        before == NULL ? NULL : objects_difference(c, before, dispute->body),
        dispute->account);
}

/* DISPUTE as changed since BEFORE (NULL: it is new): moves the money, keeps it, tells
 * it. */
static void commit(struct call *c, struct object *dispute, const struct value *before)
{
    const struct status *now = status_of(dispute);
    const struct status *old =
        before == NULL ? NULL : status_named(value_get_text(before, "status"));
    const char *moved = settle(c, dispute);
    value_put_bool(c->a, dispute->body, "is_charge_refundable", now->refundable);
    objects_save(c, dispute);
    if (old == NULL)
        emit(c, dispute, "charge.dispute.created", NULL);
    if (moved != NULL)
        emit(c, dispute, moved, before);
    if (now->closed && (old == NULL || !old->closed))
        emit(c, dispute, "charge.dispute.closed", before);
    else if (old != NULL)
        emit(c, dispute, "charge.dispute.updated", before);
}

static void set_status(struct call *c, struct object *dispute, const char *status)
{
    const struct value *before = value_clone(c->a, dispute->body);
    value_put_text(c->a, dispute->body, "status", status);
    commit(c, dispute, before);
}

/* ---- what the bank does ---- */

static void fill(struct call *c, struct object *dispute, const struct object *charge,
    const struct dispute_terms *terms)
{
    struct value *b = dispute->body;
    static const char *const same[] = { "currency", "payment_intent" };
    for (size_t i = 0; i < COUNT_OF(same); i++)
        value_put_text(c->a, b, same[i], value_get_text(charge->body, same[i]));
    value_put_int(c->a, b, "amount", terms->amount_cents);
    value_put_text(c->a, b, "charge", charge->id);
    value_put_text(c->a, b, "reason", terms->reason);
    value_put_text(c->a, b, "status", terms->status);
    value_put_int(c->a, b, "evidence_details.due_by", dispute->created_at + ANSWER_S);
    const struct value *card = value_get(charge->body, "payment_method_details.card");
    const char *at = "payment_method_details.card.case_type";
    value_put_text(c->a, b, at, status_of(dispute)->inquiry ? "inquiry" : "chargeback");
    value_put_text(
        c->a, b, "payment_method_details.card.brand", value_get_text(card, "brand"));
    value_put_text(c->a, b, "payment_method_details.card.network",
        value_get_text(card, "network"));
    value_put_text(c->a, b, "evidence.customer_email_address",
        value_get_text(charge->body, "billing_details.email"));
}

enum result disputes_open(struct call *c, struct object *charge,
    const struct dispute_terms *terms, struct object **out)
{
    if (status_named(terms->status) == NULL)
        return call_invalid(
            c, NULL, "status", "No such status of a dispute: %s", terms->status);
    *out = objects_new_for(c, charge->account, "dispute", "du_");
    fill(c, *out, charge, terms);
    if (!value_get_bool(charge->body, "disputed", false)) {
        const struct value *before = value_clone(c->a, charge->body);
        value_put_bool(c->a, charge->body, "disputed", true);
        objects_save(c, charge);
        events_emit(c, "charge.updated", charge,
            objects_difference(c, before, charge->body), charge->account);
    }
    commit(c, *out, NULL);
    return OK;
}

static enum result refuse_step(
    struct call *c, const struct object *dispute, const char *status)
{
    return call_invalid(c, NULL, "status", "Dispute %s cannot go from %s to %s.",
        dispute->id, status_of(dispute)->name, status == NULL ? "nothing" : status);
}

enum result disputes_step(
    struct call *c, struct object *dispute, enum dispute_step step, const char *status)
{
    const struct status *now = status_of(dispute);
    if (step == DISPUTE_LATE_WIN)
        status = text_is(now->name, "lost") ? "won" : NULL;
    if (step == DISPUTE_CLOSE && status == NULL)
        status = now->inquiry ? "warning_closed" : "lost";
    if (step == DISPUTE_UPDATE && status == NULL)
        status = now->name;
    const struct status *next = status_named(status);
    bool fits = next != NULL && (now->inquiry || !next->inquiry) &&
                (next->closed || step == DISPUTE_UPDATE) &&
                now->closed == (step == DISPUTE_LATE_WIN);
    if (!fits)
        return refuse_step(c, dispute, status);
    set_status(c, dispute, status);
    return OK;
}

static bool note_forbidding(struct call *c, struct object *dispute, void *arg)
{
    bool *forbidden = arg;
    (void)c;
    *forbidden = *forbidden || !status_of(dispute)->refundable;
    return !*forbidden;
}

bool disputes_forbid_refund(struct call *c, const struct object *charge)
{
    bool forbidden = false;
    if (value_get_bool(charge->body, "disputed", false))
        objects_each(c, "dispute", "charge", charge->id, note_forbidding, &forbidden);
    return forbidden;
}

static bool note_lateness(struct call *c, struct object *dispute, void *arg)
{
    (void)arg;
    if (value_get_int(dispute->body, "evidence_details.due_by", INT64_MAX) >
            sandbox_now(c->box) ||
        value_get_bool(dispute->body, "evidence_details.past_due", false))
        return true;
    const struct value *before = value_clone(c->a, dispute->body);
    value_put_bool(c->a, dispute->body, "evidence_details.past_due", true);
    commit(c, dispute, before);
    return true;
}

void disputes_tick(struct call *c)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].after_evidence != NULL)
            objects_each(c, "dispute", "status", statuses[i].name, note_lateness, NULL);
}

/* ---- the operations ---- */

static enum result require(struct call *c, struct object **out)
{
    return objects_require(c, "dispute", c->ids[0], "dispute", out);
}

enum result disputes_retrieve(struct call *c)
{
    struct object *o;
    TRY(require(c, &o));
    return objects_answer(c, o);
}

enum result disputes_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "charge", "charge" },
        { "payment_intent", "payment_intent" }, { NULL, NULL } };
    return objects_list(c, "dispute", filters);
}

static bool wants_file(const char *name)
{
    static const char *const files[] = { "cancellation_policy",
        "customer_communication", "customer_signature",
        "duplicate_charge_documentation", "receipt", "refund_policy",
        "service_documentation", "shipping_documentation", "uncategorized_file" };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (text_is(files[i], name))
            return true;
    return false;
}

static enum result take_evidence(struct call *c, struct object *o)
{
    size_t length = 0;
    value_each(e, value_member(c->params, "evidence"))
    {
        const char *param = arena_printf(c->a, "evidence[%s]", e->key);
        if (e->kind != VALUE_TEXT)
            return call_invalid(
                c, NULL, param, "The sandbox does not support %s.", param);
        if (wants_file(e->key) && *e->text != '\0')
            return call_invalid(
                c, "resource_missing", param, "No such file upload: '%s'", e->text);
        value_put_text(c->a, o->body, arena_printf(c->a, "evidence.%s", e->key),
            *e->text == '\0' ? NULL : e->text);
    }
    value_each(kept, value_member(o->body, "evidence"))
    {
        length += kept->kind == VALUE_TEXT ? text_utf8_length(kept->text) : 0;
    }
    if (length <= EVIDENCE_MAX)
        return OK;
    return call_invalid(c, NULL, "evidence",
        "The combined character count of all evidence fields is more than 150,000.");
}

static enum result submit(struct call *c, struct object *o)
{
    const struct status *now = status_of(o);
    if (now->after_evidence == NULL)
        return call_invalid(c, NULL, NULL,
            "Evidence cannot be submitted: this dispute has a status of %s.",
            now->name);
    if (value_get_bool(o->body, "evidence_details.past_due", false))
        return call_invalid(
            c, NULL, NULL, "Evidence cannot be submitted: its due date is past.");
    if (!value_get_bool(c->params, "submit", true))
        return OK;
    value_put_text(c->a, o->body, "status", now->after_evidence);
    value_put_int(c->a, o->body, "evidence_details.submission_count",
        value_get_int(o->body, "evidence_details.submission_count", 0) + 1);
    value_put_text(c->a, o->body, "evidence_details.submission_method", "manual");
    return OK;
}

enum result disputes_update(struct call *c)
{
    static const char *const names[] = { "intended_submission_method", NULL };
    struct object *o;
    TRY(require(c, &o));
    const struct value *before = value_clone(c->a, o->body);
    bool evidence = value_has(c->params, "evidence");
    objects_take(c, o, names);
    TRY(objects_take_metadata(c, o));
    if (evidence)
        TRY(take_evidence(c, o));
    if (evidence)
        value_put_bool(c->a, o->body, "evidence_details.has_evidence", true);
    if (evidence || value_get_bool(c->params, "submit", false))
        TRY(submit(c, o));
    commit(c, o, before);
    return objects_answer(c, o);
}

enum result disputes_close(struct call *c)
{
    struct object *o;
    TRY(require(c, &o));
    const struct status *now = status_of(o);
    if (now->after_evidence == NULL)
        return call_invalid(c, NULL, NULL,
            "This dispute cannot be closed: it has a status of %s.", now->name);
    set_status(c, o, now->inquiry ? "warning_closed" : "lost");
    return objects_answer(c, o);
}
