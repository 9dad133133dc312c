#include "web/accounts.h"

#include "domain/accounts.h"
#include "domain/kitchens.h"
#include "domain/passwords.h"
#include "domain/sessions.h"
#include "util/guard.h"
#include "util/text.h"
#include "util/zone.h"
#include "web/calendars.h"
#include "web/show.h"

/* ---- fields --------------------------------------------------------------------- */

/* clang-format off */
#define FULL_NAME     { "full_name", FIELD_TEXT, "Your name", .required = true, .max = 120 }
#define BUSINESS_NAME { "business_name", FIELD_TEXT, "Business name", .max = 120 }
#define PHONE         { "phone", FIELD_TEXT, "Phone", .max = 30 }
#define EMAIL         { "email", FIELD_EMAIL, "E-mail", .required = true }
#define SECRET(name, label) { name, FIELD_SECRET, label, .required = true, .max = 600 }
#define HIDDEN(name)  { name, FIELD_TEXT, "Form", .max = 2000 }
/* clang-format on */

static const char *const roles[] = { "vendor", "host", NULL };
static const char *const role_labels[] = { "Rent kitchens (caterer, baker, food truck)",
    "List my kitchen", NULL };

static const struct field signup_fields[] = {
    { "role", FIELD_CHOICE, "What you want to do", .required = true, .choices = roles },
    FULL_NAME,
    BUSINESS_NAME,
    PHONE,
    EMAIL,
    SECRET("password", "Password"),
    { "accept_terms", FIELD_CHECKBOX, "Terms", .required = true,
        .advice = "Accept the terms to go on." },
};
static const struct field login_fields[] = { EMAIL, SECRET("password", "Password"),
    HIDDEN("next") };
static const struct field forgot_fields[] = { EMAIL };
static const struct field token_fields[] = { HIDDEN("token") };
static const struct field reset_fields[] = { SECRET("password", "Password"),
    HIDDEN("token") };
static const struct field detail_fields[] = { FULL_NAME, BUSINESS_NAME, PHONE };
static const struct field password_fields[] = { SECRET("current", "Current password"),
    SECRET("password", "Password") };
static const struct field account_fields[] = { FULL_NAME, BUSINESS_NAME, PHONE,
    SECRET("current", "Current password"), SECRET("password", "Password") };

/* Kept for as long as the mailed link is good. */
static const char mark_cookie[] = "signup";
enum { MARK_MAX_AGE_S = 24 * 3600 };

/* A form page again, with what was typed and what is wrong with it. */
static enum result again(
    struct ctx *c, struct web *w, const struct form *f, const char *template)
{
    web_show_form(c, w, f);
    return web_page(c, w, 422, template);
}

static void check_password(struct form *f, const char *email, const char *name)
{
    const char *why = form_has(f, "password")
                          ? passwords_refuse(form_text(f, "password"), email, name)
                          : NULL;
    if (why != NULL)
        form_set_error(f, "password", why);
}

/* ---- signing up --------------------------------------------------------------------
 */

static void show_signup(struct ctx *c, struct web *w, const struct form *f)
{
    web_show_form(c, w, f);
    web_options(c, w, f, "role", roles, role_labels, 2);
}

enum result web_signup(struct ctx *c, struct web *w)
{
    if (c->actor.user_id != 0)
        return web_redirect(w, "/dashboard");
    struct form f;
    form_fresh(c->arena, signup_fields, COUNT_OF(signup_fields), &f);
    const char *role = params_get(w->req.query, "role");
    form_fill(&f, "role", text_is(role, "host") ? "host" : "vendor");
    show_signup(c, w, &f);
    return web_page(c, w, 200, "accounts/signup");
}

enum result web_signup_post(struct ctx *c, struct web *w)
{
    struct form f;
    const char *mark = NULL;
    web_form(c, w, signup_fields, COUNT_OF(signup_fields), &f);
    check_password(&f, form_raw(&f, "email"), form_raw(&f, "full_name"));
    if (!form_ok(&f)) {
        show_signup(c, w, &f);
        return web_page(c, w, 422, "accounts/signup");
    }
    const struct registration r = {
        .email = form_text(&f, "email"),
        .password = form_text(&f, "password"),
        .full_name = form_text(&f, "full_name"),
        .business_name = form_text(&f, "business_name"),
        .phone = form_text(&f, "phone"),
        .role = text_is(form_text(&f, "role"), "host") ? ROLE_HOST : ROLE_VENDOR,
        .address = w->req.remote_address,
    };
    TRY(accounts_register(c, &r, &mark));
    cookie_set(w->res, c->arena, mark_cookie, mark, MARK_MAX_AGE_S);
    web_flash(c, w, "ok", ctx_printf(c, "A link is on its way to %s.", r.email));
    return web_redirect(w, "/signup/done");
}

