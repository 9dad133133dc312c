#include "web/admin_payments.h"

#include <string.h>

#include "domain/calls.h"
#include "domain/differences.h"
#include "domain/disputes.h"
#include "domain/freezes.h"
#include "domain/ledger.h"
#include "domain/queues.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/guard.h"
#include "web/admin.h"
#include "web/show.h"

enum { PER_PAGE = 50, LEDGER_PER_PAGE = 25 };

static void show_time(struct ctx *c, struct view *item, int64_t at)
{
    view_text(item, "when", show_when(c, at));
    view_text(item, "when_iso", show_iso(c, at));
}

static void show_amount(
    struct ctx *c, struct view *item, const char *key, struct cents amount)
{
    view_text(item, key, cents_format(c->arena, amount));
}

/* 0: of none. */
static void show_booking(struct view *item, int64_t booking_id)
{
    view_int(item, "booking_id", booking_id);
    view_bool(item, "has_booking", booking_id != 0);
}

/* What was typed for one row of a list, and what is wrong with it. */
struct typed {
    int64_t id;
    const char *reason, *error;
};

static void show_typed(struct view *item, const struct typed *typed, int64_t id)
{
    bool is_this = typed != NULL && typed->id == id;
    view_text(item, "typed", is_this ? typed->reason : "");
    view_text(item, "error", is_this ? typed->error : "");
}

/* ---- the books --------------------------------------------------------------------
 */

static const char *kind_label(const char *kind)
{
    static const char *const words[][2] = {
        { "charge", "Charge" },
        { "late_charge", "Charge, too late" },
        { "refund_owed", "Refund decided" },
        { "refund", "Refund" },
        { "refund_failed", "Refund failed" },
        { "refund_withdrawn", "Refund withdrawn" },
        { "transfer", "Transfer" },
        { "offset", "Kept for a debt" },
        { "offset_undone", "Not kept after all" },
        { "reversal", "Transfer taken back" },
        { "receivable", "Debt" },
        { "dispute_withdrawn", "Taken by a bank" },
        { "dispute_reinstated", "Given back by a bank" },
        { "dispute_lost", "Dispute lost" },
        { "dispute_late_win", "Lost dispute won" },
        { "stripe_fee", "Stripe's fee" },
        { "payout", "Payout to our bank" },
    };
    return text_in_words(words, COUNT_OF(words), kind);
}

/* Is it named by an object of Stripe's? What we decide ourselves has ids of ours. */
static bool is_at_stripe(const char *kind)
{
    static const char *const ours[] = { "refund_owed", "refund_withdrawn", "offset",
        "offset_undone", "receivable" };
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        if (text_is(ours[i], kind))
            return false;
    return true;
}

static enum result show_totals(struct ctx *c, struct web *w)
{
    struct cents totals[LEDGER__ACCOUNTS], sum = { 0 };
    TRY(ledger_totals(c, totals));
    struct view *list = view_list(w->view, "totals");
    for (enum ledger_account a = 0; a < LEDGER__ACCOUNTS; a++) {
        struct view *item = view_item(list);
        view_text(item, "label", ledger_total_label(a));
        show_amount(c, item, "amount", totals[a]);
        sum = cents_add(sum, totals[a]);
    }
    show_amount(c, w->view, "sum", sum);
    return OK;
}

