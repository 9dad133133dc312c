#include "domain/calendars.h"

#include <string.h>

#include "domain/audit.h"
#include "util/seal.h"
#include "util/text.h"

/* A token is "17-MAC": the id says whose it is, the MAC that we made it. */
static const char purpose[] = "calendar";

static const char *sealed(struct ctx *c, int64_t id, int64_t number)
{
    return ctx_printf(c, "%lld:%lld", (long long)id, (long long)number);
}

/* R_NOT_FOUND, silently: no active vendor or host. */
static enum result owner(
    struct ctx *c, int64_t id, struct calendar *out, int64_t *number)
{
    struct query *q = db_query(c->db, Q_CALENDARS_OWNER);
    bind_int(q, "id", id);
    TRY(query_step(q));
    *out = (struct calendar) { .user_id = id,
        .is_host = role_of(col_text_here(q, "role")) == ROLE_HOST };
    *number = col_int(q, "calendar_number");
    return OK;
}

enum result calendars_token(struct ctx *c, const char **out)
{
    struct calendar calendar;
    int64_t number = 0;
    *out = NULL;
    enum result r = owner(c, c->actor.user_id, &calendar, &number);
    if (r == OK && number > 0)
        *out = ctx_printf(c, "%lld-%s", (long long)calendar.user_id,
            seal_mac(
                c->arena, c->secret, purpose, sealed(c, calendar.user_id, number)));
    return query_end(r);
}

enum result calendars_renew(struct ctx *c)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_CALENDARS_RENEW);
    bind_int(q, "id", c->actor.user_id);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, R_DENIED, "Only vendors and hosts have bookings to read.");
    TRY(r);
    TRY(audit_add(c, "calendar.renew", "user", c->actor.user_id, ""));
    return db_commit(c->db);
}

enum result calendars_find(struct ctx *c, const char *token, struct calendar *out)
{
    int64_t id, number = 0;
    const char *dash = strchr(token, '-');
    enum result r = R_NOT_FOUND;
    if (dash != NULL &&
        text_int(arena_strndup(c->arena, token, (size_t)(dash - token)), 1, INT64_MAX,
            &id) &&
        text_starts(token, ctx_printf(c, "%lld-", (long long)id)))
        r = owner(c, id, out, &number);
    if (r == OK && (number == 0 || !seal_mac_ok(c->arena, c->secret, purpose,
                                       sealed(c, id, number), dash + 1)))
        r = R_NOT_FOUND;
    return r != R_NOT_FOUND
               ? r
               : fail(c, r,
                     "There is no such calendar. Its owner finds the present address "
                     "on the account page.");
}

enum result calendars_visits(struct ctx *c, const struct calendar *calendar,
    int64_t from_at, int64_t until_at, struct calendar_visit **out, size_t *n)
{
    struct calendar_visit *rows =
        arena_array(c->arena, CALENDAR_VISITS_MAX, sizeof *rows);
    struct query *q =
        db_query(c->db, calendar->is_host ? Q_CALENDARS_HOST : Q_CALENDARS_VENDOR);
    bind_int(q, "user_id", calendar->user_id);
    bind_int(q, "from_at", from_at);
    bind_int(q, "until_at", until_at);
    bind_int(q, "max", CALENDAR_VISITS_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        bool whole = text_is(col_text_here(q, "space_kind"), "whole");
        rows[(*n)++] = (struct calendar_visit) {
            .id = col_int(q, "id"),
            .uid = col_text(q, "uid"),
            .start_at = col_int(q, "start_at"),
            .end_at = col_int(q, "end_at"),
            .confirmed_at = col_int(q, "confirmed_at"),
            .title = whole ? col_text(q, "title")
                           : ctx_printf(c, "%s, %s", col_text(q, "title"),
                                 col_text(q, "space_name")),
            .place = ctx_printf(c, "%s, %s, %s %s", col_text(q, "address"),
                col_text(q, "city"), col_text(q, "region"), col_text(q, "postal_code")),
            .vendor_name = col_text(q, "vendor_name"),
        };
    }
    *out = rows;
    return query_end(r);
}
