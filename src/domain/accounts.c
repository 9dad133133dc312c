#include "domain/accounts.h"

#include <string.h>

#include "domain/audit.h"
#include "domain/outbox.h"
#include "domain/passwords.h"
#include "domain/sessions.h"
#include "domain/throttles.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/seal.h"
#include "util/text.h"

enum {
    VERIFY_LINK_S = 24 * 3600,
    RESET_LINK_S = 3600,
    REGISTRATIONS_PER_ADDRESS = 20,
    MAILS_PER_ACCOUNT = 5,
    ADDRESS_FACTOR = 5, /* tries an address has for each that an account has */
};

static const char wrong_login[] = "That address and password do not belong together. "
                                  "Check both, or ask for a new password.";
static const char dead_link[] =
    "This link has been used or is too old. Ask for a new one.";

/* One account an address, however it is capitalised. */
static const char *key_of(struct ctx *c, const char *email)
{
    char *key = arena_strdup(c->arena, email);
    text_lower(key);
    return key;
}

static enum result find(struct ctx *c, const char *email, struct query **out)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_BY_EMAIL);
    bind_text(q, "email_key", key_of(c, email));
    *out = q;
    return query_step(q);
}

/* ---- mailed links ---------------------------------------------------------------- */

/* A new link for USER_ID, in the caller's transaction. */
static enum result add_link(struct ctx *c, int64_t user_id, const char *purpose,
    int64_t life_s, const char **token)
{
    unsigned char hash[SEAL_HASH_BYTES];
    *token = rand_token(c->arena);
    seal_hash(*token, hash);
    struct query *q = db_query(c->db, Q_ACCOUNTS_ADD_LINK);
    bind_blob(q, "token_hash", hash, sizeof hash);
    bind_int(q, "user_id", user_id);
    bind_text(q, "purpose", purpose);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "expires_at", c->now_at + life_s);
    return query_run(q);
}

enum result accounts_link(
    struct ctx *c, const char *token, const char *purpose, int64_t *user_id)
{
    unsigned char hash[SEAL_HASH_BYTES];
    seal_hash(token, hash);
    struct query *q = db_query(c->db, Q_ACCOUNTS_LINK);
    bind_blob(q, "token_hash", hash, sizeof hash);
    bind_text(q, "purpose", purpose);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return fail(c, R_GONE, dead_link);
    TRY(r);
    *user_id = col_int(q, "user_id");
    return OK;
}

static enum result use_link(
    struct ctx *c, const char *token, const char *purpose, int64_t *user_id)
{
    TRY(accounts_link(c, token, purpose, user_id));
    unsigned char hash[SEAL_HASH_BYTES];
    seal_hash(token, hash);
    struct query *q = db_query(c->db, Q_ACCOUNTS_USE_LINK);
    bind_blob(q, "token_hash", hash, sizeof hash);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    return r == R_CONFLICT ? fail(c, R_GONE, dead_link) : r;
}

static enum result mail_link(struct ctx *c, int64_t user_id, const char *kind,
    const char *purpose, int64_t life_s, const char *full_name, const char *path)
{
    const char *token;
    TRY(add_link(c, user_id, purpose, life_s, &token));
    const struct outbox_field fields[] = {
        { "full_name", full_name },
        { "link", ctx_printf(c, "%s%s?token=%s", c->conf->base_url, path, token) },
    };
    return outbox_add(c, kind, user_id,
        ctx_printf(c, "%s:%s", kind, rand_uid(c->arena)), fields, COUNT_OF(fields));
}

static enum result mail_plain(
    struct ctx *c, int64_t user_id, const char *kind, const char *full_name)
{
    const struct outbox_field fields[] = { { "full_name", full_name } };
    return outbox_add(c, kind, user_id,
        ctx_printf(c, "%s:%s", kind, rand_uid(c->arena)), fields, COUNT_OF(fields));
}

/* ---- registration ------------------------------------------------------------------
 */

static enum result add_account(
    struct ctx *c, const struct registration *r, const char *hash, int64_t *id)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_ADD);
    bind_text(q, "email", r->email);
    bind_text(q, "email_key", key_of(c, r->email));
    bind_text(q, "password_hash", hash);
    bind_text(q, "full_name", r->full_name);
    bind_text(q, "role", role_name(r->role));
    bind_text(q, "business_name", r->business_name);
    bind_text(q, "phone", r->phone);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    *id = db_last_id(c->db);
    return OK;
}

/* The address is taken: its owner hears of it, nobody else does. */
static enum result tell_owner(struct ctx *c, const char *email)
{
    struct query *q;
    TRY(find(c, email, &q));
    return mail_plain(
        c, col_int(q, "id"), "already_registered", col_text(q, "full_name"));
}