static enum result list_ledger(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct ledger_row *rows;
    size_t n;
    TRY(show_totals(c, w));
    TRY(ledger_page(c, web_before(w), LEDGER_PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, LEDGER_PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        show_time(c, item, rows[i].at);
        view_text(item, "kind", kind_label(rows[i].kind));
        view_text(item, "debit", ledger_account_label(rows[i].debit));
        view_text(item, "credit", ledger_account_label(rows[i].credit));
        show_amount(c, item, "amount", rows[i].amount);
        view_text(
            item, "source_id", is_at_stripe(rows[i].kind) ? rows[i].source_id : "");
        show_booking(item, rows[i].booking_id);
    }
    return OK;
}

/* ---- what waits -------------------------------------------------------------------
 */

/* A place in a list that is ordered by a number and a text: ?before=17.issfr_1. */
struct place {
    int64_t n;
    const char *text; /* NULL: before the first row */
};

static struct place place_asked(struct ctx *c, const struct web *w)
{
    struct place p = { 0 };
    const char *before = params_get(w->req.query, "before");
    const char *dot = before == NULL ? NULL : strchr(before, '.');
    if (dot != NULL && text_int(arena_strndup(c->arena, before, (size_t)(dot - before)),
                           0, INT64_MAX, &p.n))
        p.text = dot + 1;
    return p;
}

/* As WEB_PAGED, for such a list: the next page begins after LAST_SHOWN. */
static size_t paged_by(struct ctx *c, struct web *w, const struct place *asked,
    size_t n, struct place last_shown)
{
    web_pages_from(c, w, asked->text != NULL,
        n <= PER_PAGE
            ? NULL
            : ctx_printf(c, "%lld.%s", (long long)last_shown.n, last_shown.text));
    view_bool(w->view, "any", n > 0);
    return n < PER_PAGE ? n : PER_PAGE;
}

#define PAGED_BY(c, w, asked, rows, count, number, text)                               \
    paged_by(c, w, asked, count,                                                       \
        (count) > PER_PAGE ? (struct place) { (rows)[PER_PAGE - 1].number,             \
                                 (rows)[PER_PAGE - 1].text }                           \
                           : (struct place) { 0 })

static enum result list_disputes(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct dispute *rows;
    size_t n;
    struct place asked = place_asked(c, w);
    TRY(disputes_open(c, asked.n, asked.text, PER_PAGE + 1, &rows, &n));
    n = PAGED_BY(c, w, &asked, rows, n, due_by, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "dispute_id", rows[i].id);
        view_int(item, "booking_id", rows[i].booking_id);
        show_amount(c, item, "amount", rows[i].amount);
        view_text(item, "status", disputes_status_label(rows[i].status));
        view_text(item, "reason", disputes_reason_label(rows[i].reason));
        view_text(
            item, "due", rows[i].due_by == 0 ? "–" : show_when(c, rows[i].due_by));
        view_text(item, "evidence",
            rows[i].submissions > 0 ? "sent"
            : rows[i].due_by == 0   ? "not wanted"
                                    : "none yet");
    }
    return OK;
}

static enum result list_refunds(
    struct ctx *c, struct web *w, struct view *list, const struct typed *typed)
{
    struct refund_row *rows;
    size_t n;
    TRY(refunds_failed(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_int(item, "booking_id", rows[i].booking_id);
        show_time(c, item, rows[i].updated_at);
        show_amount(c, item, "amount", rows[i].split.amount);
        view_text(item, "refund_id", rows[i].refund_id);
        view_text(item, "reason", rows[i].reason);
        view_text(item, "said", rows[i].error);
        show_typed(item, typed, rows[i].id);
    }
    return OK;
}

static enum result list_transfers(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct transfer *rows;
    size_t n;
    TRY(transfers_failed(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_int(item, "booking_id", rows[i].booking_id);
        view_int(item, "host_id", rows[i].host_id);
        view_int(item, "attempt", rows[i].call);
        view_text(item, "said", rows[i].reason);
    }
    return OK;
}

static enum result list_warnings(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct queues_warning *rows, after = { .source_id = "" };
    size_t n;
    struct place asked = place_asked(c, w);
    if (asked.text != NULL)
        after =
            (struct queues_warning) { .booking_id = asked.n, .source_id = asked.text };
    TRY(queues_warnings(c, &after, PER_PAGE + 1, &rows, &n));
    n = PAGED_BY(c, w, &asked, rows, n, booking_id, source_id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "source_id", rows[i].source_id);
        view_bool(item, "is_warning", text_is(rows[i].kind, "warning"));
        view_int(item, "booking_id", rows[i].booking_id);
        view_text(item, "title", rows[i].title);
        view_text(item, "vendor", rows[i].vendor);
        show_amount(c, item, "amount", rows[i].total);
        show_time(c, item, rows[i].opened_at);
    }
    return OK;
}

static const char *call_label(const char *kind)
{
    static const char *const words[][2] = {
        { "acct", "Make a host's account" },
        { "cus", "Make a customer" },
        { "pi", "Open a payment" },
        { "cs", "Open a payment on Stripe's page" },
        { "pican", "Cancel a payment" },
        { "csexp", "End a payment on Stripe's page" },
        { "ref", "Refund" },
        { "xfer", "Transfer to a host" },
        { "rev", "Take a transfer back" },
        { "dpev", "Answer a bank" },
    };
    return text_in_words(words, COUNT_OF(words), kind);
}

static enum result list_calls(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct stuck_call *rows;
    size_t n;
    struct place asked = place_asked(c, w);
    TRY(calls_stuck(c, asked.n, asked.text, PER_PAGE + 1, &rows, &n));
    n = PAGED_BY(c, w, &asked, rows, n, since_at, uid);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "uid", rows[i].uid);
        view_text(item, "what", call_label(rows[i].kind));
        view_bool(item, "needs_review", text_is(rows[i].state, "review"));
        show_booking(item, rows[i].booking_id);
        show_time(c, item, rows[i].since_at);
        view_int(item, "tries", rows[i].tries);
        view_textf(item, "said", "%s%s%s",
            rows[i].http_status == 0
                ? "no answer"
                : ctx_printf(c, "HTTP %lld", (long long)rows[i].http_status),
            text_empty(rows[i].error) ? "" : ": ", rows[i].error);
        view_text(item, "request_id", rows[i].request_id);
    }
    return OK;
}

