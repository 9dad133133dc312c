/* What happens to a site in the tests of money, as a person at a browser, a card holder
 * at Stripe, a bank, or time does it. Everything goes through the real processes but
 * where it says so. Between world_open and world_close, in the test's process. */
#ifndef TORTURE_WORLD_H
#define TORTURE_WORLD_H

#include "http/people.h"
#include "support/db.h"
#include "torture/look.h"
#include "torture/truth.h"
#include "util/json.h"

enum { HOUR_S = 3600, DAY_S = 86400, HOLD_S = 600, MINUTE_S = 61 };

#define VISA "4242424242424242"
#define DECLINED "4000000000000002"
#define WITH_3DS "4000002500003155"

/* A browser, and the arena of the test in it. */
extern struct client world;

void world_open(void);
/* Comes to rest and checks what must be true. */
void world_close(void);

/* ---- time ---- */

int64_t world_now(void);
/* All clocks, together. */
void world_later(int64_t s);

/* ---- Stripe and its control ---- */

/* A control of the sandbox (sandbox/sim.h), which must take it; or its status. */
const struct json *world_sim(const char *path, const char *format, ...);
int world_try_sim(const char *path, const char *format, ...);

/* Asks the API itself with our key, as somebody else in our company would; the id of
 * what was made. */
const char *world_api(const char *path, const char *form);
/* The same where Stripe may refuse it, or a fault may strike; the status. */
int world_try_api(const char *path, const char *form);

/* The next TIMES requests that match go wrong (sandbox/faults.h); and none more. */
void world_fault(const char *match, const char *kind, int times);
void world_heal(void);

/* The next passage of a fault point ("calls.after_send:kill prep-slow") fires; waits
 * until it has, letting minutes pass if it takes long. */
void world_order(const char *fault);
void world_await_order(void);
/* Has it fired? And there is none from here on: false if it had. */
bool world_order_fired(void);
bool world_withdraw_order(void);

/* Delivers a signed event of our own making to the platform's endpoint, or, with an
 * ACCOUNT, to the other one; the status. */
int world_event(const char *type, const char *object, const char *account, bool live);

/* ---- people ---- */

/* A person with a fresh session, and the browser is his. */
struct person world_person(const char *role);
void world_be(struct person *p);

/* The form that PATH takes from the person at the browser; the status. */
int world_post(const char *path, const char *fields);

/* ---- waiting ---- */

/* Waits until a question (look.h) has no answer or 0; or another. */
void world_await_none(const char *format, ...);
void world_await_some(const char *format, ...);
/* Waits until the site's log, from the offset FROM on, has TEXT. */
void world_await_log(int64_t from, const char *text);

/* A call of the domain as USER_ID (0: the system) in this process, outside the site's
 * own: &c is good until the next. */
struct ctx *world_ctx(int64_t user_id);

/* Statements into our database, under its lock. */
void world_exec(const char *format, ...);

/* ---- rest ---- */

/* `prep jobs --once`; where there is no site the same in this process. */
void world_jobs(void);
/* Heals Stripe, and lets minutes pass until no call, event, delivery or mail is open.
 */
void world_rest(void);

/* Test cases with world_open and world_close round each test; with a site of its own
 * that can be stopped, and started again. */
TCase *world_tcase(Suite *s, const char *name);
TCase *world_own_tcase(Suite *s, const char *name);
/* Without any site: what needs one is not there. */
TCase *world_books_tcase(Suite *s, const char *name);

/* In a child of the test: connections of its own. */
void world_reopen(void);

void world_site_down(void);
void world_site_up(void);
/* While it is down: the database is this copy of it again. */
void world_restore(const char *backup);

#endif
