#include "domain/places.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "domain/catalogue.h"
#include "util/guard.h"
#include "util/text.h"

enum { NAME_MAX_BYTES = 100 };

double places_distance_mi(double lat_a, double lng_a, double lat_b, double lng_b)
{
    const double radians = M_PI / 180, earth_mi = 3958.8;
    double dlat = (lat_b - lat_a) * radians, dlng = (lng_b - lng_a) * radians;
    double h = sin(dlat / 2) * sin(dlat / 2) + cos(lat_a * radians) *
                                                   cos(lat_b * radians) *
                                                   sin(dlng / 2) * sin(dlng / 2);
    return 2 * earth_mi * asin(sqrt(h < 1 ? h : 1));
}

/* A word that is written in two ways gets the shorter one. */
static const char *short_form(const char *word)
{
    static const char *const pairs[][2] = {
        { "saint", "st" },
        { "sainte", "ste" },
        { "fort", "ft" },
        { "mount", "mt" },
    };
    return text_in_words(pairs, COUNT_OF(pairs), word);
}

const char *places_city_key(struct arena *a, const char *city)
{
    char *key = arena_alloc(a, strlen(city) + 1), *word = key, *end = key;
    for (const char *s = city;; s++) {
        if (isalnum((unsigned char)*s))
            *end++ = (char)tolower((unsigned char)*s);
        if (*s != '\0' && *s != ' ' && *s != '-' && *s != '.')
            continue;
        *end = '\0';
        size_t n = strlen(short_form(word));
        memmove(word, short_form(word), n);
        word = end = word + n;
        *end = '\0';
        if (*s == '\0')
            return key;
    }
}

/* "TX", "tx", "Texas": the two letters, or NULL. */
static const char *region_of(const char *s)
{
    size_t n;
    const struct catalogue_item *regions = catalogue_list(CATALOGUE_REGIONS, &n);
    for (size_t i = 0; i < n; i++)
        if (text_same_nocase(regions[i].key, s) ||
            text_same_nocase(regions[i].label, s))
            return regions[i].key;
    return NULL;
}

/* ---- by one kind of text each ------------------------------------------------------
 */

static enum result read_cities(
    struct ctx *c, struct query *q, struct place *out, size_t *n)
{
    enum result r;
    for (QUERY_EACH(q, r)) {
        struct place *p = &out[(*n)++];
        p->city = col_text(q, "city");
        p->region = col_text(q, "region");
        p->lat = col_real(q, "lat");
        p->lng = col_real(q, "lng");
        p->label = ctx_printf(c, "%s, %s", p->city, p->region);
    }
    return query_end(r);
}

static enum result by_city(
    struct ctx *c, const char *city, struct place *out, size_t *n)
{
    struct query *q = db_query(c->db, Q_PLACES_BY_CITY);
    bind_text(q, "city_key", places_city_key(c->arena, city));
    bind_int(q, "max", PLACES_MAX);
    return read_cities(c, q, out, n);
}

static enum result by_region(
    struct ctx *c, const char *region, struct place *out, size_t *n)
{
    struct query *q = db_query(c->db, Q_PLACES_BY_REGION);
    bind_text(q, "region", region);
    bind_int(q, "max", PLACES_MAX);
    return read_cities(c, q, out, n);
}

bool places_is_postal_code(const char *s)
{
    size_t digits = strspn(s, "0123456789");
    return digits == 5 &&
           (s[5] == '\0' ||
               (s[5] == '-' && strspn(s + 6, "0123456789") == 4 && s[10] == '\0'));
}

static enum result by_postal_code(
    struct ctx *c, const char *s, struct place *out, size_t *n)
{
    struct query *q = db_query(c->db, Q_PLACES_BY_POSTAL_CODE);
    bind_text(q, "postal_code", arena_strndup(c->arena, s, 5));
    TRY(read_cities(c, q, out, n));
    if (*n == 1)
        out->label = ctx_printf(c, "%.5s %s, %s", s, out->city, out->region);
    return OK;
}

enum result places_of_postal_code(struct ctx *c, const char *postal_code,
    const char *region, struct place *out, bool *known)
{
    struct query *q = db_query(c->db, Q_PLACES_ANY);
    TRY(query_step(q));
    *known = col_int(q, "any_place") != 0;
    if (!*known)
        return OK;
    const char *code = arena_strndup(c->arena, postal_code, 5);
    size_t n = 0;
    q = db_query(c->db, Q_PLACES_OF_POSTAL_CODE);
    bind_text(q, "postal_code", code);
    bind_text(q, "region", region);
    TRY(read_cities(c, q, out, &n));
    if (n == 0)
        return fail(c, R_INVALID, "There is no ZIP code %s. Look at it again.", code);
    if (!text_is(out->region, region))
        return fail(c, R_INVALID, "The ZIP code %s is in %s, %s. Mend it or the state.",
            code, out->city, out->region);
    return OK;
}

