/* The visit itself, by the clock: both sides are reminded of a confirmed booking; it
 * begins, is active, and is over; then its host's money is put on its way. */
#ifndef DOMAIN_VISITS_H
#define DOMAIN_VISITS_H

#include "domain/bookings.h"

/* The ids of up to MAX bookings whose state the clock has overtaken. */
enum result visits_due(struct ctx *c, size_t max, int64_t **ids, size_t *n);

/* Job: takes one a step on: confirmed -> active -> completed (own transaction). OK too
 * if nothing is due any more. */
enum result visits_advance(struct ctx *c, int64_t id);

/* The ids of up to MAX confirmed bookings that begin within 24 hours and of which
 * nobody was reminded; not those that were paid only shortly before that. */
enum { VISITS_REMIND_S = 24 * 3600, VISITS_FRESH_S = 2 * 3600 };
enum result visits_unreminded(struct ctx *c, size_t max, int64_t **ids, size_t *n);

/* Job: reminds vendor and host of one, once (own transaction). */
enum result visits_remind(struct ctx *c, int64_t id);

/* The host, or an administrator, says that nobody came: from the start to 24 hours
 * after the end (own transaction). The host is paid as if somebody had. R_CONFLICT,
 * R_DENIED. */
enum { VISITS_NO_SHOW_S = 24 * 3600 };
enum result visits_no_show(struct ctx *c, int64_t id);

/* That the vendor opened the page with the door code is evidence when a bank asks. Has
 * he? */
enum result visits_code_seen(struct ctx *c, int64_t id, bool *seen);

/* Records it, the first time only, of the acting vendor, who was shown the code and
 * asked from ADDRESS (own transaction). */
enum result visits_see_code(struct ctx *c, int64_t id, const char *address);

#endif