/* The same for everybody: no account is looked at. */
enum result web_signup_done(struct ctx *c, struct web *w)
{
    return web_page(c, w, 200, "accounts/signup_done");
}

/* The token stands in the page's address, which then goes nowhere as a referrer. */
static void hide_token(struct web *w)
{
    response_header(w->res, "Referrer-Policy", "no-referrer");
}

enum result web_verify(struct ctx *c, struct web *w)
{
    const char *token = params_get(w->req.query, "token");
    int64_t user_id;
    TRY(accounts_link(c, token == NULL ? "" : token, "verify", &user_id));
    hide_token(w);
    view_text(w->view, "token", token);
    return web_page(c, w, 200, "accounts/verify");
}

enum result web_verify_post(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, token_fields, COUNT_OF(token_fields), &f);
    const char *session_token;
    const struct verification v = {
        .token = form_raw(&f, "token"),
        .mark = cookie_get(&w->cookies, mark_cookie),
        .address = w->req.remote_address,
        .user_agent = w->req.user_agent,
    };
    TRY(accounts_verify(c, &v, &session_token));
    if (session_token != NULL) {
        web_set_session(c, w, session_token);
        cookie_set(w->res, c->arena, mark_cookie, "", 0);
    }
    bool in = c->actor.user_id != 0;
    web_flash(c, w, "ok",
        in ? "Thank you, your address is confirmed."
           : "Thank you, your address is confirmed. Log in to go on.");
    return web_redirect(w, in ? "/dashboard" : "/login?next=%2Fdashboard");
}

enum result web_verify_send(struct ctx *c, struct web *w)
{
    TRY(accounts_send_verification(c));
    web_flash(c, w, "ok", "A new link is on its way to your address.");
    return web_redirect_next(w, params_get(&w->post, "next"), "/dashboard");
}

/* ---- logging in and out ---- */

enum result web_login(struct ctx *c, struct web *w)
{
    const char *next = params_get(w->req.query, "next");
    if (c->actor.user_id != 0)
        return web_redirect_next(w, next, "/dashboard");
    struct form f;
    form_fresh(c->arena, login_fields, COUNT_OF(login_fields), &f);
    web_show_form(c, w, &f);
    view_text(w->view, "next", next);
    return web_page(c, w, 200, "accounts/login");
}

enum result web_login_post(struct ctx *c, struct web *w)
{
    struct form f;
    const char *token = NULL;
    web_form(c, w, login_fields, COUNT_OF(login_fields), &f);
    view_text(w->view, "next", form_raw(&f, "next"));
    if (!form_ok(&f))
        return again(c, w, &f, "accounts/login");
    enum result r = accounts_login(c, form_text(&f, "email"), form_text(&f, "password"),
        w->req.remote_address, w->req.user_agent, &token);
    if (r == R_DENIED) {
        form_set_error(&f, "email", c->message);
        return again(c, w, &f, "accounts/login");
    }
    TRY(r);
    web_set_session(c, w, token);
    return web_redirect_next(w, form_raw(&f, "next"), "/dashboard");
}

enum result web_logout(struct ctx *c, struct web *w)
{
    TRY(accounts_logout(c, w->session_token));
    web_set_session(c, w, NULL);
    return web_redirect(w, "/");
}

/* ---- forgotten passwords ---- */

enum result web_forgot(struct ctx *c, struct web *w)
{
    struct form f;
    form_fresh(c->arena, forgot_fields, COUNT_OF(forgot_fields), &f);
    web_show_form(c, w, &f);
    return web_page(c, w, 200, "accounts/forgot");
}

enum result web_forgot_post(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, forgot_fields, COUNT_OF(forgot_fields), &f);
    if (!form_ok(&f))
        return again(c, w, &f, "accounts/forgot");
    TRY(accounts_forgot(c, form_text(&f, "email"), w->req.remote_address));
    return web_redirect(w, "/forgot-password/done");
}

enum result web_forgot_done(struct ctx *c, struct web *w)
{
    return web_page(c, w, 200, "accounts/forgot_done");
}

enum result web_reset(struct ctx *c, struct web *w)
{
    const char *token = params_get(w->req.query, "token");
    int64_t user_id;
    TRY(accounts_link(c, token == NULL ? "" : token, "reset", &user_id));
    hide_token(w);
    struct form f;
    form_fresh(c->arena, reset_fields, COUNT_OF(reset_fields), &f);
    web_show_form(c, w, &f);
    view_text(w->view, "token", token);
    return web_page(c, w, 200, "accounts/reset");
}