static const char *mark_text(struct ctx *c, int64_t id)
{
    return ctx_printf(c, "%lld", (long long)id);
}

enum result accounts_register(
    struct ctx *c, const struct registration *r, const char **mark)
{
    CHECK(r->role == ROLE_VENDOR || r->role == ROLE_HOST);
    TRY(throttles_count(c, "register-address", r->address, REGISTRATIONS_PER_ADDRESS));
    TRY(throttles_count(c, "register-account", key_of(c, r->email), MAILS_PER_ACCOUNT));
    const char *hash;
    int64_t id;
    TRY(passwords_hash(c, r->password, &hash));
    TRY(db_begin(c->db));
    enum result added = add_account(c, r, hash, &id);
    if (added == R_CONFLICT) {
        *mark = rand_token(c->arena);
        TRY(tell_owner(c, r->email));
        return db_commit(c->db);
    }
    TRY(added);
    *mark = seal_mac(c->arena, c->secret, "signed-up", mark_text(c, id));
    TRY(audit_add(c, "account.register", "user", id, role_name(r->role)));
    TRY(mail_link(c, id, "verify", "verify", VERIFY_LINK_S, r->full_name, "/verify"));
    return db_commit(c->db);
}

enum result accounts_send_verification(struct ctx *c)
{
    if (c->actor.verified)
        return fail(c, R_CONFLICT, "Your address is confirmed already.");
    TRY(throttles_count(c, "verify-account", c->actor.email, MAILS_PER_ACCOUNT));
    TRY(db_begin(c->db));
    TRY(mail_link(c, c->actor.user_id, "verify", "verify", VERIFY_LINK_S,
        c->actor.full_name, "/verify"));
    return db_commit(c->db);
}

/* Logs in who made account ID in this browser, if it is one's that may be logged in
 * without a password: not staff's. */
static enum result log_in_maker(
    struct ctx *c, int64_t id, const struct verification *v, const char **session_token)
{
    struct account a;
    if (c->actor.user_id != 0 || v->mark == NULL ||
        !seal_mac_ok(c->arena, c->secret, "signed-up", mark_text(c, id), v->mark))
        return OK;
    TRY(accounts_get(c, id, &a));
    enum role role = role_of(a.role);
    if (!text_is(a.state, "active") || (role != ROLE_VENDOR && role != ROLE_HOST))
        return OK;
    TRY(sessions_open(c, id, v->address, v->user_agent, session_token));
    c->actor.user_id = id;
    return audit_add(
        c, "account.login", "user", id, v->address == NULL ? "" : v->address);
}

