#include "domain/listings.h"

#include <stdlib.h>
#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/availability.h"
#include "domain/claims.h"
#include "domain/notices.h"
#include "domain/outbox.h"
#include "domain/search.h"
#include "util/guard.h"
#include "util/text.h"

enum { SLUG_MAX = 60, REASON_MAX = 2000, DAY_S = 86400, PER_HOST_MAX = 200 };

/* ---- which act leads from which states where, and who may ---- */

static const struct edge {
    const char *name, *from[3], *to, *done; /* done: the line for the host */
    bool admin, needs_reason, needs_papers;
} edges[LISTING__MAX] = {
    [LISTING_SUBMIT] = { "submit", { "draft", "changes_requested" }, "pending_approval",
        NULL, false, false, false },
    [LISTING_APPROVE] = { "approve", { "pending_approval" }, "active", "was approved",
        true, false, true },
    [LISTING_REQUEST_CHANGES] = { "request_changes", { "pending_approval" },
        "changes_requested", "needs some changes", true, true, false },
    [LISTING_REJECT] = { "reject", { "pending_approval", "changes_requested" },
        "rejected", "was rejected", true, true, false },
    [LISTING_SUSPEND] = { "suspend", { "active" }, "suspended", "was suspended", true,
        true, false },
    [LISTING_RESTORE] = { "restore", { "suspended", "rejected" }, "active",
        "is active again", true, false, true },
};

const char *listings_act_name(enum listing_act act)
{
    CHECK((unsigned)act < LISTING__MAX);
    return edges[act].name;
}

enum listing_act listings_act_of(const char *name)
{
    enum listing_act act = 0;
    while (act < LISTING__MAX && !text_is(edges[act].name, name))
        act++;
    return act;
}

static bool leads_from(const struct edge *e, const char *state)
{
    for (size_t i = 0; i < COUNT_OF(e->from); i++)
        if (text_is(e->from[i], state))
            return true;
    return false;
}

bool listings_act_fits(enum listing_act act, const char *state)
{
    CHECK((unsigned)act < LISTING__MAX);
    return leads_from(&edges[act], state);
}

/* ---- writing ---- */

static uint64_t mask_of(const struct listing_input *in)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < in->equipment_n; i++)
        mask |= (uint64_t)1 << in->equipment[i].item;
    return mask;
}

/* Every column that the host writes, for the insert and the update alike. */
static void bind_input(struct ctx *c, struct query *q, const struct listing_input *in)
{
    const struct kitchen *k = &in->k;
    bind_text(q, "title", k->title);
    bind_text(q, "slug", text_slug(c->arena, k->title, SLUG_MAX));
    bind_text(q, "description", k->description);
    bind_text(q, "kitchen_type", k->kitchen_type);
    bind_text(q, "address", k->address);
    bind_text(q, "city", k->city);
    bind_text(q, "region", k->region);
    bind_text(q, "postal_code", k->postal_code);
    bind_real(q, "lat", k->lat);
    bind_real(q, "lng", k->lng);
    bind_text(q, "timezone", k->timezone);
    bind_int(q, "square_feet", k->square_feet);
    bind_int(q, "capacity", k->capacity);
    bind_int(q, "equipment_mask", (int64_t)mask_of(in));
    bind_int(q, "feature_mask", (int64_t)k->feature_mask);
    bind_text(q, "restrictions", k->restrictions);
    bind_text(q, "accessibility", k->accessibility);
    bind_text(q, "certifications", k->certifications);
    bind_int(q, "rate_cents", k->rate.n);
    bind_int(q, "offpeak_rate_cents", k->offpeak_rate.n);
    bind_int(q, "offpeak_start_min", k->offpeak_start_min);
    bind_int(q, "offpeak_end_min", k->offpeak_end_min);
    bind_int(q, "cleaning_cents", k->cleaning.n);
    bind_int(q, "deposit_cents", k->deposit.n);
    bind_int(q, "min_min", k->min_min);
    bind_int(q, "max_min", k->max_min);
    bind_int(q, "step_min", k->step_min);
    bind_int(q, "notice_min", k->notice_min);
    bind_int(q, "buffer_before_min", k->buffer_before_min);
    bind_int(q, "buffer_after_min", k->buffer_after_min);
    bind_text(q, "policy", k->policy);
    bind_int(q, "instant_book", k->instant_book);
    bind_text(q, "access_notes", k->access_notes);
    bind_int(q, "now_at", c->now_at);
}

