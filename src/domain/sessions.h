/* Who is logged in. The cookie holds a random token; the table only its SHA-256.
 * A session ends after a pause (idle) and after a time in any case (total);
 * staff sessions are short (settings). A suspended account has no session. */
#ifndef DOMAIN_SESSIONS_H
#define DOMAIN_SESSIONS_H

#include "app/ctx.h"

/* A new session for USER_ID (within the caller's transaction); TOKEN is for the
 * cookie and is nowhere else. */
enum result sessions_open(struct ctx *c, int64_t user_id, const char *address,
    const char *user_agent, const char **token);

struct session {
    struct actor actor;
    int64_t seen_at, ends_at;
    bool stale; /* last visit noted over five minutes ago: sessions_touch() is due */
};

/* The session of TOKEN: R_NOT_FOUND if there is none or it has ended. */
enum result sessions_find(struct ctx *c, const char *token, struct session *out);

/* Notes the visit (own transaction). */
enum result sessions_touch(struct ctx *c, const char *token);

/* Ends one session, or all of a user except TOKEN (NULL: all). In the caller's
 * transaction. */
enum result sessions_close(struct ctx *c, const char *token);
enum result sessions_close_all(
    struct ctx *c, int64_t user_id, const char *except_token);

struct session_row {
    int64_t created_at, seen_at;
    const char *address, *user_agent, *id; /* id: hex of the hash's first 8 bytes */
    bool current;
};

/* The acting user's sessions, newest first. */
enum result sessions_list(
    struct ctx *c, const char *token, size_t max, struct session_row **out, size_t *n);

#endif
