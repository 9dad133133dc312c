#include "web/documents.h"

#include "domain/audit.h"
#include "domain/catalogue.h"
#include "domain/compliance.h"
#include "domain/kitchens.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "util/zone.h"
#include "web/admin.h"
#include "web/show.h"

enum { PER_PAGE = 50 };

/* ---- the host's page ---- */

/* The choices of `kind` are the catalogue's: fields() sets them. */
static struct field upload_fields[] = {
    { "kind", FIELD_CHOICE, "What it is", .required = true },
    { "number", FIELD_TEXT, "Number", .required = true, .max = 80 },
    { "authority", FIELD_TEXT, "Issued by", .required = true, .max = 120 },
    { "issued", FIELD_DATE, "Issued on", .required = true },
    { "expires", FIELD_DATE, "Valid until", .required = true },
    { "document", FIELD_TEXT, "File" }, /* the file itself comes as an upload */
    FIELD_ONCE,
};
static const struct field query_fields[] = {
    { "kind", FIELD_TEXT, "What it is", .max = 40 },
};

static const struct field *fields(void)
{
    upload_fields[0].choices = catalogue_keys(CATALOGUE_DOCUMENTS);
    return upload_fields;
}

static void show_document(struct ctx *c, struct view *v, const struct document *d)
{
    view_int(v, "document_id", d->id);
    view_text(v, "label", catalogue_label(CATALOGUE_DOCUMENTS, d->kind));
    view_text(v, "state", d->state);
    view_text(v, "state_label", show_state(d->state));
    view_text(v, "number", d->number);
    view_text(v, "authority", d->authority);
    view_text(v, "issued", show_day(c, d->issued_day));
    view_text(v, "expires", show_day(c, d->expires_day));
    view_text(v, "file_name", d->file_name);
    view_text(v, "size", show_bytes(c, d->bytes));
    view_text(v, "reason", d->reason);
    view_text(v, "ago", show_ago(c, d->created_at));
    view_text(v, "when_iso", show_iso(c, d->created_at));
    view_text(v, "kitchen", d->kitchen_title);
    view_text(v, "host", d->host_name);
}

/* How it stands with one kind: its approved paper, else its newest one. */
static void show_kind(struct ctx *c, struct view *v, const struct catalogue_item *kind,
    const struct document *rows, size_t n)
{
    const struct document *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (text_is(rows[i].kind, kind->key) &&
            (best == NULL || (text_is(rows[i].state, "approved") &&
                                 !text_is(best->state, "approved"))))
            best = &rows[i];
    view_text(v, "label", kind->label);
    view_bool(v, "is_required", compliance_required(kind->key));
    view_text(v, "state", best == NULL ? "missing" : best->state);
    view_text(v, "state_label", best == NULL ? "Missing" : show_state(best->state));
    view_text(v, "until",
        best != NULL && text_is(best->state, "approved")
            ? show_day(c, best->expires_day)
            : "");
}

static enum result show_page(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, int status)
{
    struct document *rows;
    size_t n, kinds_n;
    TRY(compliance_of(c, k->id, &rows, &n));
    const struct catalogue_item *kinds = catalogue_list(CATALOGUE_DOCUMENTS, &kinds_n);
    const char **labels = arena_array(c->arena, kinds_n, sizeof *labels);
    struct view *list = view_list(w->view, "kinds");
    for (size_t i = 0; i < kinds_n; i++) {
        labels[i] = kinds[i].label;
        show_kind(c, view_item(list), &kinds[i], rows, n);
    }
    list = view_list(w->view, "documents");
    for (size_t i = 0; i < n; i++)
        show_document(c, view_item(list), &rows[i]);
    view_bool(w->view, "any", n > 0);
    TRY(show_decisions(c, w->view, k, audit_paper_decisions));
    view_int(w->view, "id", k->id);
    view_text(w->view, "listing_title", k->title);
    web_show_form(c, w, f);
    web_options(c, w, f, "kind", catalogue_keys(CATALOGUE_DOCUMENTS), labels, kinds_n);
    return web_page(c, w, status, "host/documents");
}

enum result web_documents(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f, asked;
    TRY(kitchens_own(c, web_id(w), &k));
    form_fresh(c->arena, fields(), COUNT_OF(upload_fields), &f);
    web_form(c, w, query_fields, COUNT_OF(query_fields), &asked);
    if (catalogue_find(CATALOGUE_DOCUMENTS, form_text(&asked, "kind")) >= 0)
        form_fill(&f, "kind", form_text(&asked, "kind"));
    form_fill(&f, "idempotency_key", rand_uid(c->arena));
    return show_page(c, w, &k, &f, 200);
}

static int64_t day_of(const struct form *f, const char *name)
{
    struct civil date = form_date(f, name);
    return civil_days(date.year, date.month, date.day);
}

/* The one file of the form; NULL, with the reason beside its field, if there is none.
 */
static const struct upload *the_file(struct web *w, struct form *f)
{
    size_t n;
    const struct upload *uploads = multipart_uploads(w->uploads, &n);
    for (size_t i = 0; i < n; i++)
        if (!text_is(uploads[i].name, "document"))
            form_set_error(f, NULL, "This form has a field that we do not know.");
    if (n == 0)
        form_set_error(f, "document", "Choose the file of this paper.");
    if (n > 1)
        form_set_error(
            f, "document", "Send one file at a time: several pages in one PDF.");
    return form_ok(f) ? &uploads[0] : NULL;
}

