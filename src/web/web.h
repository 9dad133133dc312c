/* One request on its way through the web floor: what handlers get beside the
 * context, and what they answer with. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "app/run.h"
#include "html/mustache.h"
#include "html/view.h"
#include "http/cookies.h"
#include "http/form.h"
#include "http/multipart.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

struct route;

/* What a request leaves behind though it only looked: that the session is in use, and
 * that a door code was shown. */
struct trace {
    char token[64], address[64], request_id[64]; /* token "": none is to be noted */
    struct actor actor;
    int64_t code_of; /* the booking; 0: none */
};

/* What a worker keeps between requests. */
struct site {
    struct app app;
    const struct templates *templates;
    const struct router *router;
    const char *pool;                 /* for the log */
    const char *asset_css, *asset_js; /* fingerprinted addresses */
    const char *csp, *csp_stripe;     /* the two content security policies */
    struct buf page;                  /* the answer, reused */
    struct response response;
    struct trace trace;             /* of the last request, for serve_after() */
    const struct route *last_route; /* of the last request: the tests compare budgets */
};

struct web {
    struct site *site;
    const struct route *route;
    struct request req;
    struct response *res;
    struct view *view;        /* of the page being made */
    struct route_match match; /* the path's captures */
    struct cookies cookies;
    struct params post;                  /* fields of an ordinary or multipart form */
    struct span post_body;               /* an ordinary form's bytes, for claims_post */
    struct multipart *uploads;           /* files of a multipart form; NULL: none */
    const char *session_token;           /* NULL: not logged in */
    const char *browser_token;           /* the cookie that CSRF tokens are bound to */
    const char *flash_kind, *flash_text; /* shown on this page */
    bool flash_keep;
    const char *pages_at; /* the address of a list, with a query; NULL: this one */
    int64_t
        code_shown_of; /* the booking whose door code this page is the first to show */
};

/* A handler fills w->view and ends with web_page(), or a redirect, or an error. */
typedef enum result web_handler(struct ctx *c, struct web *w);

/* Who may. Zero means nobody. */
enum {
    ANYONE = 1,
    VENDOR = 2,
    HOST = 4,
    SUPPORT = 8,
    ADMIN = 16,
    STAFF = SUPPORT | ADMIN,
    MEMBER = VENDOR | HOST | STAFF,
};

enum {
    ROUTE_UPLOAD = 1, /* a multipart form with files */
    ROUTE_RAW = 2, /* the handler reads the body; no form, no CSRF token (webhooks) */
    ROUTE_STRIPE = 4,  /* the page talks to Stripe's script: the wider policy */
    ROUTE_SLIM = 8,    /* no session is looked up (health checks, webhooks, feeds) */
    ROUTE_SECRET = 16, /* the path itself lets somebody in: it is not logged */
};

/* One line of routes.c. */
struct route {
    struct route_key key; /* method and pattern: http/router.h */
    web_handler *handler;
    unsigned who;
    int queries; /* budget: more of them fails the tests */
    unsigned flags;
    int64_t body_max_bytes; /* 0: 64 KiB */
};

/* Renders TEMPLATE with w->view and the keys that every page has. */
enum result web_page(struct ctx *c, struct web *w, int status, const char *template);

/* 303 to a path of this site. */
enum result web_redirect(struct web *w, const char *path);

/* 303 to a path from the browser (next=...) if it is one of ours, else FALLBACK. */
enum result web_redirect_next(struct web *w, const char *next, const char *fallback);

/* 303 to another site: the address comes from Stripe's answer, never from a form. */
enum result web_redirect_away(struct web *w, const char *url);

/* A line shown on the next page that this browser opens; KIND: ok, error, info. */
void web_flash(struct ctx *c, struct web *w, const char *kind, const char *text);

/* The acting person's bit among ANYONE, VENDOR, ... (0 for nobody). */
unsigned web_who(const struct ctx *c);

/* The object `pages` (templates/parts/pagination) of a list that is paged by
 * ?before=ID: BACK if this is not its first page; NEXT_ID 0: it is the last. Other
 * parameters of the query are kept; or it is the list at PAGES_AT. */
void web_pages(struct ctx *c, struct web *w, bool back, int64_t next_id);

/* The same where the place in the list is a text; NEXT NULL: it is the last page. */
void web_pages_from(struct ctx *c, struct web *w, bool back, const char *next);

/* ?before=ID of a paged list; 0: from the start. */
int64_t web_before(const struct web *w);

/* A paged list of which N ROWS came when PER_PAGE + 1 were asked for: sets `pages` and
 * the bool `any`, and says how many rows to show. The next page begins before the last
 * one's ID, a member of the rows. */
#define WEB_PAGED(c, w, rows, n, per_page, id)                                         \
    web_paged(c, w, n, per_page, (n) > (per_page) ? (rows)[(per_page)-1].id : 0)
size_t web_paged(
    struct ctx *c, struct web *w, size_t n, size_t per_page, int64_t next_id);

/* The path's :id. */
int64_t web_id(const struct web *w);

/* Reads the posted form by its fields (or, for GET, the query string). */
void web_form(struct ctx *c, struct web *w, const struct field *fields, size_t n,
    struct form *out);

/* What was asked for is refused, and its form comes back: SENTENCE (NULL: the failure's
 * own) stands beside FIELD (NULL: above them all). What was begun is undone, since no
 * page is made under the write lock. */
void web_refused(
    struct ctx *c, struct form *f, const char *field, const char *sentence);

/* So, where the form's key has done something else before: it comes back with a new
 * one, for who sends it once more and means it. */
void web_used(struct ctx *c, struct form *f, const char *sentence);

/* Puts each field as object f_<name> into the view, with the keys that
 * templates/parts/field_* want, and has_errors and the list errors. The options of
 * a choice are set apart, with web_options. */
void web_show_form(struct ctx *c, struct web *w, const struct form *f);

/* Only has_errors and errors: for a page with two forms, of the one that failed. */
void web_show_errors(struct ctx *c, struct web *w, const struct form *f);

/* An option list for a select field: VALUES and LABELS have N entries; the field's
 * typed value is marked selected. */
void web_options(struct ctx *c, struct web *w, const struct form *f, const char *field,
    const char *const *values, const char *const *labels, size_t n);

/* The token that this browser's forms carry. */
const char *web_csrf(struct ctx *c, struct web *w);

/* Logs the browser in or out: sets the session cookie (NULL: clears it) and a new
 * browser token. */
void web_set_session(struct ctx *c, struct web *w, const char *token);

#endif