static enum result write_equipment(
    struct ctx *c, int64_t id, const struct listing_input *in)
{
    struct query *q = db_query(c->db, Q_LISTINGS_CLEAR_EQUIPMENT);
    bind_int(q, "kitchen_id", id);
    TRY(query_run(q));
    for (size_t i = 0; i < in->equipment_n; i++) {
        q = db_query(c->db, Q_LISTINGS_ADD_EQUIPMENT);
        bind_int(q, "kitchen_id", id);
        bind_int(q, "item", in->equipment[i].item);
        bind_int(q, "quantity", in->equipment[i].quantity);
        TRY(query_run(q));
    }
    return OK;
}

static enum result add_space(struct ctx *c, int64_t kitchen_id, const char *kind,
    const char *name, struct cents rate, int64_t capacity, int64_t *id)
{
    struct query *q = db_query(c->db, Q_LISTINGS_ADD_SPACE);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_text(q, "kind", kind);
    bind_text(q, "name", name);
    bind_int(q, "rate_cents", rate.n);
    bind_int(q, "capacity", capacity);
    TRY(query_run(q));
    *id = db_last_id(c->db);
    return OK;
}

static enum result check_number(struct ctx *c)
{
    struct query *q = db_query(c->db, Q_LISTINGS_COUNT_OF_HOST);
    bind_int(q, "host_id", c->actor.user_id);
    TRY(query_step(q));
    if (col_int(q, "kitchens") < PER_HOST_MAX)
        return OK;
    return fail(c, R_CONFLICT,
        "You have %d kitchens here, which is as many as one account may have. Write to "
        "us if you run more.",
        PER_HOST_MAX);
}

static enum result create(struct ctx *c, const struct listing_input *in, int64_t *id)
{
    int64_t space_id;
    TRY(check_number(c));
    struct query *q = db_query(c->db, Q_LISTINGS_CREATE);
    bind_input(c, q, in);
    bind_int(q, "host_id", c->actor.user_id);
    TRY(query_run(q));
    *id = db_last_id(c->db);
    TRY(write_equipment(c, *id, in));
    TRY(add_space(c, *id, "whole", "Whole kitchen", (struct cents) { 0 },
        in->k.capacity, &space_id));
    TRY(search_index(c, *id));
    return audit_add(c, "kitchen.create", "kitchen", *id, in->k.title);
}

static const char listings_path[] = "/host/listings/";

enum result listings_create(struct ctx *c, const struct listing_input *in, int64_t *id)
{
    const char *key = in->key == NULL ? "" : in->key,
               *post = in->post == NULL ? "" : in->post;
    const struct span body = { post, strlen(post) };
    struct claims_answer answer = { 303, "" };
    bool again;
    TRY(accounts_need_verified(c));
    TRY(db_begin(c->db));
    TRY(claims_post(c, key, listings_path, body, &again, &answer));
    if (again) {
        *id = strtoll(answer.location + strlen(listings_path), NULL, 10);
    } else {
        TRY(create(c, in, id));
        answer.location = ctx_printf(c, "%s%lld/edit", listings_path, (long long)*id);
        TRY(claims_answer(c, key, listings_path, body, &answer));
    }
    return db_commit(c->db);
}

/* Equipment may change in number only, which no mask shows. */
static enum result same_equipment(
    struct ctx *c, int64_t id, const struct listing_input *in, bool *same)
{
    struct equipment *rows;
    size_t n, found = 0;
    TRY(kitchens_equipment(c, id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < in->equipment_n; k++)
            found += rows[i].item == in->equipment[k].item &&
                     rows[i].quantity == in->equipment[k].quantity;
    *same = n == in->equipment_n && found == n;
    return OK;
}

enum result listings_save(struct ctx *c, int64_t id, int64_t version,
    const struct listing_input *in, bool *moved)
{
    struct kitchen was;
    bool same;
    TRY(kitchens_own(c, id, &was));
    TRY(same_equipment(c, id, in, &same));
    const char *changes = listings_changes(c, &was, &in->k, moved);
    if (!same)
        changes = ctx_printf(c, "%s%sequipment", changes, *changes == '\0' ? "" : ", ");
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_LISTINGS_SAVE);
    bind_int(q, "moved", *moved);
    bind_input(c, q, in);
    bind_int(q, "id", id);
    bind_int(q, "version", version);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, r,
            "This listing was saved somewhere else while you were editing it. What you "
            "typed is still here; save again to put it in place of that.");
    TRY(r);
    TRY(write_equipment(c, id, in));
    q = db_query(c->db, Q_LISTINGS_SET_WHOLE);
    bind_int(q, "kitchen_id", id);
    bind_int(q, "capacity", in->k.capacity);
    TRY(query_run_one(q));
    *moved = *moved && text_is(was.state, "active");
    TRY(audit_add(c, "kitchen.save", "kitchen", id, changes));
    TRY(search_index(c, id));
    TRY(listings_refresh(c, id));
    return db_commit(c->db);
}

