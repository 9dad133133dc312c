#include "web/admin.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/catalogue.h"
#include "domain/compliance.h"
#include "domain/listings.h"
#include "domain/moderation.h"
#include "domain/outbox.h"
#include "jobs/jobs.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/admin_payments.h"
#include "web/show.h"

enum { PER_PAGE = 50, QUEUE_MAX = 20, HISTORY_MAX = 50 };

/* ---- pieces that the pages of staff share ---------------------------------------- */

enum result admin_show_history(
    struct ctx *c, struct web *w, const char *subject, int64_t subject_id)
{
    struct audit_row *rows;
    size_t n;
    TRY(audit_of(c, subject, subject_id, HISTORY_MAX, &rows, &n));
    struct view *list = view_list(w->view, "events");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "when", show_when(c, rows[i].at));
        view_text(item, "when_iso", show_iso(c, rows[i].at));
        view_textf(item, "text", "%s%s%s", show_action(rows[i].action),
            text_empty(rows[i].detail) ? "" : ": ", rows[i].detail);
        view_text(item, "who", rows[i].actor);
        view_bool(item, "is_now", i == 0);
    }
    return OK;
}

const char *admin_state(const struct web *w, const struct admin_tab *tabs, size_t n)
{
    const char *state = params_get(w->req.query, "state");
    for (size_t i = 0; i < n; i++)
        if (text_is(tabs[i].value, state))
            return tabs[i].value;
    return tabs[0].value;
}

void admin_show_tabs(struct ctx *c, struct web *w, const struct admin_tab *tabs,
    size_t n, const char *chosen)
{
    struct view *list = view_list(w->view, "tabs");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(
            item, "url", ctx_printf(c, "%s?state=%s", w->req.path, tabs[i].value));
        view_text(item, "label", tabs[i].label);
        view_bool(item, "is_here", text_is(tabs[i].value, chosen));
    }
}

struct view *admin_facts(struct web *w)
{
    return view_list(w->view, "facts");
}

void admin_fact(struct view *facts, const char *label, const char *value)
{
    struct view *item = view_item(facts);
    view_text(item, "label", label);
    view_text(item, "value", text_empty(value) ? "–" : value);
}

bool admin_show_may_decide(const struct ctx *c, struct web *w)
{
    bool may = c->actor.role == ROLE_ADMIN;
    view_bool(w->view, "may_decide", may);
    return may;
}

/* ---- decisions ---- */

static const struct field decision_fields[] = {
    { "act", FIELD_TEXT, "Decision", .required = true, .max = 40 },
    { "reason", FIELD_LINES, "Reason", .max = 2000 },
    { "version", FIELD_INT, "Form", .min = 0, .max = INT64_MAX },
};

void admin_fresh_decision(struct ctx *c, int64_t version, struct form *out)
{
    form_fresh(c->arena, decision_fields, COUNT_OF(decision_fields), out);
    form_fill(out, "version", ctx_printf(c, "%lld", (long long)version));
}

void admin_read_decision(struct ctx *c, struct web *w, struct form *out)
{
    web_form(c, w, decision_fields, COUNT_OF(decision_fields), out);
}

bool admin_decision_refused(struct ctx *c, enum result r, struct form *f)
{
    if (r != R_INVALID)
        return false;
    web_refused(c, f, "reason", NULL);
    return true;
}

/* ---- queues ---- */

static enum result show_listing_queue(struct ctx *c, struct web *w)
{
    struct listing_row *rows;
    size_t n;
    int64_t total;
    TRY(listings_waiting(c, QUEUE_MAX, &rows, &n, &total));
    struct view *list = view_list(w->view, "listings");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "title", rows[i].title);
        view_text(item, "host", rows[i].host_name);
        view_textf(item, "place", "%s, %s", rows[i].city, rows[i].region);
        view_text(item, "ago", show_ago(c, rows[i].updated_at));
        view_text(item, "when_iso", show_iso(c, rows[i].updated_at));
    }
    view_int(w->view, "listings_waiting", total);
    view_bool(w->view, "any_listings", n > 0);
    return OK;
}

