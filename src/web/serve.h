/* One request from its parameters to the bytes of its answer. The steps, in
 * order: parse, route, session, access, form, CSRF, handler, error page, answer,
 * log line. The worker calls it, and so do the page tests: there is no other way in. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "web/web.h"

/* Loads routes and opens the database. CONF's texts and TEMPLATES, which may be shared
 * across a fork, must outlive the site. R_FAULT with WHY. */
enum result site_open(struct site *site, const struct conf *conf,
    const struct templates *templates, const char *pool, struct buf *why);
void site_close(struct site *site);

/* Answers the request in PAIRS (CGI variables); the body comes through BODY. The
 * answer's bytes are in site->page until the next call. */
void serve(struct site *site, const struct request_param *pairs, size_t n,
    struct body_reader body);

/* To be called once the answer is on its way: writes down what the request leaves
 * behind, in a unit of its own, so that no answer waits for the write lock. SENT false:
 * nobody took the answer, so nobody has seen what it shows. */
void serve_after(struct site *site, bool sent);

#endif
