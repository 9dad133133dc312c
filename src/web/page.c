/* Rendering: the keys that every page has, forms back into their fields, redirects. */
#include <string.h>

#include "domain/notices.h"
#include "http/local_path.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"
#include "web/web.h"

static void show_flash(struct ctx *c, struct web *w)
{
    struct view *list = view_list(w->view, "flash");
    if (w->flash_text == NULL)
        return;
    struct view *item = view_item(list);
    view_text(item, "text", w->flash_text);
    view_bool(item, "is_ok", text_is(w->flash_kind, "ok"));
    view_bool(item, "is_error", text_is(w->flash_kind, "error"));
    if (!w->flash_keep)
        cookie_set(w->res, c->arena, "flash", "", 0);
}

static enum result show_me(struct ctx *c, struct web *w)
{
    if (c->actor.user_id == 0) {
        view_bool(w->view, "me", false);
        view_text(w->view, "notices_unread", "");
        return OK;
    }
    struct view *me = view_object(w->view, "me");
    size_t first = 1;
    while (((unsigned char)c->actor.full_name[first] & 0xc0) == 0x80)
        first++;
    view_text(me, "full_name", c->actor.full_name);
    view_text(me, "initial", arena_strndup(c->arena, c->actor.full_name, first));
    view_bool(me, "is_vendor", c->actor.role == ROLE_VENDOR);
    view_bool(me, "is_host", c->actor.role == ROLE_HOST);
    view_bool(me, "is_admin", c->actor.role == ROLE_ADMIN);
    view_bool(me, "is_support", c->actor.role == ROLE_SUPPORT);
    view_bool(
        me, "is_staff", c->actor.role == ROLE_ADMIN || c->actor.role == ROLE_SUPPORT);
    view_bool(me, "verified", c->actor.verified);
    int64_t unread;
    TRY(notices_unread(c, &unread));
    view_text(w->view, "notices_unread",
        unread == 0   ? ""
        : unread > 99 ? "99+"
                      : ctx_printf(c, "%lld", (long long)unread));
    return OK;
}

static enum result show_common(struct ctx *c, struct web *w)
{
    view_text(w->view, "site_name", c->conf->site_name);
    view_text(w->view, "base_url", c->conf->base_url);
    view_text(w->view, "page_path", w->req.path == NULL ? "/" : w->req.path);
    view_text(w->view, "asset_css", w->site->asset_css);
    view_text(w->view, "asset_js", w->site->asset_js);
    view_bool(w->view, "sandbox",
        !text_starts(c->conf->stripe_api_base, "https://api.stripe.com"));
    view_text(w->view, "request_id", c->request_id);
    if (!view_has(w->view, "errors"))
        view_list(w->view, "errors");
    show_flash(c, w);
    TRY(show_me(c, w));
    view_text(w->view, "csrf", web_csrf(c, w));
    return OK;
}

enum result web_page(struct ctx *c, struct web *w, int status, const char *template)
{
    TRY(show_common(c, w));
    struct buf why;
    buf_init(&why, 1024);
    buf_clear(&w->res->body);
    enum result r =
        templates_render(w->site->templates, template, w->view, &w->res->body, &why);
    if (r != OK)
        log_error("template", "%s: %s", template, why.at);
    buf_free(&why);
    if (r != OK)
        return fail(c, R_FAULT,
            "This page could not be made. It has been noted; try again later.");
    w->res->status = status;
    response_header(w->res, "Content-Type", "text/html; charset=utf-8");
    return OK;
}

enum result web_redirect(struct web *w, const char *path)
{
    CHECK(http_local_path_ok(path));
    response_redirect(w->res, 303, path);
    return OK;
}

enum result web_redirect_next(struct web *w, const char *next, const char *fallback)
{
    return web_redirect(w, next != NULL && http_local_path_ok(next) ? next : fallback);
}

enum result web_redirect_away(struct web *w, const char *url)
{
    response_redirect_away(w->res, url);
    return OK;
}

int64_t web_id(const struct web *w)
{
    return route_id(&w->match, "id");
}

unsigned web_who(const struct ctx *c)
{
    static const unsigned bits[ROLE__MAX] = {
        [ROLE_VENDOR] = VENDOR,
        [ROLE_HOST] = HOST,
        [ROLE_SUPPORT] = SUPPORT,
        [ROLE_ADMIN] = ADMIN,
    };
    return bits[c->actor.role];
}

