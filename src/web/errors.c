#include "web/errors.h"

#include <string.h>

#include "http/local_path.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

static const struct {
    int status;
    const char *code, *title, *sentence;
} table[R__MAX] = {
    [OK] = { 200, "PC-200", "All is well", "" },
    [R_NOT_FOUND] = { 404, "PC-404", "This page does not exist",
        "The address may be mistyped, or what it showed is gone. Start again from the "
        "front page." },
    [R_DENIED] = { 403, "PC-403", "This is not for your account",
        "Log in with an account that may see this, or go back." },
    [R_LOGIN] = { 303, "PC-401", "Please log in", "Log in to go on." },
    [R_INVALID] = { 422, "PC-422", "Something in what you sent is not right",
        "Go back, mend it and send it again." },
    [R_CONFLICT] = { 409, "PC-409", "That has changed in the meantime",
        "Somebody or something was quicker. Open the page again to see how it stands "
        "now." },
    [R_GONE] = { 410, "PC-410", "This link has been used or has expired",
        "Ask for a new one." },
    [R_LIMITED] = { 429, "PC-429", "Too many tries",
        "Wait a few minutes, then try again." },
    [R_BUSY] = { 503, "PC-503", "Busy at the moment", "Try again in a few seconds." },
    [R_UPSTREAM] = { 502, "PC-502", "A service that we depend on does not answer",
        "Nothing was lost. Try again in a minute." },
    [R_FAULT] = { 500, "PC-500", "Something went wrong on our side",
        "It has been noted. Try again; if it happens again, write to us with the "
        "number below." },
};

int errors_status(enum result r)
{
    CHECK((unsigned)r < R__MAX);
    return table[r].status;
}

/* Where not even a page can be made. */
static void plain_page(struct web *w, enum result r, int status)
{
    w->res->status = status;
    response_header(w->res, "Content-Type", "text/plain; charset=utf-8");
    buf_clear(&w->res->body);
    buf_printf(&w->res->body, "%s: %s\n", table[r].code, table[r].title);
}

void errors_page(struct ctx *c, struct web *w, enum result r, int status)
{
    bool said = c->failed == r && c->message != NULL;
    const char *sentence = said ? c->message : table[r].sentence;
    const char *code = said && c->code != NULL ? c->code : table[r].code;
    if (c->retry_after_s > 0)
        response_header_int(w->res, "Retry-After", c->retry_after_s);
    view_text(w->view, "code", code);
    view_text(w->view, "heading", table[r].title);
    view_text(w->view, "text", sentence);
    const char *back =
        w->req.referer != NULL && text_starts(w->req.referer, c->conf->base_url)
            ? w->req.referer + strlen(c->conf->base_url)
            : NULL;
    view_text(w->view, "back_url", http_local_path_ok(back) ? back : "");
    view_text(w->view, "back_label", "Back to where you were");
    if (!view_has(w->view, "options")) {
        view_list(w->view, "options");
        view_text(w->view, "options_title", "");
        view_bool(w->view, "has_options", false);
    }
    if (status == 0)
        status = table[r].status;
    if (web_page(c, w, status, "errors/page") != OK)
        plain_page(w, r, status);
}
