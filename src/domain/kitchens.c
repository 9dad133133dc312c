#include "domain/kitchens.h"

#include <stdio.h>

#include "util/text.h"

static void read_kitchen(struct query *q, struct kitchen *k)
{
    *k = (struct kitchen) {
        .id = col_int(q, "id"),
        .host_id = col_int(q, "host_id"),
        .version = col_int(q, "version"),
        .state = col_text(q, "state"),
        .reason = col_text(q, "reason"),
        .title = col_text(q, "title"),
        .slug = col_text(q, "slug"),
        .description = col_text(q, "description"),
        .kitchen_type = col_text(q, "kitchen_type"),
        .address = col_text(q, "address"),
        .city = col_text(q, "city"),
        .region = col_text(q, "region"),
        .postal_code = col_text(q, "postal_code"),
        .timezone = col_text(q, "timezone"),
        .lat = col_real(q, "lat"),
        .lng = col_real(q, "lng"),
        .square_feet = col_int(q, "square_feet"),
        .capacity = col_int(q, "capacity"),
        .equipment_mask = (uint64_t)col_int(q, "equipment_mask"),
        .feature_mask = (uint64_t)col_int(q, "feature_mask"),
        .restrictions = col_text(q, "restrictions"),
        .accessibility = col_text(q, "accessibility"),
        .certifications = col_text(q, "certifications"),
        .access_notes = col_text(q, "access_notes"),
        .rate = cents_of(col_int(q, "rate_cents")),
        .offpeak_rate = cents_of(col_int(q, "offpeak_rate_cents")),
        .offpeak_start_min = col_int(q, "offpeak_start_min"),
        .offpeak_end_min = col_int(q, "offpeak_end_min"),
        .cleaning = cents_of(col_int(q, "cleaning_cents")),
        .deposit = cents_of(col_int(q, "deposit_cents")),
        .min_min = col_int(q, "min_min"),
        .max_min = kitchens_max_min(col_int(q, "max_min")),
        .step_min = col_int(q, "step_min"),
        .notice_min = col_int(q, "notice_min"),
        .buffer_before_min = col_int(q, "buffer_before_min"),
        .buffer_after_min = col_int(q, "buffer_after_min"),
        .policy = col_text(q, "policy"),
        .instant_book = col_int(q, "instant_book") != 0,
        .bookable = col_int(q, "bookable") != 0,
        .rating_sum = col_int(q, "rating_sum"),
        .rating_count = col_int(q, "rating_count"),
        .host_name = col_text(q, "host_name"),
        .host_since_at = col_int(q, "host_since_at"),
        .created_at = col_int(q, "created_at"),
        .updated_at = col_int(q, "updated_at"),
    };
    k->week = col_blob(q, "week", &k->week_bytes);
}

enum result kitchens_get(struct ctx *c, int64_t id, struct kitchen *out)
{
    struct query *q = db_query(c->db, Q_KITCHENS_GET);
    bind_int(q, "id", id);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such kitchen. It may have been taken down.");
    TRY(r);
    read_kitchen(q, out);
    return OK;
}

static bool is_staff(const struct ctx *c)
{
    return c->actor.role == ROLE_ADMIN || c->actor.role == ROLE_SUPPORT ||
           c->actor.role == ROLE_SYSTEM;
}

enum result kitchens_own(struct ctx *c, int64_t id, struct kitchen *out)
{
    TRY(kitchens_get(c, id, out));
    if (out->host_id == c->actor.user_id || is_staff(c))
        return OK;
    return fail(c, R_NOT_FOUND, "There is no such kitchen among yours.");
}

bool kitchens_visible(const struct ctx *c, const struct kitchen *k)
{
    return text_is(k->state, "active") || is_staff(c) ||
           (c->actor.user_id != 0 && k->host_id == c->actor.user_id);
}

static void read_space(struct query *q, const struct kitchen *k, struct space *s)
{
    *s = (struct space) {
        .id = col_int(q, "id"),
        .kitchen_id = k->id,
        .whole = text_is(col_text_here(q, "kind"), "whole"),
        .name = col_text(q, "name"),
        .rate = cents_of(col_int(q, "rate_cents")),
        .capacity = col_int(q, "capacity"),
        .active = col_int(q, "active") != 0,
    };
    if (s->rate.n == 0)
        s->rate = k->rate;
}

enum result kitchens_spaces(
    struct ctx *c, const struct kitchen *k, struct space **out, size_t *n)
{
    struct space *spaces = arena_array(c->arena, KITCHEN_SPACES_MAX, sizeof *spaces);
    struct query *q = db_query(c->db, Q_KITCHENS_SPACES);
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "max", KITCHEN_SPACES_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_space(q, k, &spaces[(*n)++]);
    *out = spaces;
    return query_end(r);
}

enum result kitchens_space(
    struct ctx *c, const struct kitchen *k, int64_t space_id, struct space *out)
{
    struct space *spaces;
    size_t n;
    TRY(kitchens_spaces(c, k, &spaces, &n));
    for (size_t i = 0; i < n; i++) {
        if (spaces[i].active &&
            (space_id == 0 ? spaces[i].whole : spaces[i].id == space_id)) {
            *out = spaces[i];
            return OK;
        }
    }
    return fail(
        c, R_NOT_FOUND, "This kitchen has no such space. Choose one from the list.");
}

enum result kitchens_zone(struct ctx *c, const struct zone **out)
{
    *out = NULL;
    if (c->actor.role != ROLE_HOST)
        return OK;
    struct query *q = db_query(c->db, Q_KITCHENS_ZONE);
    bind_int(q, "host_id", c->actor.user_id);
    enum result r = query_step(q);
    if (r == OK)
        *out = zone_find(col_text_here(q, "timezone"));
    return r == R_NOT_FOUND ? OK : r;
}

enum result kitchens_cities(struct ctx *c, struct kitchen_city *out, size_t *n)
{
    struct query *q = db_query(c->db, Q_KITCHENS_CITIES);
    bind_int(q, "max", KITCHEN_CITIES_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        struct kitchen_city *city = &out[(*n)++];
        snprintf(city->city, sizeof city->city, "%s", col_text_here(q, "city"));
        snprintf(city->region, sizeof city->region, "%s", col_text_here(q, "region"));
        city->kitchens = col_int(q, "kitchens");
        city->lat = col_real(q, "lat");
        city->lng = col_real(q, "lng");
    }
    return query_end(r);
}

enum result kitchens_equipment(
    struct ctx *c, int64_t kitchen_id, struct equipment **out, size_t *n)
{
    struct equipment *rows = arena_array(c->arena, 64, sizeof *rows);
    struct query *q = db_query(c->db, Q_KITCHENS_EQUIPMENT);
    bind_int(q, "kitchen_id", kitchen_id);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        if (*n < 64)
            rows[(*n)++] =
                (struct equipment) { (int)col_int(q, "item"), col_int(q, "quantity") };
    }
    *out = rows;
    return query_end(r);
}