enum result web_reset_post(struct ctx *c, struct web *w)
{
    struct form f;
    struct account account;
    int64_t user_id;
    web_form(c, w, reset_fields, COUNT_OF(reset_fields), &f);
    TRY(accounts_link(c, form_raw(&f, "token"), "reset", &user_id));
    TRY(accounts_get(c, user_id, &account));
    check_password(&f, account.email, account.full_name);
    view_text(w->view, "token", form_raw(&f, "token"));
    if (!form_ok(&f))
        return again(c, w, &f, "accounts/reset");
    TRY(accounts_reset(c, form_raw(&f, "token"), form_text(&f, "password")));
    web_set_session(c, w, NULL);
    web_flash(c, w, "ok", "Your password is changed. Log in with the new one.");
    return web_redirect(w, "/login");
}

/* ---- one's own account ---- */

static enum result show_account(
    struct ctx *c, struct web *w, const struct form *f, int status)
{
    enum { SESSIONS_MAX = 20 };
    struct session_row *rows;
    const struct zone *z;
    size_t n;
    TRY(kitchens_zone(c, &z));
    TRY(sessions_list(c, w->session_token, SESSIONS_MAX, &rows, &n));
    web_show_form(c, w, f);
    view_text(w->view, "email", c->actor.email);
    view_text(w->view, "role_label", role_name(c->actor.role));
    view_bool(w->view, "verified", c->actor.verified);
    view_text(w->view, "send_link_next", "/account");
    struct view *list = view_list(w->view, "sessions");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "browser", show_browser(rows[i].user_agent));
        view_text(item, "address", rows[i].address);
        view_text(item, "since", show_when_in(c, z, rows[i].created_at));
        view_text(item, "since_iso", show_iso(c, rows[i].created_at));
        view_text(item, "seen", show_when_in(c, z, rows[i].seen_at));
        view_text(item, "seen_iso", show_iso(c, rows[i].seen_at));
        view_bool(item, "current", rows[i].current);
    }
    TRY(calendars_show(c, w));
    return web_page(c, w, status, "accounts/show");
}

/* The page's forms are one for showing: what another form typed is filled in. */
static enum result account_form(struct ctx *c, struct form *f)
{
    struct account account;
    TRY(accounts_get(c, c->actor.user_id, &account));
    form_fresh(c->arena, account_fields, COUNT_OF(account_fields), f);
    form_fill(f, "full_name", account.full_name);
    form_fill(f, "business_name", account.business_name);
    form_fill(f, "phone", account.phone);
    return OK;
}

enum result web_account(struct ctx *c, struct web *w)
{
    struct form f;
    TRY(account_form(c, &f));
    return show_account(c, w, &f, 200);
}

/* Carries values and errors of the form that was sent over to the page's. */
static void carry_over(struct form *page, const struct form *sent)
{
    for (size_t i = 0; i < sent->n; i++)
        if (sent->fields[i].kind != FIELD_SECRET)
            form_fill(page, sent->fields[i].name, form_raw(sent, sent->fields[i].name));
    form_take_errors(page, sent);
}

enum result web_account_post(struct ctx *c, struct web *w)
{
    struct form f, page;
    web_form(c, w, detail_fields, COUNT_OF(detail_fields), &f);
    if (!form_ok(&f)) {
        form_fresh(c->arena, account_fields, COUNT_OF(account_fields), &page);
        carry_over(&page, &f);
        return show_account(c, w, &page, 422);
    }
    TRY(accounts_update(c, form_text(&f, "full_name"), form_text(&f, "business_name"),
        form_text(&f, "phone")));
    web_flash(c, w, "ok", "Saved.");
    return web_redirect(w, "/account");
}

enum result web_account_password(struct ctx *c, struct web *w)
{
    struct form f, page;
    web_form(c, w, password_fields, COUNT_OF(password_fields), &f);
    check_password(&f, c->actor.email, c->actor.full_name);
    enum result r = R_INVALID;
    if (form_ok(&f)) {
        r = accounts_change_password(
            c, form_text(&f, "current"), form_text(&f, "password"), w->session_token);
        if (r == R_DENIED)
            form_set_error(&f, "current", c->message);
        else if (r != OK)
            return r;
    }
    if (r == OK) {
        web_flash(
            c, w, "ok", "Your password is changed. All other browsers are logged out.");
        return web_redirect(w, "/account");
    }
    TRY(account_form(c, &page));
    carry_over(&page, &f);
    return show_account(c, w, &page, 422);
}

enum result web_account_sessions(struct ctx *c, struct web *w)
{
    TRY(accounts_logout_others(c, w->session_token));
    web_flash(c, w, "ok", "You are logged out everywhere else.");
    return web_redirect(w, "/account");
}