enum result web_documents_upload(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    const char *field = NULL;
    TRY(kitchens_own(c, web_id(w), &k));
    web_form(c, w, fields(), COUNT_OF(upload_fields), &f);
    const struct upload *file = the_file(w, &f);
    if (file == NULL)
        return show_page(c, w, &k, &f, 422);
    enum result r = compliance_upload(c, k.id,
        &(struct document_input) {
            .kind = form_text(&f, "kind"),
            .number = form_text(&f, "number"),
            .authority = form_text(&f, "authority"),
            .issued_day = day_of(&f, "issued"),
            .expires_day = day_of(&f, "expires"),
            .path = file->path,
            .file_name = file->filename,
            .bytes = file->bytes,
            .key = form_text(&f, "idempotency_key"),
        },
        &field);
    if (r == R_INVALID && field != NULL) {
        web_refused(c, &f, field, NULL);
        return show_page(c, w, &k, &f, 422);
    }
    if (r == R_INVALID && text_is(c->code, "PC-KEY-422")) {
        web_used(c, &f,
            "This form sent another paper before (PC-KEY-422), which stands below. To "
            "send this one as well, choose its file again.");
        return show_page(c, w, &k, &f, 422);
    }
    TRY(r);
    web_flash(
        c, w, "ok", "Sent. We look at it within two working days and write to you.");
    return web_redirect(
        w, ctx_printf(c, "/host/listings/%lld/documents", (long long)k.id));
}

/* ---- the file ---- */

enum result web_document_file(struct ctx *c, struct web *w)
{
    struct document d;
    TRY(compliance_get(c, web_id(w), &d));
    const char *name = store_name(c->arena, d.hash, "");
    if (name == NULL)
        return fail(c, R_NOT_FOUND, "The file of this paper is not here any more.");
    response_file(w->res, "/private/documents/", name, d.mime);
    response_attachment(w->res, d.file_name);
    response_header(w->res, "Content-Security-Policy", "default-src 'none'; sandbox");
    return OK;
}

/* ---- staff ---- */

enum result web_admin_documents(struct ctx *c, struct web *w)
{
    static const struct admin_tab tabs[] = {
        { "pending", "Waiting" },
        { "approved", "Approved" },
        { "rejected", "Rejected" },
        { "expired", "Expired" },
        { "superseded", "Replaced" },
    };
    const char *state = admin_state(w, tabs, COUNT_OF(tabs));
    struct document *rows;
    size_t n;
    TRY(compliance_in_state(c, state, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "documents");
    for (size_t i = 0; i < n; i++)
        show_document(c, view_item(list), &rows[i]);
    admin_show_tabs(c, w, tabs, COUNT_OF(tabs), state);
    return web_page(c, w, 200, "admin/documents");
}

static enum result show_admin_document(struct ctx *c, struct web *w,
    const struct document *d, const struct form *f, int status)
{
    show_document(c, w->view, d);
    struct view *facts = admin_facts(w);
    admin_fact(facts, "Number", d->number);
    admin_fact(facts, "Issued by", d->authority);
    admin_fact(facts, "Issued on", show_day(c, d->issued_day));
    admin_fact(facts, "Valid until", show_day(c, d->expires_day));
    admin_fact(
        facts, "File", ctx_printf(c, "%s, %s", d->file_name, show_bytes(c, d->bytes)));
    admin_fact(facts, "Sent", show_when(c, d->created_at));
    admin_fact(facts, "Decided",
        d->decided_at == 0
            ? ""
            : ctx_printf(c, "%s, %s", show_when(c, d->decided_at), d->decider));
    view_int(w->view, "kitchen_id", d->kitchen_id);
    view_bool(w->view, "can_approve", compliance_can_approve(d));
    view_bool(w->view, "can_reject", compliance_can_reject(d));
    view_bool(
        w->view, "any_acts", compliance_can_approve(d) || compliance_can_reject(d));
    admin_show_may_decide(c, w);
    TRY(admin_show_history(c, w, "document", d->id));
    web_show_form(c, w, f);
    return web_page(c, w, status, "admin/document");
}

enum result web_admin_document(struct ctx *c, struct web *w)
{
    struct document d;
    struct form f;
    TRY(compliance_get(c, web_id(w), &d));
    admin_fresh_decision(c, 0, &f);
    return show_admin_document(c, w, &d, &f, 200);
}

enum result web_admin_document_decide(struct ctx *c, struct web *w)
{
    struct document d;
    struct form f;
    TRY(compliance_get(c, web_id(w), &d));
    admin_read_decision(c, w, &f);
    bool approve = text_is(form_text(&f, "act"), "approve");
    if (!approve && !text_is(form_text(&f, "act"), "reject"))
        form_set_error(&f, "reason", "Choose whether to approve or to reject.");
    if (!form_ok(&f))
        return show_admin_document(c, w, &d, &f, 422);
    enum result r = compliance_decide(c, d.id, approve, form_text(&f, "reason"));
    if (admin_decision_refused(c, r, &f))
        return show_admin_document(c, w, &d, &f, 422);
    TRY(r);
    web_flash(c, w, "ok", "Decided. The host has mail.");
    return web_redirect(w, ctx_printf(c, "/admin/documents/%lld", (long long)d.id));
}