enum result accounts_verify(
    struct ctx *c, const struct verification *v, const char **session_token)
{
    int64_t id;
    *session_token = NULL;
    TRY(db_begin(c->db));
    TRY(use_link(c, v->token, "verify", &id));
    struct query *q = db_query(c->db, Q_ACCOUNTS_VERIFY);
    bind_int(q, "id", id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    TRY(audit_add(c, "account.verify", "user", id, ""));
    TRY(log_in_maker(c, id, v, session_token));
    return db_commit(c->db);
}

enum result accounts_need_verified(struct ctx *c)
{
    if (c->actor.verified || c->actor.role == ROLE_SYSTEM)
        return OK;
    return fail_code(c, R_DENIED, "PC-VERIFY-403",
        "Confirm your e-mail address first: open the link that we mailed you, or ask "
        "for a new one"
        " on your dashboard.");
}

/* ---- login ---- */

struct login {
    const char *key, *address;
    int64_t id;       /* 0: no such account, or not one that may log in */
    const char *hash; /* NULL with it */
    const char *home; /* who tries from an address that has logged in before; or NULL */
};

static enum result find_login(struct ctx *c, const char *email, struct login *l)
{
    struct query *q;
    enum result r = find(c, email, &q);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    if (!text_is(col_text_here(q, "state"), "active"))
        return OK;
    l->id = col_int(q, "id");
    l->hash = col_text(q, "password_hash");
    return OK;
}

/* Strangers who use up an account's tries do not lock out its owner: from where a
 * login succeeded before, there is another count. */
static enum result check_throttles(struct ctx *c, struct login *l)
{
    int64_t max = c->conf->login_tries;
    TRY(throttles_check(c, "login-address", l->address, max * ADDRESS_FACTOR));
    enum result r = throttles_check(c, "login-account", l->key, max);
    if (r != R_LIMITED || l->id == 0)
        return r;
    struct query *q = db_query(c->db, Q_ACCOUNTS_KNOWN_ADDRESS);
    bind_int(q, "id", l->id);
    bind_text(q, "address", l->address);
    TRY(query_step(q));
    if (col_int(q, "known") == 0)
        return r;
    fail_clear(c);
    l->home = ctx_printf(c, "%s %s", l->key, l->address);
    return throttles_check(c, "login-home", l->home, max);
}

static enum result count_failure(struct ctx *c, const struct login *l)
{
    TRY(throttles_count(c, "login-account", l->key, INT64_MAX));
    TRY(throttles_count(c, "login-address", l->address, INT64_MAX));
    if (l->home != NULL)
        TRY(throttles_count(c, "login-home", l->home, INT64_MAX));
    log_warn("login_failed", "%s from %s", l->key, l->address);
    return fail(c, R_DENIED, "%s", wrong_login);
}

/* HASH in the settings of today; NULL if it is. Hashing takes long, so it comes before
 * the transaction: the write lock is everybody's. */
static enum result rehash(
    struct ctx *c, const char *password, const char *hash, const char **fresh)
{
    *fresh = NULL;
    return passwords_stale(c, hash) ? passwords_hash(c, password, fresh) : OK;
}

static enum result keep_hash(struct ctx *c, int64_t id, const char *hash)
{
    if (hash == NULL)
        return OK;
    struct query *q = db_query(c->db, Q_ACCOUNTS_SET_PASSWORD);
    bind_int(q, "id", id);
    bind_text(q, "password_hash", hash);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result accounts_login(struct ctx *c, const char *email, const char *password,
    const char *address, const char *user_agent, const char **session_token)
{
    struct login l = { .key = key_of(c, email),
        .address = address == NULL ? "" : address };
    TRY(find_login(c, email, &l));
    TRY(check_throttles(c, &l));
    enum result r = passwords_verify(c, password, l.hash);
    if (r == R_DENIED)
        return count_failure(c, &l);
    TRY(r);
    const char *fresh;
    TRY(rehash(c, password, l.hash, &fresh));
    TRY(db_begin(c->db));
    TRY(throttles_forget(c, "login-account", l.key));
    TRY(keep_hash(c, l.id, fresh));
    TRY(sessions_open(c, l.id, l.address, user_agent, session_token));
    c->actor.user_id = l.id;
    TRY(audit_add(c, "account.login", "user", l.id, l.address));
    return db_commit(c->db);
}

enum result accounts_logout(struct ctx *c, const char *session_token)
{
    TRY(db_begin(c->db));
    TRY(sessions_close(c, session_token));
    TRY(audit_add(c, "account.logout", "user", c->actor.user_id, ""));
    return db_commit(c->db);
}

enum result accounts_logout_others(struct ctx *c, const char *session_token)
{
    TRY(db_begin(c->db));
    TRY(sessions_close_all(c, c->actor.user_id, session_token));
    TRY(audit_add(c, "account.logout_others", "user", c->actor.user_id, ""));
    return db_commit(c->db);
}

/* ---- passwords ---- */

enum result accounts_forgot(struct ctx *c, const char *email, const char *address)
{
    TRY(throttles_count(
        c, "reset-address", address, MAILS_PER_ACCOUNT * ADDRESS_FACTOR));
    TRY(throttles_count(c, "reset-account", key_of(c, email), MAILS_PER_ACCOUNT));
    struct query *q;
    enum result r = find(c, email, &q);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    if (!text_is(col_text_here(q, "state"), "active"))
        return OK;
    int64_t id = col_int(q, "id");
    const char *full_name = col_text(q, "full_name");
    TRY(db_begin(c->db));
    TRY(mail_link(c, id, "reset", "reset", RESET_LINK_S, full_name, "/reset-password"));
    TRY(audit_add(c, "account.forgot", "user", id, address));
    return db_commit(c->db);
}

static enum result set_password(
    struct ctx *c, int64_t id, const char *hash, const char *keep_session)
{
    struct account account;
    struct query *q = db_query(c->db, Q_ACCOUNTS_SET_PASSWORD);
    bind_int(q, "id", id);
    bind_text(q, "password_hash", hash);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    TRY(sessions_close_all(c, id, keep_session));
    TRY(accounts_get(c, id, &account));
    TRY(audit_add(c, "account.password", "user", id, ""));
    return mail_plain(c, id, "password_changed", account.full_name);
}

enum result accounts_reset(struct ctx *c, const char *token, const char *password)
{
    int64_t id;
    const char *hash;
    TRY(accounts_link(c, token, "reset", &id));
    TRY(passwords_hash(c, password, &hash));
    TRY(db_begin(c->db));
    TRY(use_link(c, token, "reset", &id));
    /* Whoever reads the mail owns the address. */
    struct query *q = db_query(c->db, Q_ACCOUNTS_VERIFY);
    bind_int(q, "id", id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(set_password(c, id, hash, NULL));
    return db_commit(c->db);
}

enum result accounts_change_password(
    struct ctx *c, const char *current, const char *password, const char *session_token)
{
    struct query *q;
    const char *key = key_of(c, c->actor.email), *hash;
    TRY(throttles_check(c, "password-account", key, c->conf->login_tries));
    TRY(find(c, c->actor.email, &q));
    enum result r = passwords_verify(c, current, col_text(q, "password_hash"));
    if (r == R_DENIED) {
        TRY(throttles_count(c, "password-account", key, INT64_MAX));
        return fail(c, R_DENIED, "This is not your current password.");
    }
    TRY(r);
    TRY(passwords_hash(c, password, &hash));
    TRY(db_begin(c->db));
    TRY(set_password(c, c->actor.user_id, hash, session_token));
    return db_commit(c->db);
}

/* ---- reading and changing ---- */

static void read_account(struct query *q, struct account *a)
{
    *a = (struct account) {
        .id = col_int(q, "id"),
        .email = col_text(q, "email"),
        .full_name = col_text(q, "full_name"),
        .business_name = col_text(q, "business_name"),
        .phone = col_text(q, "phone"),
        .role = col_text(q, "role"),
        .state = col_text(q, "state"),
        .verified_at = col_int(q, "verified_at"),
        .created_at = col_int(q, "created_at"),
    };
}

enum result accounts_get(struct ctx *c, int64_t id, struct account *out)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_GET);
    bind_int(q, "id", id);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such account.");
    TRY(r);
    read_account(q, out);
    return OK;
}

enum result accounts_update(
    struct ctx *c, const char *full_name, const char *business_name, const char *phone)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_ACCOUNTS_UPDATE);
    bind_int(q, "id", c->actor.user_id);
    bind_text(q, "full_name", full_name);
    bind_text(q, "business_name", business_name);
    bind_text(q, "phone", phone);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    TRY(audit_add(c, "account.update", "user", c->actor.user_id, ""));
    return db_commit(c->db);
}

