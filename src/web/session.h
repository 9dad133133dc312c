/* Cookies: the session, the browser's token (what CSRF tokens are bound to before
 * there is a session), and the flash line. */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H

#include "web/web.h"

/* Finds out who asks: fills c->actor and w->session_token. A missing or ended
 * session is nobody, not an error. */
enum result session_load(struct ctx *c, struct web *w, bool *stale);

/* Reads the browser's token; makes one if there is none (kept in a cookie when a
 * page with a form is rendered). */
void session_load_browser(struct web *w);

/* R_DENIED with a sentence unless the post carries this browser's token and comes
 * from this site (Sec-Fetch-Site, else Origin). */
enum result session_check_csrf(struct ctx *c, struct web *w);

/* The flash line of the last page, once. */
void session_load_flash(struct ctx *c, struct web *w);

#endif
