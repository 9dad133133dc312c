/* The host's and the admin's side of a kitchen: writing it, asking for approval,
 * deciding. Which state leads where stands in one table (listings.c). */
#ifndef DOMAIN_LISTINGS_H
#define DOMAIN_LISTINGS_H

#include "domain/kitchens.h"

/* What a form of a listing holds. In K the fields that the host writes count; id,
 * state, slug, mask, cell and the like are made here. */
struct listing_input {
    struct kitchen k;
    const struct equipment *equipment;
    size_t equipment_n;
    const char *key, *post; /* of a new listing's form: claims_post; NULL: none */
};

/* A new draft of the acting host, with its whole-kitchen space; the same form sent
 * again finds the first one. R_DENIED while the address is not confirmed; R_CONFLICT if
 * he has 200 of them; R_INVALID, PC-KEY-422: the form made another one before. */
enum result listings_create(struct ctx *c, const struct listing_input *in, int64_t *id);

/* Writes the acting host's own kitchen. R_CONFLICT if it is no longer at VERSION:
 * somebody saved in between. An active kitchen stays active, unless it stands
 * somewhere else now: *MOVED, and it waits for approval again. Bookings stay. The
 * audit trail says which fields are new. */
enum result listings_save(struct ctx *c, int64_t id, int64_t version,
    const struct listing_input *in, bool *moved);

/* The fields, by their names in the form, in which NOW differs from WAS:
 * "title, hourly_rate"; "" if in none. *PLACE: one of them says where it is. */
const char *listings_changes(
    struct ctx *c, const struct kitchen *was, const struct kitchen *now, bool *place);

/* Where K is to stand: its ZIP code has to be its state's, and lat and lng near it;
 * with HAS_POINT false it gets the ZIP code's. R_INVALID with a sentence: *FIELD, by
 * its name in the form, is what is wrong. */
enum result listings_place(
    struct ctx *c, struct kitchen *k, bool has_point, const char **field);

enum listing_act {
    LISTING_SUBMIT,  /* host: draft, changes_requested -> pending_approval */
    LISTING_APPROVE, /* admin: pending_approval -> active */
    LISTING_REQUEST_CHANGES,
    LISTING_REJECT,
    LISTING_SUSPEND, /* admin: active -> suspended */
    LISTING_RESTORE, /* admin: suspended, rejected -> active */
    LISTING__MAX
};

/* "approve", "request_changes", ...: the names in forms and in the audit trail. */
const char *listings_act_name(enum listing_act act);
enum listing_act listings_act_of(const char *name); /* LISTING__MAX: none */

/* Can ACT be carried out on a kitchen in STATE? */
bool listings_act_fits(enum listing_act act, const char *state);

/* Carries out ACT on kitchen ID with REASON (needed for all that says no). Mails the
 * host of an admin's decision. R_CONFLICT if its state does not allow it, or if it
 * would be active without its required papers, approved and in date; R_DENIED. */
enum result listings_act(
    struct ctx *c, int64_t id, enum listing_act act, const char *reason);

/* The same for a decision made from a page: R_CONFLICT too if the kitchen is no longer
 * at the VERSION that was looked at. */
enum result listings_decide(struct ctx *c, int64_t id, int64_t version,
    enum listing_act act, const char *reason);

/* Works out anew whether kitchen ID can be booked: active, its host not suspended, the
 * required papers approved and in date, the host's transfers active at Stripe. In the
 * caller's transaction. */
enum result listings_refresh(struct ctx *c, int64_t id);

/* The same for every kitchen of a host (after a change of the Stripe account). */
enum result listings_refresh_host(struct ctx *c, int64_t host_id);

/* What stands between a kitchen and its first booking. */
struct listing_needs {
    bool transfers;        /* not there yet */
    const char *papers[3]; /* catalogue keys of required papers that are missing */
    size_t papers_n;
    bool windows, photos; /* none: allowed, but worth saying */
};
enum result listings_needs(
    struct ctx *c, const struct kitchen *k, struct listing_needs *out);

/* The required papers that HAVE, a list of kinds or NULL, lacks. */
void listings_papers_missing(const char *have, struct listing_needs *out);

/* "Health permit, Business license and Insurance certificate": the missing papers;
 * "" if none is. */
const char *listings_papers_text(struct ctx *c, const struct listing_needs *needs);

struct listing_row {
    int64_t id, version, updated_at;
    const char *title, *slug, *city, *region, *state, *reason, *host_name,
        *cover; /* cover: photo hash or "" */
    struct cents rate;
    bool bookable;
    struct listing_needs needs; /* papers and transfers; only of listings_mine */
};

/* The acting host's kitchens, newest first. */
enum result listings_mine(
    struct ctx *c, int64_t before_id, size_t max, struct listing_row **out, size_t *n);

/* For staff: the kitchens in STATE ("" is every state), newest first. */
enum result listings_in_state(struct ctx *c, const char *state, int64_t before_id,
    size_t max, struct listing_row **out, size_t *n);

/* For staff: up to MAX kitchens that wait for approval, longest waiting first, and how
 * many there are. */
enum result listings_waiting(
    struct ctx *c, size_t max, struct listing_row **out, size_t *n, int64_t *total);

/* Stations. The whole kitchen can be neither renamed nor switched off. */
enum result listings_add_station(struct ctx *c, int64_t kitchen_id, const char *name,
    struct cents rate, int64_t capacity);
enum result listings_set_station(
    struct ctx *c, int64_t kitchen_id, int64_t space_id, bool active);

#endif
