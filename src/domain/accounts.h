/* Accounts: one e-mail address, one account, one role chosen at sign-up. Admin
 * and support come only from the command line. */
#ifndef DOMAIN_ACCOUNTS_H
#define DOMAIN_ACCOUNTS_H

#include "app/ctx.h"

struct registration {
    const char *email, *password, *full_name, *business_name, *phone;
    enum role role;      /* ROLE_VENDOR or ROLE_HOST, nothing else */
    const char *address; /* of the browser, for the throttle */
};

/* Makes an account and queues the mail with its link. An address that has an
 * account already gets a mail that says so, and the caller sees OK all the same:
 * nobody learns who has an account. *MARK, 43 characters, is for a cookie of this
 * browser: accounts_verify() knows by it who made the account, and nobody else can tell
 * it from one of an address that was taken. R_LIMITED. */
enum result accounts_register(
    struct ctx *c, const struct registration *r, const char **mark);

/* Queues another verification mail to the acting user (at most five a window). */
enum result accounts_send_verification(struct ctx *c);

/* What a mailed link is for, without using it up. R_GONE: used, expired, unknown. */
enum result accounts_link(
    struct ctx *c, const char *token, const char *purpose, int64_t *user_id);

/* Uses the link up and confirms the address. If the acting person is nobody and MARK
 * (or NULL) is that of the browser that made the account, *SESSION_TOKEN is a
 * session's; else NULL: a link alone logs nobody in. */
struct verification {
    const char *token, *mark, *address, *user_agent;
};
enum result accounts_verify(
    struct ctx *c, const struct verification *v, const char **session_token);

/* Opens a session. R_DENIED with one sentence for every reason that has to do with
 * address or password; R_LIMITED after too many failures for the account, the address,
 * or, from an address that the account has logged in from before, for both together. */
enum result accounts_login(struct ctx *c, const char *email, const char *password,
    const char *address, const char *user_agent, const char **session_token);

/* Ends this session of the acting user; all but this one. */
enum result accounts_logout(struct ctx *c, const char *session_token);
enum result accounts_logout_others(struct ctx *c, const char *session_token);

/* Queues a reset mail if the address has an account; OK in any case. R_LIMITED. */
enum result accounts_forgot(struct ctx *c, const char *email, const char *address);

/* Uses the link up, sets the password, ends every session, queues a mail that
 * says so. */
enum result accounts_reset(struct ctx *c, const char *token, const char *password);

/* The acting user's own change: needs the current password; ends every other
 * session. */
enum result accounts_change_password(struct ctx *c, const char *current,
    const char *password, const char *session_token);

struct account {
    int64_t id, created_at, verified_at;
    const char *email, *full_name, *business_name, *phone, *role, *state;
};

enum result accounts_get(struct ctx *c, int64_t id, struct account *out);

/* The acting user's own details. */
enum result accounts_update(
    struct ctx *c, const char *full_name, const char *business_name, const char *phone);

/* For staff: the accounts with WORDS in their address, name or business name (empty:
 * all accounts) and an id below BEFORE_ID (0: from the newest), newest first. */
enum result accounts_page(struct ctx *c, const char *words, int64_t before_id,
    size_t max, struct account **out, size_t *n);

/* An admin suspends or restores an account, with a reason (R_INVALID without one when
 * suspending); suspending ends its sessions. Nobody suspends an admin or himself.
 * R_DENIED, R_CONFLICT. In the caller's transaction: moderation.h is the whole act. */
enum result accounts_suspend(
    struct ctx *c, int64_t id, bool suspended, const char *reason);

/* From the command line: ROLE_ADMIN or ROLE_SUPPORT. R_NOT_FOUND. */
enum result accounts_grant(struct ctx *c, const char *email, enum role role);

/* R_DENIED with a sentence unless the acting user has confirmed the address. */
enum result accounts_need_verified(struct ctx *c);

/* OK if the acting person is an administrator; else R_DENIED, and the message says that
 * only one DOES that ("gives money back"). */
enum result accounts_admin_only(struct ctx *c, const char *does);

#endif
