/* What lists of kitchens and the page of one kitchen show alike. */
#ifndef WEB_CARDS_H
#define WEB_CARDS_H

#include "domain/offers.h"
#include "web/web.h"

/* The address of a photo WIDTH (320, 800, 1600) wide, or of a drawing if HASH is
 * NULL or empty. */
const char *cards_photo(struct ctx *c, const char *hash, int64_t kitchen_id, int width);

/* rating ("4.8") and rating_count ("23"), both empty while there are none. */
void cards_rating(struct ctx *c, struct view *v, int64_t sum, int64_t count);

/* "/listings/12-big-kitchen" */
const char *cards_path(struct ctx *c, int64_t id, const char *slug);

/* Where the kitchens of a city are searched: by its name if that is a place we know,
 * else round the kitchen at LAT, LNG. Where that one stands is told only to who has
 * booked it: two decimals are a kilometre or so. */
enum result cards_search(struct ctx *c, const char *city, const char *region,
    double lat, double lng, const char **out);

/* Fills one templates/parts/kitchen_card. NUMBER is its number on the map; DATED:
 * the earliest start is shown with its day. */
void cards_offer(
    struct ctx *c, struct view *v, const struct offer *o, int64_t number, bool dated);

#endif