/* "lat,lng": has it that form, and if so, is it on the globe? */
static bool is_coordinates(struct ctx *c, const char *s, struct place *out, bool *good)
{
    const char *comma = strchr(s, ',');
    double y, x;
    if (comma == NULL || strspn(s, "+-.0123456789 ,") != strlen(s))
        return false;
    const char *lat = text_trim(arena_strndup(c->arena, s, (size_t)(comma - s)));
    const char *lng = text_trim(arena_strdup(c->arena, comma + 1));
    *good = text_real(lat, -90, 90, &y) && text_real(lng, -180, 180, &x);
    if (*good)
        *out = (struct place) { ctx_printf(c, "%.2f, %.2f", y, x), "", "", y, x };
    return true;
}

static enum result in_region(
    struct ctx *c, const char *city, const char *region, struct place *out, size_t *n)
{
    struct query *q = db_query(c->db, Q_PLACES_BY_CITY_AND_REGION);
    bind_text(q, "city_key", places_city_key(c->arena, city));
    bind_text(q, "region", region);
    return read_cities(c, q, out, n);
}

enum result places_has_city(
    struct ctx *c, const char *city, const char *region, bool *out)
{
    struct place place;
    size_t n = 0;
    TRY(in_region(c, city, region, &place, &n));
    *out = n > 0;
    return OK;
}

/* "City, State" or, cut at any space, "City State". */
static enum result by_city_and_region(
    struct ctx *c, const char *s, struct place *out, size_t *n)
{
    const char *comma = strrchr(s, ',');
    for (const char *cut = s; *n == 0 && *cut != '\0'; cut++) {
        if (comma != NULL ? cut != comma : *cut != ' ')
            continue;
        const char *region = region_of(text_trim(arena_strdup(c->arena, cut + 1)));
        if (region != NULL)
            TRY(in_region(
                c, arena_strndup(c->arena, s, (size_t)(cut - s)), region, out, n));
    }
    return OK;
}

/* "Austin, TX, USA" as "Austin, TX". */
static char *without_country(char *s)
{
    static const char *const names[] = { "United States of America", "United States",
        "U.S.A.", "USA", "US" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t n = strlen(s), name_n = strlen(names[i]);
        if (n <= name_n || !text_same_nocase(s + n - name_n, names[i]) ||
            strchr(" ,", s[n - name_n - 1]) == NULL)
            continue;
        s[n - name_n] = '\0';
        while (*s != '\0' && strchr(" ,", s[strlen(s) - 1]) != NULL)
            s[strlen(s) - 1] = '\0';
        break;
    }
    return s;
}

/* A ZIP code alone, or as the last word: "Austin, TX 78701". */
static const char *postal_code_in(const char *s)
{
    const char *last = strrchr(s, ' ');
    last = last == NULL ? s : last + 1;
    return places_is_postal_code(last) ? last : NULL;
}

enum result places_find(struct ctx *c, const char *where, struct place **out, size_t *n)
{
    struct place *places = arena_array(c->arena, PLACES_MAX, sizeof *places);
    char *s = text_trim(arena_strdup(c->arena, where));
    bool good = false;
    *out = places;
    *n = 0;
    if (*s == '\0' || strlen(s) > NAME_MAX_BYTES)
        return fail(c, R_INVALID, "Say where: a city with its state, or a ZIP code.");
    if (is_coordinates(c, s, places, &good)) {
        *n = good;
        return good ? OK
                    : fail(c, R_INVALID,
                          "Latitude goes from -90 to 90 and longitude from -180 to "
                          "180.");
    }
    s = without_country(s);
    const char *postal_code = postal_code_in(s);
    if (postal_code != NULL)
        TRY(by_postal_code(c, postal_code, places, n));
    if (*n == 0)
        TRY(by_city_and_region(c, s, places, n));
    if (*n == 0 && strchr(s, ',') == NULL)
        TRY(by_city(c, s, places, n));
    const char *region = region_of(s);
    if (*n == 0 && region != NULL)
        TRY(by_region(c, region, places, n));
    if (*n > 0)
        return OK;
    return fail(c, R_NOT_FOUND,
        "We know no such place. Try a city with its state, like \"Austin, TX\", or a "
        "ZIP code.");
}
