#include "http.h"

#include "http/people.h"

#include <stdio.h>
#include <string.h>

#include "domain/sessions.h"
#include "support/rows.h"
#include "support/snapshot.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/seal.h"
#include "util/text.h"

enum { MAIL_MS = 30000 };

static struct app app;
static sqlite3 *reader;

void people_open(const struct stack *s)
{
    struct buf why;
    buf_init(&why, 4096);
    app = (struct app) { .conf = s->conf, .forever = arena_new(1024 * 1024) };
    rand_open();
    enum result r = app_open(&app, &why);
    ck_assert_msg(r == OK, "%s", why.at);
    buf_free(&why);
    const char *file = arena_printf(app.forever, "%s/prep.db", s->conf.data_dir);
    CHECK(sqlite3_open_v2(file, &reader, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    sqlite3_busy_timeout(reader, 5000);
}

void people_close(void)
{
    sqlite3_close(reader);
    app_close(&app);
    arena_free(app.forever);
}

/* ---- people ---- */

struct entry {
    const char *email, *role; /* role NULL: the account is there */
    struct person *p;
};

static enum result find(struct ctx *c, const struct entry *e)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_BY_EMAIL);
    bind_text(q, "email_key", e->email);
    TRY(query_step(q));
    e->p->id = col_int(q, "id");
    return OK;
}

static enum result add(struct ctx *c, const struct entry *e)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_ADD);
    bind_text(q, "email", e->email);
    bind_text(q, "email_key", e->email);
    bind_text(q, "password_hash", "-");
    bind_text(q, "full_name", "Test Person");
    bind_text(q, "role", e->role);
    bind_text(q, "business_name", "");
    bind_text(q, "phone", "");
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    e->p->id = db_last_id(c->db);
    q = db_query(c->db, Q_ACCOUNTS_VERIFY);
    bind_int(q, "id", e->p->id);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

static enum result enter(struct ctx *c, void *arg)
{
    const struct entry *e = arg;
    struct person *p = e->p;
    const char *token;
    if (e->role == NULL)
        TRY(find(c, e));
    TRY(db_begin(c->db));
    if (e->role != NULL)
        TRY(add(c, e));
    TRY(sessions_open(c, p->id, "192.0.2.7", "test", &token));
    snprintf(p->token, sizeof p->token, "%s", token);
    snprintf(p->cookie, sizeof p->cookie, "__Host-prep=%s", token);
    snprintf(p->csrf, sizeof p->csrf, "%s",
        seal_mac(c->arena, c->secret, "csrf-session", token));
    return db_commit(c->db);
}

static struct person let_in(const char *email, const char *role)
{
    struct person p = { 0 };
    struct entry e = { email, role, &p };
    struct buf why;
    buf_init(&why, 1024);
    enum result r = app_run(&app, DB_WRITE, enter, &e, &why);
    ck_assert_msg(r == OK, "%s: %s", email, why.at);
    buf_free(&why);
    return p;
}

struct person people_add(const char *role)
{
    char email[64];
    unsigned char name[8];
    rand_bytes(name, sizeof name);
    snprintf(email, sizeof email, "%s-%02x%02x%02x%02x%02x%02x@http.test", role,
        name[0], name[1], name[2], name[3], name[4], name[5]);
    return let_in(email, role);
}

struct person people_demo(const char *email)
{
    return let_in(email, NULL);
}

void people_clock(int64_t at)
{
    app.fixed_now_at = at;
}

void people_log_in(struct client *c, const struct person *p)
{
    client_forget(c);
    client_use_session(c, p->token);
}

/* ---- reading
 * -----------------------------------------------------------------------------------
 */

int64_t people_int(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int64_t n = rows_int(reader, format, ap);
    va_end(ap);
    return n;
}

const char *people_text(struct arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *text = rows_text(a, reader, format, ap);
    va_end(ap);
    return text;
}

static bool mail_is_sent(void *arg)
{
    return people_int(
               "SELECT COUNT(*) FROM outbox WHERE state = %Q", (const char *)arg) == 0;
}

/* Whatever happened at Stripe so far, and the first look at its books. */
static bool all_is_read(void *arg)
{
    return arg != NULL &&
           people_int(
               "SELECT (SELECT COUNT(*) FROM stripe_events WHERE processed_at IS NULL)"
               " + 2 - (SELECT COUNT(*) FROM jobs WHERE name IN ('sweep', 'reconcile')"
               " AND place = '' AND last_at IS NOT NULL)") == 0;
}

const char *people_snapshot(struct arena *a)
{
    static char waiting[] = "queued";
    stack_hear(&stack);
    ck_assert_msg(stack_await(all_is_read, a, MAIL_MS), "events are not read");
    ck_assert_msg(stack_await(mail_is_sent, waiting, MAIL_MS), "the mail is not sent");
    return snapshot_take(a, reader);
}

const char *people_changes(struct arena *a, const char *snapshot)
{
    return snapshot_changes(a, snapshot, people_snapshot(a));
}
