/* Values as people read them. Times are shown in the kitchen's zone where there is a
 * kitchen, to a host else in that of his kitchens; elsewhere (sessions of a vendor,
 * staff) in UTC, and say so. */
#ifndef WEB_SHOW_H
#define WEB_SHOW_H

#include "domain/audit.h"
#include "domain/kitchens.h"
#include "html/view.h"
#include "util/zone.h"

/* "24 Nov 2026, 12:15 UTC" */
const char *show_when(struct ctx *c, int64_t at);

/* The same in a zone, "24 Nov 2026, 06:15 CST"; Z NULL: in UTC. */
const char *show_when_in(struct ctx *c, const struct zone *z, int64_t at);

/* "2026-11-24T12:15:07Z", for <time datetime>; countdowns need the second. */
const char *show_iso(struct ctx *c, int64_t at);

/* "Waiting for approval": a state of a listing, paper, booking or payment in words. */
const char *show_state(const char *state);

/* "3 days ago", "just now": how long something has waited. */
const char *show_ago(struct ctx *c, int64_t at);

/* "Mon 30 Nov 2026": a date kept as days since 1970-01-01. */
const char *show_day(struct ctx *c, int64_t day);

/* "18:00 to 02:00 the next day", "all day": minutes after a local midnight. */
const char *show_span(struct ctx *c, int64_t start_min, int64_t end_min);

/* "1.4 MB", "320 kB" */
const char *show_bytes(struct ctx *c, int64_t bytes);

/* "Approved": an action of the audit trail in words; the action itself if it has none.
 */
const char *show_action(const char *action);

/* Decisions on a listing or its papers (as READ finds them: the newest 50), and why, as
 * its host reads them: the list events (parts/timeline) and has_events. */
enum result show_decisions(
    struct ctx *c, struct view *v, const struct kitchen *k, audit_decisions_of *read);

/* "Firefox on Android": a guess for the list of sessions. */
const char *show_browser(const char *user_agent);

#endif