static enum result show_document_queue(struct ctx *c, struct web *w)
{
    struct document *rows;
    size_t n;
    int64_t total;
    TRY(compliance_waiting(c, QUEUE_MAX, &rows, &n, &total));
    struct view *list = view_list(w->view, "documents");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "label", catalogue_label(CATALOGUE_DOCUMENTS, rows[i].kind));
        view_text(item, "kitchen", rows[i].kitchen_title);
        view_text(item, "host", rows[i].host_name);
        view_text(item, "ago", show_ago(c, rows[i].created_at));
        view_text(item, "when_iso", show_iso(c, rows[i].created_at));
    }
    view_int(w->view, "documents_waiting", total);
    view_bool(w->view, "any_documents", n > 0);
    return OK;
}

enum result web_admin(struct ctx *c, struct web *w)
{
    TRY(show_listing_queue(c, w));
    TRY(show_document_queue(c, w));
    TRY(admin_payments_stats(c, w));
    return web_page(c, w, 200, "admin/queues");
}

/* ---- people ---- */

static const struct field user_fields[] = {
    { "q", FIELD_TEXT, "Name, business or e-mail", .max = 120 },
};

enum result web_admin_users(struct ctx *c, struct web *w)
{
    struct account *rows;
    struct form f;
    size_t n;
    web_form(c, w, user_fields, COUNT_OF(user_fields), &f);
    web_show_form(c, w, &f);
    TRY(accounts_page(c, form_text(&f, "q"), web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "users");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "name", rows[i].full_name);
        view_text(item, "email", rows[i].email);
        view_text(item, "role", rows[i].role);
        view_text(item, "state", rows[i].state);
        view_text(item, "state_label", show_state(rows[i].state));
        view_bool(item, "confirmed", rows[i].verified_at != 0);
        view_text(item, "since", show_day(c, rows[i].created_at / 86400));
    }
    return web_page(c, w, form_ok(&f) ? 200 : 422, "admin/users");
}

static enum result show_user(struct ctx *c, struct web *w, const struct account *a,
    const struct form *f, int status)
{
    struct view *facts = admin_facts(w);
    admin_fact(facts, "Name", a->full_name);
    admin_fact(facts, "E-mail", a->email);
    admin_fact(facts, "Confirmed",
        a->verified_at == 0 ? "not yet" : show_when(c, a->verified_at));
    admin_fact(facts, "Role", a->role);
    admin_fact(facts, "Business", a->business_name);
    admin_fact(facts, "Phone", a->phone);
    admin_fact(facts, "Since", show_when(c, a->created_at));
    view_int(w->view, "id", a->id);
    view_text(w->view, "name", a->full_name);
    view_text(w->view, "state", a->state);
    view_text(w->view, "state_label", show_state(a->state));
    view_bool(w->view, "is_active", text_is(a->state, "active"));
    view_bool(w->view, "is_suspended", text_is(a->state, "suspended"));
    view_bool(w->view, "can_change",
        admin_show_may_decide(c, w) && !text_is(a->role, "admin") &&
            !text_is(a->state, "deleted"));
    TRY(admin_show_history(c, w, "user", a->id));
    web_show_form(c, w, f);
    return web_page(c, w, status, "admin/user");
}

enum result web_admin_user(struct ctx *c, struct web *w)
{
    struct account a;
    struct form f;
    TRY(accounts_get(c, web_id(w), &a));
    admin_fresh_decision(c, 0, &f);
    return show_user(c, w, &a, &f, 200);
}

