#include "web/admin_disputes.h"

#include "domain/bookings.h"
#include "domain/disputes_draft.h"
#include "util/guard.h"
#include "web/admin.h"
#include "web/bookings.h"
#include "web/show.h"

static const struct field fields[] = {
    { "text", FIELD_LINES, "What we tell the bank", .required = true,
        .max = EVIDENCE_MAX },
};

static void show_facts(
    struct ctx *c, struct web *w, const struct dispute *d, const struct booking *b)
{
    struct view *facts = admin_facts(w);
    admin_fact(facts, "At Stripe", d->id);
    admin_fact(facts, "Amount", cents_format(c->arena, d->amount));
    admin_fact(facts, "Why", disputes_reason_label(d->reason));
    admin_fact(facts, "How it stands", disputes_status_label(d->status));
    admin_fact(facts, "Opened", show_when(c, d->opened_at));
    admin_fact(facts, "Answer by", d->due_by == 0 ? "" : show_when(c, d->due_by));
    admin_fact(facts, "Closed", d->closed_at == 0 ? "" : show_when(c, d->closed_at));
    admin_fact(facts, "If lost, the host bears", cents_format(c->arena, d->host));
    admin_fact(facts, "Kitchen", b->title);
    admin_fact(facts, "Host", b->host_name);
    admin_fact(facts, "Vendor", b->vendor_name);
    admin_fact(facts, "When", bookings_when(c, b));
    admin_fact(facts, "State", bookings_state_label(b->state));
    admin_fact(facts, "Paid", cents_format(c->arena, b->total));
}

/* What was sent before; *WAITS: Stripe has it, or will. */
static enum result show_evidence(
    struct ctx *c, struct web *w, const struct dispute *d, bool *waits)
{
    static const char *const words[][2] = {
        { "queued", "On its way to Stripe" },
        { "sent", "With the bank" },
        { "failed", "Stripe refused it" },
    };
    struct evidence *rows;
    size_t n;
    TRY(disputes_evidence(c, d->id, &rows, &n));
    struct view *list = view_list(w->view, "evidence");
    *waits = false;
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        *waits = *waits || !text_is(rows[i].state, "failed");
        view_text(item, "when", show_when(c, rows[i].created_at));
        view_text(item, "when_iso", show_iso(c, rows[i].created_at));
        view_text(item, "author", rows[i].author);
        view_text(item, "text", rows[i].text);
        view_text(item, "said", rows[i].error);
        view_text(item, "state", rows[i].state);
        view_text(
            item, "state_label", text_in_words(words, COUNT_OF(words), rows[i].state));
    }
    view_bool(w->view, "has_evidence", n > 0);
    return OK;
}

static enum result get(
    struct ctx *c, struct web *w, struct dispute *d, struct booking *b)
{
    enum result r = disputes_get(c, route_text(&w->match, "dispute"), d);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such dispute.");
    TRY(r);
    return bookings_get(c, d->booking_id, b);
}

/* What goes with the text. */
static enum result show_record(struct ctx *c, struct web *w, const struct booking *b)
{
    struct dispute_record record;
    TRY(disputes_record(c, b, &record));
    view_text(w->view, "service_date", record.service_date);
    view_text(w->view, "product", record.product);
    view_text(
        w->view, "access_log", record.access_log == NULL ? "" : record.access_log);
    return OK;
}

static enum result show(struct ctx *c, struct web *w, const struct dispute *d,
    const struct booking *b, const struct form *f, int status)
{
    bool waits;
    bookings_show(c, w->view, b);
    show_facts(c, w, d, b);
    TRY(show_evidence(c, w, d, &waits));
    bool wanted = !waits && disputes_wants_answer(c, d);
    view_text(w->view, "dispute_id", d->id);
    view_bool(w->view, "can_answer", admin_show_may_decide(c, w) && wanted);
    view_bool(w->view, "is_wanted", wanted);
    if (wanted)
        TRY(show_record(c, w, b));
    web_show_form(c, w, f);
    return web_page(c, w, status, "admin/dispute");
}

enum result web_admin_dispute(struct ctx *c, struct web *w)
{
    struct dispute d;
    struct booking b;
    struct form f;
    const char *draft;
    TRY(get(c, w, &d, &b));
    TRY(disputes_draft(c, &d, &draft));
    form_fresh(c->arena, fields, COUNT_OF(fields), &f);
    form_fill(&f, "text", draft);
    return show(c, w, &d, &b, &f, 200);
}

enum result web_admin_dispute_answer(struct ctx *c, struct web *w)
{
    struct dispute d;
    struct booking b;
    struct form f;
    TRY(get(c, w, &d, &b));
    web_form(c, w, fields, COUNT_OF(fields), &f);
    if (!form_ok(&f))
        return show(c, w, &d, &b, &f, 422);
    enum result r = disputes_submit(c, d.id, form_text(&f, "text"));
    if (r == R_INVALID) {
        web_refused(c, &f, "text", NULL);
        return show(c, w, &d, &b, &f, 422);
    }
    TRY(r);
    web_flash(c, w, "ok", "It goes to the bank within a minute.");
    return web_redirect(w, ctx_printf(c, "/admin/disputes/%s", d.id));
}
