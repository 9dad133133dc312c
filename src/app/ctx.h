/* One unit of work: a request, a job's step, a sub-command. Everything below the
 * boundary gets it as its first argument. */
#ifndef APP_CTX_H
#define APP_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "util/arena.h"
#include "util/conf.h"
#include "util/result.h"

enum role {
    ROLE_NOBODY,
    ROLE_VENDOR,
    ROLE_HOST,
    ROLE_SUPPORT,
    ROLE_ADMIN,
    ROLE_SYSTEM,
    ROLE__MAX
};

/* "vendor", "host", ... as in the database; "" for nobody. */
const char *role_name(enum role r);
/* ROLE_NOBODY if the text names none. */
enum role role_of(const char *name);

struct net; /* net/net.h; this floor only hands it on */

/* Who acts. user_id is 0 for nobody and for the system (jobs, webhooks). */
struct actor {
    int64_t user_id;
    enum role role;
    bool verified; /* the e-mail address was confirmed */
    const char *full_name;
    const char *email;
};

struct ctx {
    struct arena *arena;
    struct db *db;
    struct net *net; /* for calls to outside services; NULL: this process makes none */
    const struct conf *conf;
    const char *request_id; /* in the log, the audit trail and on error pages */
    int64_t now_at;         /* UTC seconds: one instant for the whole unit */
    struct actor actor;
    const char *secret; /* the site's key for MACs, 32 bytes */

    /* What an outside service with a key of ours has said to this unit. While it
     * refuses the key nobody asks it anything. */
    enum { OUTSIDE_SILENT, OUTSIDE_ANSWERS, OUTSIDE_REFUSES } outside;

    /* What went wrong, in words for the person; set by fail(). */
    enum result failed;
    const char *code; /* "PC-AVAIL-409", or NULL for the result's own */
    const char *message;
    int64_t retry_after_s; /* with R_LIMITED and R_BUSY */
};

/* Says what went wrong and returns R: `return fail(c, R_CONFLICT, "That time has
 * just been taken.")`. The sentence says what to do. The last call counts. */
enum result fail(struct ctx *c, enum result r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a code of the product's own, such as "PC-AVAIL-409". */
enum result fail_code(struct ctx *c, enum result r, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Forgets a failure that was handled. */
void fail_clear(struct ctx *c);

/* Shorthands for the unit's arena. */
#define ctx_printf(c, ...) arena_printf((c)->arena, __VA_ARGS__)
static inline void *ctx_alloc(struct ctx *c, size_t n)
{
    return arena_alloc(c->arena, n);
}

#endif