enum result web_admin_user_set(struct ctx *c, struct web *w)
{
    struct account a;
    struct form f;
    TRY(accounts_get(c, web_id(w), &a));
    admin_read_decision(c, w, &f);
    bool suspend = text_is(form_text(&f, "act"), "suspend");
    if (!suspend && !text_is(form_text(&f, "act"), "restore"))
        form_set_error(&f, "reason", "Choose whether to suspend or to restore.");
    if (!form_ok(&f))
        return show_user(c, w, &a, &f, 422);
    enum result r = moderation_suspend(c, a.id, suspend, form_text(&f, "reason"));
    if (admin_decision_refused(c, r, &f))
        return show_user(c, w, &a, &f, 422);
    TRY(r);
    web_flash(c, w, "ok", suspend ? "Suspended. All sessions are over." : "Restored.");
    return web_redirect(w, ctx_printf(c, "/admin/users/%lld", (long long)a.id));
}

/* ---- audit trail, mail and jobs ---- */

/* Where a thing of the audit trail is looked at; "" if it has no page. */
static const char *subject_url(struct ctx *c, const char *subject, int64_t id)
{
    static const char *const pages[][2] = {
        { "kitchen", "/admin/listings" },
        { "user", "/admin/users" },
        { "document", "/admin/documents" },
        { "booking", "/bookings" },
    };
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (text_is(pages[i][0], subject))
            return ctx_printf(c, "%s/%lld", pages[i][1], (long long)id);
    return "";
}

enum result web_admin_audit(struct ctx *c, struct web *w)
{
    struct audit_row *rows;
    size_t n;
    TRY(audit_page(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "rows");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "when", show_when(c, rows[i].at));
        view_text(item, "when_iso", show_iso(c, rows[i].at));
        view_text(item, "who", rows[i].actor);
        view_text(item, "role", rows[i].actor_role);
        view_text(item, "action", rows[i].action);
        view_textf(
            item, "subject", "%s %lld", rows[i].subject, (long long)rows[i].subject_id);
        view_text(item, "url", subject_url(c, rows[i].subject, rows[i].subject_id));
        view_text(item, "detail", rows[i].detail);
        view_text(item, "request", rows[i].request_id);
    }
    return web_page(c, w, 200, "admin/audit");
}

enum result web_admin_mail(struct ctx *c, struct web *w)
{
    static const struct admin_tab tabs[] = {
        { "queued", "Queued" },
        { "sent", "Sent" },
        { "failed", "Failed" },
    };
    const char *state = admin_state(w, tabs, COUNT_OF(tabs));
    struct outbox_row *rows;
    size_t n;
    TRY(outbox_page(c, state, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "mails");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        bool queued = text_is(rows[i].state, "queued");
        int64_t at = queued ? rows[i].next_at : rows[i].sent_at;
        view_text(item, "kind", rows[i].kind);
        view_text(item, "to", rows[i].to_email);
        view_text(item, "written", show_when(c, rows[i].created_at));
        view_text(item, "next", at == 0 ? "–" : show_when(c, at));
        view_int(item, "tries", rows[i].tries);
        view_text(item, "error", rows[i].error);
    }
    view_text(w->view, "next_label", text_is(state, "queued") ? "Next try" : "Sent");
    admin_show_tabs(c, w, tabs, COUNT_OF(tabs), state);
    return web_page(c, w, 200, "admin/mail");
}

enum result web_admin_jobs(struct ctx *c, struct web *w)
{
    struct job_status *rows;
    size_t n;
    TRY(jobs_status(c, &rows, &n));
    struct view *list = view_list(w->view, "jobs");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "job", rows[i].name);
        view_bool(item, "running", rows[i].running);
        view_text(item, "last",
            rows[i].last_at == 0 ? "never" : show_ago(c, rows[i].last_at));
        view_text(item, "last_iso", show_iso(c, rows[i].last_at));
        view_textf(item, "took", "%lld ms", (long long)rows[i].last_ms);
        view_text(item, "next", show_when(c, rows[i].next_at));
        view_int(item, "done", rows[i].done);
        view_text(item, "cursor",
            rows[i].cursor_at == 0 ? "" : show_ago(c, rows[i].cursor_at));
        view_text(item, "cursor_iso", show_iso(c, rows[i].cursor_at));
        view_text(item, "error", rows[i].last_error);
    }
    view_bool(w->view, "any", n > 0);
    return web_page(c, w, 200, "admin/jobs");
}