static enum result list_debts(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] const struct typed *typed)
{
    struct queues_debt *rows;
    size_t n;
    TRY(queues_debts(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, host_id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "host_id", rows[i].host_id);
        view_text(item, "host", rows[i].host);
        show_amount(c, item, "amount", rows[i].amount);
        show_time(c, item, rows[i].since_at);
        view_bool(item, "is_old", rows[i].since_at + QUEUES_DEBT_OLD_S <= c->now_at);
    }
    return OK;
}

static const char *difference_label(const char *kind)
{
    static const char *const words[][2] = {
        { "not_in_books", "Stripe moved money that our books do not know" },
        { "not_at_stripe", "Our books have a movement that Stripe has not" },
        { "amount", "The amounts differ" },
        { "movement_unknown", "Stripe moved money in a way that has no place here" },
        { "balance", "Our balance at Stripe is another" },
        { "unscheduled", "A host is owed money, and none is on its way" },
        { "paid_unconfirmed", "Money is here for no booking, and does not go back" },
        { "confirmed_unpaid", "A booking counts as paid, and no money is here" },
        { "payment_mismatch", "A payment is not what we asked for" },
        { "event_mode", "An event of the other mode, live or test, came to us" },
        { "event_version", "Stripe's events come in another version than ours" },
        { "payout_failed", "Stripe could not pay out to our bank" },
    };
    return text_in_words(words, COUNT_OF(words), kind);
}

static enum result list_differences(
    struct ctx *c, struct web *w, struct view *list, const struct typed *typed)
{
    struct difference *rows;
    size_t n;
    TRY(differences_open(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "what", difference_label(rows[i].kind));
        view_text(item, "detail", rows[i].detail);
        view_text(item, "source_id", rows[i].source_id);
        show_booking(item, rows[i].booking_id);
        view_bool(item, "can_send", text_is(rows[i].kind, "unscheduled"));
        show_time(c, item, rows[i].found_at);
        view_text(item, "seen", show_when(c, rows[i].seen_at));
        view_text(item, "seen_iso", show_iso(c, rows[i].seen_at));
        show_typed(item, typed, rows[i].id);
    }
    return OK;
}

/* ---- the page ---------------------------------------------------------------------
 */

static const struct section {
    const char *value, *label, *template;
    enum result (*list)(
        struct ctx *c, struct web *w, struct view *list, const struct typed *typed);
    size_t count; /* where its number is in struct queues_counts; NONE */
} sections[] = {
#define COUNT(member) offsetof(struct queues_counts, member)
#define NONE SIZE_MAX
    { "ledger", "Ledger", "admin/payments_ledger", list_ledger, NONE },
    { "disputes", "Disputes", "admin/payments_disputes", list_disputes,
        COUNT(disputes) },
    { "refunds", "Failed refunds", "admin/payments_refunds", list_refunds,
        COUNT(refunds) },
    { "transfers", "Failed transfers", "admin/payments_transfers", list_transfers,
        COUNT(transfers) },
    { "warnings", "Warnings", "admin/payments_warnings", list_warnings,
        COUNT(warnings) },
    { "calls", "Stuck calls", "admin/payments_calls", list_calls, COUNT(calls) },
    { "debts", "Debts", "admin/payments_debts", list_debts, COUNT(debts) },
    { "differences", "Differences", "admin/payments_differences", list_differences,
        COUNT(differences) },
};

static int64_t count_of(const struct queues_counts *counts, const struct section *s)
{
    return *(const int64_t *)((const char *)counts + s->count);
}

static const char *section_url(struct ctx *c, const struct section *s)
{
    return ctx_printf(c, "/admin/payments?state=%s", s->value);
}

/* Its tabs, with how much waits in each. */
static enum result show_tabs(struct ctx *c, struct web *w, const struct section *chosen)
{
    struct queues_counts counts;
    TRY(queues_count(c, &counts));
    struct view *list = view_list(w->view, "tabs");
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const struct section *s = &sections[i];
        int64_t n = s->count == NONE ? 0 : count_of(&counts, s);
        struct view *item = view_item(list);
        view_text(item, "url", section_url(c, s));
        view_text(item, "label",
            n == 0 ? s->label : ctx_printf(c, "%s %lld", s->label, (long long)n));
        view_bool(item, "is_here", s == chosen);
    }
    return OK;
}

static const struct section *section_of(const char *value)
{
    for (size_t i = 0; i < COUNT_OF(sections); i++)
        if (text_is(sections[i].value, value))
            return &sections[i];
    return &sections[0];
}

