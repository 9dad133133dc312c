/* Values as people read them. Times are shown in the kitchen's zone where there is
 * a kitchen; elsewhere (notices, sessions) in UTC, and say so. */
#ifndef WEB_SHOW_H
#define WEB_SHOW_H

#include "app/ctx.h"

/* "24 Nov 2026, 12:15 UTC" */
const char *show_when(struct ctx *c, int64_t at);

/* "2026-11-24T12:15:00Z", for <time datetime>. */
const char *show_iso(struct ctx *c, int64_t at);

/* "Waiting for approval": a state of a listing, paper, booking or payment in words. */
const char *show_state(const char *state);

/* "Firefox on Android": a guess for the list of sessions. */
const char *show_browser(const char *user_agent);

#endif
