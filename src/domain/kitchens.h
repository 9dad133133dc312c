/* Kitchens and their spaces: what a host lists and a vendor books. */
#ifndef DOMAIN_KITCHENS_H
#define DOMAIN_KITCHENS_H

#include "app/ctx.h"
#include "util/money.h"
#include "util/zone.h"

/* No booking is longer, whatever older rows say. */
enum { BOOKING_MAX_MIN = 24 * 60 };

/* A row of kitchens. Texts are never NULL. */
struct kitchen {
    int64_t id, host_id, version;
    const char *state; /* draft, pending_approval, active, changes_requested, rejected,
                          suspended */
    const char *reason, *title, *slug, *description, *kitchen_type;
    const char *address, *city, *region, *postal_code, *timezone;
    double lat, lng;
    int64_t square_feet, capacity;
    uint64_t equipment_mask, feature_mask; /* bits: catalogue.h */
    const char *restrictions, *accessibility, *certifications, *access_notes;
    struct cents rate, offpeak_rate, cleaning,
        deposit; /* rates an hour; offpeak_rate 0: none */
    int64_t offpeak_start_min, offpeak_end_min;
    int64_t min_min, max_min, step_min, notice_min, buffer_before_min, buffer_after_min;
    const char *policy;
    bool instant_book, bookable;
    const void *week; /* weekly windows as bits: availability.h */
    size_t week_bytes;
    int64_t rating_sum, rating_count;
    const char *host_name; /* business name, or the person's */
    int64_t host_since_at;
    int64_t created_at, updated_at;
};

/* The longest booking of a kitchen whose row says STORED. */
static inline int64_t kitchens_max_min(int64_t stored)
{
    return stored < BOOKING_MAX_MIN ? stored : BOOKING_MAX_MIN;
}

/* Kitchen ID whatever its state; who may see it is the caller's matter
 * (kitchens_visible). R_NOT_FOUND. */
enum result kitchens_get(struct ctx *c, int64_t id, struct kitchen *out);

/* The acting host's own kitchen; anybody else's is R_NOT_FOUND. Staff get any. */
enum result kitchens_own(struct ctx *c, int64_t id, struct kitchen *out);

/* May the acting person look at its page? Everybody at an active one; its host
 * and staff always. */
bool kitchens_visible(const struct ctx *c, const struct kitchen *k);

struct space {
    int64_t id, kitchen_id;
    bool whole; /* the whole kitchen; false: one station of it */
    const char *name;
    struct cents rate; /* an hour; already the kitchen's where the space has none */
    int64_t capacity;
    bool active;
};

/* The spaces of K, the whole kitchen first. */
enum { KITCHEN_SPACES_MAX = 40 };
enum result kitchens_spaces(
    struct ctx *c, const struct kitchen *k, struct space **out, size_t *n);

/* One active space of K; SPACE_ID 0 is the whole kitchen. R_NOT_FOUND. */
enum result kitchens_space(
    struct ctx *c, const struct kitchen *k, int64_t space_id, struct space *out);

/* Where the acting host's clock is: the zone of his first kitchen; NULL: he has none,
 * or is no host. */
enum result kitchens_zone(struct ctx *c, const struct zone **out);

/* A city, how many bookable kitchens it has, and where one of them is. */
struct kitchen_city {
    char city[64], region[4];
    int64_t kitchens;
    double lat, lng;
};
enum { KITCHEN_CITIES_MAX = 6 };

/* The cities with the most bookable kitchens, at most KITCHEN_CITIES_MAX. Reads them
 * all: not for every page. */
enum result kitchens_cities(struct ctx *c, struct kitchen_city *out, size_t *n);

struct equipment {
    int item; /* place in the catalogue */
    int64_t quantity;
};

enum result kitchens_equipment(
    struct ctx *c, int64_t kitchen_id, struct equipment **out, size_t *n);

#endif