static const char *page_url(struct ctx *c, const struct web *w, const char *before)
{
    if (w->pages_at != NULL)
        return before == NULL ? w->pages_at
                              : ctx_printf(c, "%s&before=%s", w->pages_at, before);
    return ctx_printf(
        c, "%s?%s", w->req.path, params_with(c->arena, w->req.query, "before", before));
}

int64_t web_before(const struct web *w)
{
    int64_t before;
    return text_int(params_get(w->req.query, "before"), 1, INT64_MAX, &before) ? before
                                                                               : 0;
}

void web_pages(struct ctx *c, struct web *w, bool back, int64_t next_id)
{
    web_pages_from(
        c, w, back, next_id == 0 ? NULL : ctx_printf(c, "%lld", (long long)next_id));
}

void web_pages_from(struct ctx *c, struct web *w, bool back, const char *next)
{
    if (!back && next == NULL) {
        view_bool(w->view, "pages", false);
        return;
    }
    struct view *pages = view_object(w->view, "pages");
    view_bool(pages, "has_prev", back);
    view_text(pages, "prev_url", page_url(c, w, NULL)); /* to the first page */
    view_bool(pages, "has_next", next != NULL);
    view_text(pages, "next_url", next == NULL ? "" : page_url(c, w, next));
    view_text(pages, "label", "");
}

size_t web_paged(
    struct ctx *c, struct web *w, size_t n, size_t per_page, int64_t next_id)
{
    web_pages(c, w, web_before(w) != 0, next_id);
    view_bool(w->view, "any", n > 0);
    return n < per_page ? n : per_page;
}

void web_form(struct ctx *c, struct web *w, const struct field *fields, size_t n,
    struct form *out)
{
    /* What is wrong is in the form: callers ask form_ok(). */
    enum result r = w->req.method == HTTP_POST
                        ? form_read(c->arena, fields, n, &w->post, out)
                        : form_read_query(c->arena, fields, n, w->req.query, out);
    CHECK((r == OK) == form_ok(out));
}

void web_refused(struct ctx *c, struct form *f, const char *field, const char *sentence)
{
    form_set_error(f, field, sentence == NULL ? c->message : sentence);
    fail_clear(c);
    db_rollback(c->db);
}

void web_used(struct ctx *c, struct form *f, const char *sentence)
{
    form_fill(f, "idempotency_key", rand_uid(c->arena));
    web_refused(c, f, NULL, sentence);
}

/* ---- forms back into their pages ----------------------------------------------------
 */

static void show_field(
    struct ctx *c, struct web *w, const struct form *f, const struct field *field)
{
    const char *error = form_error(f, field->name);
    struct view *v =
        view_object(w->view, arena_join(c->arena, "f_", field->name, NULL));
    view_text(v, "id", arena_join(c->arena, "f-", field->name, NULL));
    view_text(v, "name", field->name);
    view_text(v, "label", field->label);
    view_text(v, "hint", "");
    view_text(v, "error", error);
    view_bool(v, "required", field->required);
    view_bool(
        v, "checked", field->kind == FIELD_CHECKBOX && form_chose(f, field->name, "1"));
    view_text(
        v, "value", field->kind == FIELD_CHECKBOX ? "1" : form_raw(f, field->name));
    view_list(v, "options");
}

void web_show_errors(struct ctx *c, struct web *w, const struct form *f)
{
    size_t n;
    const struct form_error *errors = form_errors(f, &n);
    struct view *list = view_list(w->view, "errors");
    view_bool(w->view, "has_errors", n > 0);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "id",
            errors[i].name == NULL ? "main" : ctx_printf(c, "f-%s", errors[i].name));
        view_text(item, "text",
            errors[i].label == NULL
                ? errors[i].sentence
                : ctx_printf(c, "%s: %s", errors[i].label, errors[i].sentence));
    }
}

void web_show_form(struct ctx *c, struct web *w, const struct form *f)
{
    for (size_t i = 0; i < f->n; i++)
        show_field(c, w, f, &f->fields[i]);
    web_show_errors(c, w, f);
}

void web_options(struct ctx *c, struct web *w, const struct form *f, const char *field,
    const char *const *values, const char *const *labels, size_t n)
{
    struct view *v = view_object_of(w->view, arena_join(c->arena, "f_", field, NULL));
    struct view *list = view_list(v, "options");
    size_t chosen_n;
    const char *const *chosen = form_raws(f, field, &chosen_n);
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        bool selected = false;
        for (size_t k = 0; k < chosen_n; k++)
            selected = selected || text_is(chosen[k], values[i]);
        view_text(item, "value", values[i]);
        view_text(item, "label", labels[i]);
        view_bool(item, "selected", selected);
    }
}