static enum result show(
    struct ctx *c, struct web *w, const struct section *s, const struct typed *typed)
{
    int64_t before = web_before(w);
    w->pages_at = section_url(c, s);
    view_text(w->view, "here",
        before == 0 ? "" : ctx_printf(c, "?before=%lld", (long long)before));
    TRY(show_tabs(c, w, s));
    TRY(s->list(c, w, view_list(w->view, "rows"), typed));
    admin_show_may_decide(c, w);
    return web_page(c, w, typed == NULL ? 200 : 422, s->template);
}

enum result web_admin_payments(struct ctx *c, struct web *w)
{
    return show(c, w, section_of(params_get(w->req.query, "state")), NULL);
}

enum result admin_payments_stats(struct ctx *c, struct web *w)
{
    struct queues_counts counts;
    TRY(queues_count(c, &counts));
    struct view *list = view_list(w->view, "stats");
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const struct section *s = &sections[i];
        if (s->count == NONE)
            continue;
        struct view *item = view_item(list);
        view_text(item, "label", s->label);
        view_text(
            item, "value", ctx_printf(c, "%lld", (long long)count_of(&counts, s)));
        view_text(item, "note", "");
        view_text(item, "url", section_url(c, s));
    }
    return OK;
}

/* ---- acts -------------------------------------------------------------------------
 */

static enum result back_to(
    struct ctx *c, struct web *w, const char *section, const char *text)
{
    web_flash(c, w, "ok", text);
    return web_redirect(w, section_url(c, section_of(section)));
}

static const char *const refund_acts[] = { "retry", "give_up", NULL };
static const struct field refund_fields[] = {
    { "act", FIELD_CHOICE, "Decision", .required = true, .choices = refund_acts },
    { "reason", FIELD_TEXT, "Reason", .max = REFUNDS_REASON_MAX },
};

/* The same page of the list once more (its forms carry which), with what was typed for
 * one row and what is wrong with it. */
static enum result show_again(struct ctx *c, struct web *w, const char *section,
    const struct form *f, const char *error)
{
    struct typed typed = { web_id(w), form_raw(f, "reason"), error };
    return show(c, w, section_of(section), &typed);
}

enum result web_admin_refund(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, refund_fields, COUNT_OF(refund_fields), &f);
    bool gives_up = text_is(form_text(&f, "act"), "give_up");
    const char *error = form_error(&f, "reason");
    if (error == NULL && gives_up && !form_has(&f, "reason"))
        error = "Say why it is given up.";
    if (error == NULL && !form_ok(&f))
        error = "Choose what is to happen with this refund.";
    if (error != NULL)
        return show_again(c, w, "refunds", &f, error);
    TRY(gives_up ? refunds_give_up(c, web_id(w), form_text(&f, "reason"))
                 : refunds_retry(c, web_id(w)));
    return back_to(c, w, "refunds",
        gives_up ? "Given up. It is owed no longer." : "Stripe is asked again.");
}

enum result web_admin_transfer(struct ctx *c, struct web *w)
{
    TRY(transfers_retry(c, web_id(w)));
    return back_to(c, w, "transfers", "It is tried again within a minute.");
}

enum result web_admin_send_owed(struct ctx *c, struct web *w)
{
    TRY(transfers_send_owed(c, web_id(w)));
    return back_to(c, w, "differences",
        "It leaves within a minute; the difference goes at the next look.");
}

enum result web_admin_warning(struct ctx *c, struct web *w)
{
    TRY(freezes_release(c, route_text(&w->match, "source")));
    return back_to(c, w, "warnings", "Released: the host's money may go.");
}

enum result web_admin_call(struct ctx *c, struct web *w)
{
    enum result r = calls_retry(c, route_text(&w->match, "uid"));
    if (r != R_UPSTREAM && r != R_BUSY) {
        TRY(r);
        return back_to(
            c, w, "calls", "Looked for at Stripe, and made only if it never was.");
    }
    /* Nothing was lost: the row is there as before, and the list shows it. */
    web_flash(c, w, "error", c->message);
    fail_clear(c);
    return web_redirect(w, section_url(c, section_of("calls")));
}

static const struct field difference_fields[] = {
    { "reason", FIELD_TEXT, "Reason", .required = true, .max = DIFFERENCES_REASON_MAX,
        .advice = "Say in at most 200 characters why it is in order." },
};

enum result web_admin_difference(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, difference_fields, COUNT_OF(difference_fields), &f);
    if (!form_ok(&f))
        return show_again(c, w, "differences", &f,
            form_error(&f, "reason") != NULL ? form_error(&f, "reason")
                                             : "Say why it is in order.");
    TRY(differences_close(c, web_id(w), form_text(&f, "reason")));
    return back_to(c, w, "differences", "Closed, with your reason in the audit trail.");
}
