/* Faults that a test has ordered (POST /_sim/faults): the next TIMES requests whose
 * "METHOD /path" contains MATCH go wrong in one way. Kept in memory only. */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include "call.h"

struct faults;

struct faults *faults_new(void);
void faults_free(struct faults *f);

/* R_INVALID: no such kind, or too many. */
enum result faults_add(
    struct faults *f, const char *match, int64_t times, const char *kind, int64_t ms);
void faults_clear(struct faults *f);

/* What is still ordered, for /_sim/dump. */
struct value *faults_dump(const struct faults *f, struct arena *a);

/* When in the request's life the fault strikes. */
enum fault_kind {
    FAULT_NONE,
    FAULT_DROP_BEFORE,          /* connection closed, nothing done */
    FAULT_TIMEOUT_AFTER_COMMIT, /* done, no answer for MS, then closed */
    FAULT_RESET_MID_BODY,       /* done, half of the answer, then closed */
    FAULT_500_CACHED,           /* not done, 500 that the key remembers */
    FAULT_503,                  /* not done, not remembered */
    FAULT_429,
    FAULT_409,  /* lock_timeout */
    FAULT_SLOW, /* done MS later; the key is in use meanwhile */
};

/* Takes the fault that strikes C, if one does, off the list. */
enum fault_kind faults_take(struct faults *f, const struct call *c, int64_t *ms);

#endif
