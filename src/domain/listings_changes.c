/* What a host changed in a listing: listings.h. */
#include <math.h>

#include "domain/listings.h"
#include "util/guard.h"
#include "util/text.h"

enum kind { TEXT, NUMBER, MONEY, YESNO, DEGREES };

#define ROW(name, kind, member, place)                                                 \
    {                                                                                  \
        name, kind, offsetof(struct kitchen, member), place                            \
    }

static const struct {
    const char *name; /* in the form */
    enum kind kind;
    size_t offset;
    bool place; /* says where it is */
} rows[] = {
    ROW("title", TEXT, title, false),
    ROW("description", TEXT, description, false),
    ROW("kitchen_type", TEXT, kitchen_type, false),
    ROW("address", TEXT, address, true),
    ROW("city", TEXT, city, true),
    ROW("state", TEXT, region, true),
    ROW("postal_code", TEXT, postal_code, true),
    ROW("lat", DEGREES, lat, true),
    ROW("lng", DEGREES, lng, true),
    ROW("timezone", TEXT, timezone, false),
    ROW("square_feet", NUMBER, square_feet, false),
    ROW("capacity", NUMBER, capacity, false),
    ROW("features", NUMBER, feature_mask, false),
    ROW("restrictions", TEXT, restrictions, false),
    ROW("accessibility", TEXT, accessibility, false),
    ROW("certifications", TEXT, certifications, false),
    ROW("access_notes", TEXT, access_notes, false),
    ROW("hourly_rate", MONEY, rate, false),
    ROW("offpeak_rate", MONEY, offpeak_rate, false),
    ROW("offpeak_start", NUMBER, offpeak_start_min, false),
    ROW("offpeak_end", NUMBER, offpeak_end_min, false),
    ROW("cleaning_fee", MONEY, cleaning, false),
    ROW("deposit", MONEY, deposit, false),
    ROW("min_hours", NUMBER, min_min, false),
    ROW("max_hours", NUMBER, max_min, false),
    ROW("step_min", NUMBER, step_min, false),
    ROW("notice_hours", NUMBER, notice_min, false),
    ROW("buffer_before_min", NUMBER, buffer_before_min, false),
    ROW("buffer_after_min", NUMBER, buffer_after_min, false),
    ROW("cancellation_policy", TEXT, policy, false),
    ROW("booking_mode", YESNO, instant_book, false),
};

static bool same(enum kind kind, const void *a, const void *b)
{
    const double pace = 0.00001; /* degrees: what the form shows is rounded */
    switch (kind) {
    case TEXT:
        return text_is(*(const char *const *)a, *(const char *const *)b);
    case NUMBER:
        return *(const int64_t *)a == *(const int64_t *)b;
    case MONEY:
        return ((const struct cents *)a)->n == ((const struct cents *)b)->n;
    case YESNO:
        return *(const bool *)a == *(const bool *)b;
    case DEGREES:
        return fabs(*(const double *)a - *(const double *)b) < pace;
    }
    return false;
}

const char *listings_changes(
    struct ctx *c, const struct kitchen *was, const struct kitchen *now, bool *place)
{
    const char *text = "";
    *place = false;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (same(rows[i].kind, (const char *)was + rows[i].offset,
                (const char *)now + rows[i].offset))
            continue;
        text =
            arena_join(c->arena, text, *text == '\0' ? "" : ", ", rows[i].name, NULL);
        *place = *place || rows[i].place;
    }
    return text;
}
