/* Who walks, and the walk's dice: what its steps are made of. */
#ifndef TORTURE_WALK_PEOPLE_H
#define TORTURE_WALK_PEOPLE_H

#include "torture/world.h"
#include "util/guard.h"

enum { WALK_HOSTS = 6 };

struct walk_host {
    int64_t kitchen_id, station_id;
    char account[64];
};
extern struct walk_host walk_hosts[WALK_HOSTS];

/* Hosts with kitchens, vendors, an administrator. */
void walk_people_open(void);

/* Each with a session that has not ended. */
const struct person *walk_vendor(int64_t id);
const struct person *walk_host(int64_t id);
const struct person *walk_any_vendor(void);
const struct person *walk_admin(void);

/* Their post; the status. Any answer but a fault of ours: a worker may have been
 * killed.
 */
int walk_post(const struct person *p, const char *path, const char *fields);

/* A control of the sandbox; what it refuses for a reason is as good as done. */
void walk_try_sim(const char *path, const char *form);

/* The walk's own dice: 0 to N - 1. */
void walk_seed(int64_t seed);
int64_t walk_below(int64_t n);

#define PICK(list) list[walk_below(COUNT_OF(list))]

/* COLUMN of any row of FROM ("bookings WHERE ..."); NULL if there is none. */
const char *walk_any(const char *column, const char *from);
int64_t walk_any_id(const char *from); /* 0 */

#endif