enum result accounts_page(struct ctx *c, const char *words, int64_t before_id,
    size_t max, struct account **out, size_t *n)
{
    struct account *accounts = arena_array(c->arena, max, sizeof *accounts);
    struct query *q = db_query(c->db, Q_ACCOUNTS_PAGE);
    bind_text(q, "words", words);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_account(q, &accounts[(*n)++]);
    *out = accounts;
    return query_end(r);
}

enum result accounts_suspend(
    struct ctx *c, int64_t id, bool suspended, const char *reason)
{
    if (c->actor.role != ROLE_ADMIN && c->actor.role != ROLE_SYSTEM)
        return fail(c, R_DENIED, "Only an administrator suspends accounts.");
    if (suspended && text_empty(reason))
        return fail(c, R_INVALID, "Say why: it is kept in the audit trail.");
    if (id == c->actor.user_id)
        return fail(c, R_CONFLICT, "You cannot suspend yourself. Ask another admin.");
    struct query *q = db_query(c->db, Q_ACCOUNTS_SET_STATE);
    bind_int(q, "id", id);
    bind_text(q, "was", suspended ? "active" : "suspended");
    bind_text(q, "state", suspended ? "suspended" : "active");
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(
            c, r, "This account is not in a state for that, or it is an admin's.");
    TRY(r);
    if (suspended)
        TRY(sessions_close_all(c, id, NULL));
    return audit_add(
        c, suspended ? "account.suspend" : "account.restore", "user", id, reason);
}

enum result accounts_grant(struct ctx *c, const char *email, enum role role)
{
    CHECK(role == ROLE_ADMIN || role == ROLE_SUPPORT);
    TRY(db_begin(c->db));
    struct query *q;
    enum result r = find(c, email, &q);
    if (r == R_NOT_FOUND)
        return fail(
            c, r, "There is no account with the address %s. Register it first.", email);
    TRY(r);
    int64_t id = col_int(q, "id");
    q = db_query(c->db, Q_ACCOUNTS_SET_ROLE);
    bind_int(q, "id", id);
    bind_text(q, "role", role_name(role));
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    TRY(sessions_close_all(c, id, NULL));
    TRY(audit_add(c, "account.grant", "user", id, role_name(role)));
    return db_commit(c->db);
}

enum result accounts_admin_only(struct ctx *c, const char *does)
{
    return c->actor.role == ROLE_ADMIN
               ? OK
               : fail(c, R_DENIED, "Only an administrator %s.", does);
}