/* ---- deciding ---- */

static enum result check_act(
    struct ctx *c, const struct edge *e, const struct kitchen *k, const char *reason)
{
    if (e->admin && c->actor.role != ROLE_ADMIN && c->actor.role != ROLE_SYSTEM)
        return fail(c, R_DENIED, "Only an administrator decides on listings.");
    if (!leads_from(e, k->state))
        return fail(c, R_CONFLICT,
            "This listing is %s now, so that is no longer possible. Open it again to "
            "see it as it is.",
            k->state);
    if (e->needs_reason && text_empty(reason))
        return fail(c, R_INVALID, "Say why, so that the host knows what to do.");
    if (text_utf8_length(reason) > REASON_MAX)
        return fail(c, R_INVALID, "Keep the reason under 2,000 characters.");
    return OK;
}

/* Active is only what has its papers. Within the transaction: one may expire or be
 * rejected while somebody looks at the page. */
static enum result check_papers(struct ctx *c, const struct kitchen *k)
{
    struct listing_needs needs;
    TRY(listings_needs(c, k, &needs));
    const char *papers = listings_papers_text(c, &needs);
    if (*papers == '\0')
        return OK;
    return fail(c, R_CONFLICT,
        "This listing cannot be active before these papers are approved and in date: "
        "%s.",
        papers);
}

static enum result tell_host(
    struct ctx *c, const struct edge *e, const struct kitchen *k, const char *reason)
{
    if (e->done == NULL)
        return OK;
    const char *path = ctx_printf(c, "/host/listings/%lld/edit", (long long)k->id);
    const struct outbox_field fields[] = {
        { "full_name", k->host_name },
        { "title", k->title },
        { "what", e->done },
        { "reason", reason },
        { "link", ctx_printf(c, "%s%s", c->conf->base_url, path) },
    };
    TRY(notices_add(
        c, k->host_id, "listing", ctx_printf(c, "%s %s.", k->title, e->done), path));
    return outbox_add(c, "listing_decided", k->host_id,
        ctx_printf(c, "listing:%lld:%s:%lld", (long long)k->id, e->name,
            (long long)k->version),
        fields, COUNT_OF(fields));
}

static enum result carry_out(
    struct ctx *c, const struct edge *e, const struct kitchen *k, const char *reason)
{
    TRY(check_act(c, e, k, reason));
    TRY(db_begin(c->db));
    if (e->needs_papers)
        TRY(check_papers(c, k));
    struct query *q = db_query(c->db, Q_LISTINGS_SET_STATE);
    bind_int(q, "id", k->id);
    bind_int(q, "version", k->version);
    bind_text(q, "was", k->state);
    bind_text(q, "state", e->to);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(
            c, r, "Somebody else has just decided on this listing. Open it again.");
    TRY(r);
    TRY(audit_add(c, ctx_printf(c, "kitchen.%s", e->name), "kitchen", k->id, reason));
    TRY(tell_host(c, e, k, reason));
    TRY(listings_refresh(c, k->id));
    return db_commit(c->db);
}

enum result listings_act(
    struct ctx *c, int64_t id, enum listing_act act, const char *reason)
{
    CHECK((unsigned)act < LISTING__MAX);
    const struct edge *e = &edges[act];
    struct kitchen k;
    TRY(e->admin ? kitchens_get(c, id, &k) : kitchens_own(c, id, &k));
    return carry_out(c, e, &k, reason);
}

