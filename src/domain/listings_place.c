/* Where a listing stands: listings.h. */
#include "domain/listings.h"
#include "domain/places.h"

enum { PLACE_MI_MAX = 50 };

enum result listings_place(
    struct ctx *c, struct kitchen *k, bool has_point, const char **field)
{
    struct place place;
    bool known;
    *field = "postal_code";
    if (!places_is_postal_code(k->postal_code))
        return fail(c, R_INVALID, "Enter a ZIP code such as 78701 or 78701-1234.");
    TRY(places_of_postal_code(c, k->postal_code, k->region, &place, &known));
    *field = "lat";
    if (!known)
        return has_point ? OK : fail(c, R_INVALID, "Say where it is on the map.");
    if (!has_point) {
        k->lat = place.lat;
        k->lng = place.lng;
        return OK;
    }
    double mi = places_distance_mi(k->lat, k->lng, place.lat, place.lng);
    return mi <= PLACE_MI_MAX
               ? OK
               : fail(c, R_INVALID,
                     "This is %.0f miles from the ZIP code. Look at both again, or "
                     "leave latitude and longitude empty.",
                     mi);
}
