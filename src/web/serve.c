#include "web/serve.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "domain/sessions.h"
#include "domain/visits.h"
#include "net/net.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"
#include "web/errors.h"
#include "web/routes.h"
#include "web/session.h"

enum {
    PAGE_MAX_BYTES = 4 * 1024 * 1024,
    FORM_MAX_BYTES = 64 * 1024,
};

#define CSP_COMMON                                                                     \
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "    \
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; manifest-src "        \
    "'self'; "

/* ---- what a worker keeps ------------------------------------------------------ */

/* "/static/css/prep.css?v=1f2e3d4c": the address changes with the contents. */
static const char *asset(struct arena *a, const char *static_dir, const char *name)
{
    char path[4096], bytes[65536];
    crypto_generichash_state state;
    unsigned char hash[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", static_dir, name) < sizeof path) {
        FILE *f = fopen(path, "re");
        if (f != NULL) {
            for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
                crypto_generichash_update(&state, (unsigned char *)bytes, n);
            fclose(f);
        }
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    return arena_printf(a, "/static/%s?v=%s", name, text_hex(a, hash, 5));
}

/* "https://host:port" of an address. */
static const char *origin_of(struct arena *a, const char *url)
{
    const char *host = strstr(url, "://");
    if (host == NULL)
        return "";
    return arena_strndup(a, url, (size_t)(host - url) + 3 + strcspn(host + 3, "/"));
}

static void make_policies(struct site *site, struct arena *a)
{
    const struct conf *conf = &site->app.conf;
    const char *js = origin_of(a, conf->stripe_js_url);
    bool real = text_ends(js, ".stripe.com");
    const char *stripe = real ? "https://*.stripe.com" : js;
    site->csp = CSP_COMMON "script-src 'self'; connect-src 'self'; form-action 'self'";
    site->csp_stripe = arena_printf(a,
        CSP_COMMON "script-src 'self' %s; connect-src 'self' %s; frame-src %s; "
                   "form-action 'self' %s",
        stripe, stripe, stripe, stripe);
}

static bool no_transaction(void *arg)
{
    const struct app *app = arg;
    return !db_in_transaction(app->db);
}

/* Where uploads arrive. */
static enum result make_incoming(
    struct arena *a, const struct conf *conf, struct buf *why)
{
    const char *folder = arena_printf(a, "%s/incoming", conf->data_dir);
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return OK;
    buf_printf(why, "cannot make %s: %s", folder, strerror(errno));
    return R_FAULT;
}

enum result site_open(struct site *site, const struct conf *conf,
    const struct templates *templates, const char *pool, struct buf *why)
{
    *site = (struct site) { .app.conf = *conf, .templates = templates, .pool = pool };
    struct arena *a = site->app.forever = arena_new(16 * 1024 * 1024);
    buf_init(&site->page, PAGE_MAX_BYTES);
    response_init(&site->response, PAGE_MAX_BYTES);
    site->router = router_new(a, routes, routes_count(), sizeof routes[0]);
    TRY(app_open(&site->app, why));
    TRY(make_incoming(a, conf, why));
    site->app.net = net_open();
    net_require(site->app.net, no_transaction, &site->app);
    site->asset_css = asset(a, conf->static_dir, "css/prep.css");
    site->asset_js = asset(a, conf->static_dir, "js/prep.js");
    make_policies(site, a);
    return OK;
}

void site_close(struct site *site)
{
    response_free(&site->response);
    net_close(site->app.net);
    app_close(&site->app);
    buf_free(&site->page);
    arena_free(site->app.forever);
}

/* ---- the steps of a request ------------------------------------------------------ */

static enum result check_access(struct ctx *c, const struct web *w)
{
    if (w->route->who & (ANYONE | web_who(c)))
        return OK;
    if (c->actor.role == ROLE_NOBODY)
        return fail(c, R_LOGIN, "Log in to go on.");
    return fail(c, R_DENIED,
        "Your account is a %s account, and this page is not for it. Log in with "
        "another one.",
        role_name(c->actor.role));
}

static enum result read_form(struct ctx *c, struct web *w)
{
    size_t max = w->route->body_max_bytes != 0 ? (size_t)w->route->body_max_bytes
                                               : FORM_MAX_BYTES;
    if (w->route->flags & ROUTE_UPLOAD) {
        const struct multipart_limits limits = {
            .folder = ctx_printf(c, "%s/incoming", c->conf->data_dir),
            .files_max = 10,
            .file_bytes_max = (int64_t)max,
            .text_bytes_max = FORM_MAX_BYTES,
        };
        TRY(request_multipart(c->arena, &w->req, &limits, &w->uploads));
        w->post = *multipart_params(w->uploads);
        return OK;
    }
    if (!request_type_is(&w->req, "application/x-www-form-urlencoded"))
        return request_refuse(&w->req, 415,
            "This form was sent in a way that we do not read. Send it again.");
    TRY(request_body(c->arena, &w->req, max, &w->post_body));
    if (params_parse(c->arena, w->post_body.at, w->post_body.n, &w->post) == OK)
        return OK;
    return request_refuse(&w->req, 400,
        "This form holds something that is not valid text. Nothing was changed.");
}

/* Who asks. Error pages need it as well: without the browser's token they would hand
 * out another one, and the forms in its other tabs would be void. */
static enum result load_visitor(struct ctx *c, struct web *w, bool *stale)
{
    if (w->route != NULL && (w->route->flags & ROUTE_SLIM))
        return OK;
    cookies_parse(c->arena, w->req.cookie_header, &w->cookies);
    TRY(session_load(c, w, stale));
    session_load_browser(w);
    session_load_flash(c, w);
    return OK;
}

static enum result handle(struct ctx *c, struct web *w)
{
    TRY(check_access(c, w));
    if (w->route->key.method == HTTP_POST && !(w->route->flags & ROUTE_RAW)) {
        TRY(read_form(c, w));
        TRY(session_check_csrf(c, w));
    }
    return w->route->handler(c, w);
}

static void to_login(struct ctx *c, struct web *w)
{
    const char *next = w->route->key.method == HTTP_GET ? w->req.path : "/dashboard";
    if (w->route->key.method == HTTP_GET && !text_empty(w->req.query_string))
        next = ctx_printf(c, "%s?%s", next, w->req.query_string);
    response_clear(w->res);
    response_redirect(
        w->res, 303, ctx_printf(c, "/login?next=%s", text_url(c->arena, next)));
}

/* Everything that the answer says besides the handler's page. */
static void finish(struct ctx *c, struct web *w, enum result r, int status)
{
    if (r == R_LOGIN && w->route != NULL)
        to_login(c, w);
    else if (r != OK)
        errors_page(c, w, r, status);
    bool stripe = w->route != NULL && (w->route->flags & ROUTE_STRIPE) != 0;
    response_secure(w->res, stripe ? w->site->csp_stripe : w->site->csp, w->req.https);
    response_header(w->res, "X-Request-Id", c->request_id);
    buf_clear(&w->site->page);
    if (response_write(w->res, w->req.method == HTTP_HEAD, &w->site->page) != OK) {
        buf_clear(&w->site->page);
        buf_adds(&w->site->page,
            "Status: 500\r\nContent-Type: text/plain\r\n\r\nToo long.\n");
    }
    if (w->res->spoiled)
        log_warn("response_spoiled", "%s", c->request_id);
}

static void log_request(const struct ctx *c, const struct web *w, enum result r,
    int64_t us, size_t arena_bytes)
{
    struct buf *line = log_begin("info", "request");
    log_text(line, "id", c->request_id);
    log_text(line, "pool", w->site->pool);
    log_text(line, "method", http_method_name(w->req.method));
    log_text(line, "route", w->route == NULL ? "-" : w->route->key.pattern);
    bool secret = w->route != NULL && (w->route->flags & ROUTE_SECRET) != 0;
    log_text(line, "path", secret ? "-" : w->req.path);
    log_int(line, "status", w->res->status);
    if (r != OK) {
        log_text(line, "result", result_name(r));
        log_text(line, "why", c->message);
    }
    log_int(line, "user", c->actor.user_id);
    log_text(line, "address", w->req.remote_address);
    log_int(line, "us", us);
    log_int(line, "queries", db_query_count(c->db));
    log_int(line, "arena_bytes", (int64_t)arena_bytes);
    if (w->route != NULL && db_query_count(c->db) > w->route->queries)
        log_int(line, "over_budget", w->route->queries);
    log_end(line);
}

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct trace trace_of(
    const struct ctx *c, const struct web *w, enum result r, bool stale)
{
    struct trace t = {
        .actor = { .user_id = c->actor.user_id,
            .role = c->actor.role,
            .full_name = "",
            .email = "" },
        .code_of = r == OK && w->req.method == HTTP_GET ? w->code_shown_of : 0,
    };
    if (stale)
        snprintf(t.token, sizeof t.token, "%s", w->session_token);
    snprintf(t.address, sizeof t.address, "%s", w->req.remote_address);
    snprintf(t.request_id, sizeof t.request_id, "%s", c->request_id);
    return t;
}

static enum result write_trace(struct ctx *c, void *arg)
{
    const struct trace *t = arg;
    c->actor = t->actor;
    c->request_id = t->request_id;
    if (*t->token != '\0')
        TRY(sessions_touch(c, t->token));
    return t->code_of == 0 ? OK : visits_see_code(c, t->code_of, t->address);
}

void serve_after(struct site *site, bool sent)
{
    struct buf why;
    struct trace t = site->trace;
    site->trace = (struct trace) { .code_of = 0 };
    if (!sent)
        t.code_of = 0;
    if (*t.token == '\0' && t.code_of == 0)
        return;
    buf_init(&why, 512);
    if (app_run(&site->app, DB_WRITE, write_trace, &t, &why) != OK)
        log_warn("trace", "%s", why.at);
    buf_free(&why);
}

/* Finds the route; the status to answer with if there is none. */
static int find_route(struct ctx *c, struct web *w)
{
    switch (router_match(
        w->site->router, c->arena, w->req.method, w->req.path, &w->match)) {
    case ROUTE_FOUND:
        w->route = &routes[w->match.route];
        return 0;
    case ROUTE_METHOD:
        response_header(w->res, "Allow", w->match.allow);
        return 405;
    case ROUTE_NONE:
        break;
    }
    return 404;
}

/* The words for a request that did not even get to a handler. */
static enum result refuse(struct ctx *c, const struct web *w, int status)
{
    if (status == 404)
        return R_NOT_FOUND;
    if (status == 405)
        return fail_code(
            c, R_INVALID, "PC-405", "This address does not take that kind of request.");
    return fail_code(c, R_INVALID, ctx_printf(c, "PC-%d", status), "%s",
        w->req.refused != NULL ? w->req.refused : "This request cannot be read.");
}

void serve(struct site *site, const struct request_param *pairs, size_t n,
    struct body_reader body)
{
    int64_t began_us = monotonic_us();
    struct web w = { .site = site, .res = &site->response };
    response_clear(w.res);
    /* The method decides the connection, and the connection comes with the unit: so
     * the request is read into the unit's arena before the unit begins. */
    enum result r = request_parse(site->app.arena, pairs, n, &w.req);
    w.req.body = body;
    struct ctx c =
        app_begin(&site->app, w.req.method == HTTP_POST ? DB_WRITE : DB_READ);
    c.actor = (struct actor) { .role = ROLE_NOBODY, .full_name = "", .email = "" };
    c.request_id = w.req.request_id != NULL ? w.req.request_id : rand_uid(c.arena);
    w.view = view_new(c.arena);
    bool stale = false;
    int status = r == OK ? find_route(&c, &w) : w.req.refused_status;
    r = load_visitor(&c, &w, &stale);
    if (r != OK)
        status = 0;
    else
        r = status == 0 ? handle(&c, &w) : refuse(&c, &w, status);
    if (r != OK && status == 0 && w.req.refused_status != 0)
        r = refuse(&c, &w, status = w.req.refused_status);
    if (w.uploads != NULL)
        multipart_discard(w.uploads);
    db_rollback(site->app.db);
    finish(&c, &w, r, status);
    log_request(&c, &w, r, monotonic_us() - began_us, arena_used(c.arena));
    site->last_route = w.route;
    site->trace = trace_of(&c, &w, r, stale);
    app_end(&site->app);
}