enum result listings_decide(struct ctx *c, int64_t id, int64_t version,
    enum listing_act act, const char *reason)
{
    CHECK((unsigned)act < LISTING__MAX && edges[act].admin);
    struct kitchen k;
    TRY(kitchens_get(c, id, &k));
    TRY(check_act(c, &edges[act], &k, reason));
    if (k.version != version)
        return fail(c, R_CONFLICT,
            "The host has changed this listing since you opened it. Look at it again, "
            "then decide.");
    return carry_out(c, &edges[act], &k, reason);
}

/* ---- lists
 * ------------------------------------------------------------------------------------
 */

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct listing_row **out, size_t *n)
{
    struct listing_row *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        rows[*n] = (struct listing_row) {
            .id = col_int(q, "id"),
            .version = col_int(q, "version"),
            .updated_at = col_int(q, "updated_at"),
            .title = col_text(q, "title"),
            .slug = col_text(q, "slug"),
            .city = col_text(q, "city"),
            .region = col_text(q, "region"),
            .state = col_text(q, "state"),
            .reason = col_text(q, "reason"),
            .host_name = col_text(q, "host_name"),
            .cover = col_text(q, "cover"),
            .rate = { col_int(q, "rate_cents") },
            .bookable = col_int(q, "bookable") != 0,
        };
        listings_papers_missing(col_text_here(q, "papers"), &rows[*n].needs);
        rows[(*n)++].needs.transfers = col_int(q, "transfers") == 0;
    }
    *out = rows;
    return query_end(r);
}

enum result listings_mine(
    struct ctx *c, int64_t before_id, size_t max, struct listing_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_LISTINGS_MINE);
    bind_int(q, "host_id", c->actor.user_id);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "today", c->now_at / DAY_S);
    return read_rows(c, q, max, out, n);
}

enum result listings_in_state(struct ctx *c, const char *state, int64_t before_id,
    size_t max, struct listing_row **out, size_t *n)
{
    struct query *q =
        db_query(c->db, text_empty(state) ? Q_LISTINGS_ALL : Q_LISTINGS_IN_STATE);
    if (!text_empty(state))
        bind_text(q, "state", state);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    return read_rows(c, q, max, out, n);
}

enum result listings_waiting(
    struct ctx *c, size_t max, struct listing_row **out, size_t *n, int64_t *total)
{
    struct query *q = db_query(c->db, Q_LISTINGS_WAITING_COUNT);
    TRY(query_step(q));
    *total = col_int(q, "waiting");
    q = db_query(c->db, Q_LISTINGS_WAITING);
    return read_rows(c, q, max, out, n);
}

/* ---- stations
 * ------------------------------------------------------------------------------------
 */

static enum result check_room(struct ctx *c, int64_t kitchen_id)
{
    struct query *q = db_query(c->db, Q_LISTINGS_COUNT_SPACES);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_step(q));
    if (col_int(q, "spaces") < KITCHEN_SPACES_MAX)
        return OK;
    return fail(
        c, R_CONFLICT, "A kitchen has at most %d stations.", KITCHEN_SPACES_MAX - 1);
}

enum result listings_add_station(struct ctx *c, int64_t kitchen_id, const char *name,
    struct cents rate, int64_t capacity)
{
    struct kitchen k;
    int64_t id;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(db_begin(c->db));
    TRY(check_room(c, kitchen_id));
    enum result r = add_space(c, kitchen_id, "station", name, rate, capacity, &id);
    if (r == R_CONFLICT)
        return fail(
            c, r, "There is a space of that name already. Choose another name.");
    TRY(r);
    TRY(availability_station_added(c, kitchen_id, id));
    TRY(audit_add(c, "kitchen.add_station", "kitchen", kitchen_id, name));
    return db_commit(c->db);
}

enum result listings_set_station(
    struct ctx *c, int64_t kitchen_id, int64_t space_id, bool active)
{
    struct kitchen k;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_LISTINGS_SET_SPACE);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "space_id", space_id);
    bind_int(q, "active", active);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, R_NOT_FOUND, "This kitchen has no such station.");
    TRY(r);
    TRY(audit_add(c, active ? "kitchen.open_station" : "kitchen.close_station",
        "kitchen", kitchen_id, ctx_printf(c, "space %lld", (long long)space_id)));
    return db_commit(c->db);
}
