/* Kitchens, and what becomes of their bookings: by the pages, as people do it. */
#ifndef TORTURE_VISITS_H
#define TORTURE_VISITS_H

#include "torture/world.h"

struct place {
    int64_t kitchen_id, station_id;
    struct person host;
    const char *account; /* at Stripe; transfers are active */
    int64_t day;         /* the last one that was booked */
};

struct place world_place(void);

/* A kitchen of a new host whose account is active, by the domain's functions. */
struct place world_domain_place(void);

struct visit {
    int64_t id;
    const char *uid;
    struct person vendor;
    const char *intent, *charge; /* at Stripe; NULL: not yet */
};

/* A vendor of its own holds 09:00 to 12:00 of the next free day, three days ahead at
 * least. */
struct visit world_book(struct place *p);
/* The same hours again, by another. */
struct visit world_book_again(struct place *p);

/* Asks for the card form; 200 when there is an intent, which is then in V. */
int world_intent(struct visit *v);
/* Pays at Stripe; false: the card is declined. */
bool world_pay(struct visit *v, const char *card);
/* All of it, until the booking is confirmed. */
struct visit world_stay(struct place *p);
/* Until S seconds after its host is due to be paid, while the jobs follow. */
void world_to_payout(const struct visit *v, int64_t s);
/* A stay that is over, paid out and at rest. */
struct visit world_paid_out(struct place *p);

const char *world_state(const struct visit *v);
void world_await_state(const struct visit *v, const char *state);

/* Cancels as this person (NULL: the vendor), giving back what is due; the status. */
int world_cancel(const struct visit *v, const struct person *who);

/* An administrator gives back CENTS with the form whose key is KEY; the status. */
int world_give(
    struct person *admin, const struct visit *v, int64_t cents, const char *key);
/* The same as a shot, of an administrator who has just logged in. */
struct shot world_give_shot(
    const struct person *admin, const struct visit *v, int64_t cents, const char *key);
/* An administrator tries again what failed; the status. */
int world_retry(struct person *admin, const char *what, int64_t id);

#endif
