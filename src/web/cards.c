#include "web/cards.h"

#include <math.h>

#include "domain/catalogue.h"
#include "domain/photos.h"
#include "domain/places.h"
#include "util/text.h"
#include "web/times.h"

enum { DRAWINGS = 8 };

const char *cards_photo(struct ctx *c, const char *hash, int64_t kitchen_id, int width)
{
    const char *url = text_empty(hash) ? "" : photos_url(c->arena, hash, width);
    if (*url != '\0')
        return url;
    return arena_join(c->arena, "/static/img/kitchen-",
        text_of_int(c->arena, kitchen_id % DRAWINGS + 1), ".svg", NULL);
}

/* "4.7" for 47 */
static const char *tenths(struct ctx *c, int64_t n)
{
    return arena_join(c->arena, text_of_int(c->arena, n / 10), ".",
        text_of_int(c->arena, n % 10), NULL);
}

void cards_rating(struct ctx *c, struct view *v, int64_t sum, int64_t count)
{
    if (count == 0) {
        view_text(v, "rating", "");
        view_text(v, "rating_count", "");
        return;
    }
    view_text(v, "rating", tenths(c, (sum * 20 + count) / (2 * count)));
    view_int(v, "rating_count", count);
}

const char *cards_path(struct ctx *c, int64_t id, const char *slug)
{
    return arena_join(
        c->arena, "/listings/", text_of_int(c->arena, id), "-", slug, NULL);
}

enum result cards_search(struct ctx *c, const char *city, const char *region,
    double lat, double lng, const char **out)
{
    bool known;
    TRY(places_has_city(c, city, region, &known));
    const char *where = known ? ctx_printf(c, "%s, %s", city, region)
                              : ctx_printf(c, "%.2f,%.2f", lat, lng);
    *out = ctx_printf(c, "/search?where=%s", text_url(c->arena, where));
    return OK;
}

void cards_offer(
    struct ctx *c, struct view *v, const struct offer *o, int64_t number, bool dated)
{
    const struct zone *z = zone_find(o->timezone);
    view_int(v, "id", o->id);
    view_text(v, "url",
        arena_join(c->arena, cards_path(c, o->id, o->slug), "?",
            times_query(c->arena, z, o->start_at, o->end_at), NULL));
    view_text(v, "title", o->title);
    view_text(
        v, "kitchen_type", catalogue_label(CATALOGUE_KITCHEN_TYPES, o->kitchen_type));
    view_text(v, "city", o->city);
    view_text(v, "state", o->region);
    view_text(v, "photo_url", cards_photo(c, o->photo, o->id, 320));
    view_text(v, "photo_large_url", cards_photo(c, o->photo, o->id, 800));
    view_text(v, "distance",
        arena_join(c->arena, tenths(c, llround(10 * o->distance_mi)), " mi", NULL));
    view_text(v, "price", cents_format(c->arena, o->quote.rate));
    cards_rating(c, v, o->rating_sum, o->rating_count);
    view_int(v, "number", number);
    const char *time = zone_format_clock(c->arena, z, o->start_at);
    view_text(v, "earliest",
        dated
            ? ctx_printf(c, "%s, %s", zone_format_date(c->arena, z, o->start_at), time)
            : time);
    view_text(v, "total", cents_format(c->arena, o->quote.total));
    view_bool(v, "is_instant", o->instant_book);
}
