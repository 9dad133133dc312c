/* Where on the map a text is: US cities and ZIP codes from a file, no outside
 * service. */
#ifndef DOMAIN_PLACES_H
#define DOMAIN_PLACES_H

#include "app/ctx.h"

struct place {
    const char *label;         /* "Austin, TX", "78701 Austin, TX", "30.27, -97.74" */
    const char *city, *region; /* "" for coordinates */
    double lat, lng;
};

enum { PLACES_MAX = 8 };

/* What WHERE means: "lat,lng"; a ZIP code (also ZIP+4, or after an address); "City,
 * ST", "City, State" or either without the comma; a city alone; a state alone, which
 * stands for its largest city. "USA" at the end is passed over. OUT gets at least one,
 * the likeliest first; more than one if the name is ambiguous. R_INVALID: WHERE is
 * empty or coordinates are out of range; R_NOT_FOUND: there is no such place. */
enum result places_find(
    struct ctx *c, const char *where, struct place **out, size_t *n);

/* "78701" or "78701-1234" */
bool places_is_postal_code(const char *s);

/* Where POSTAL_CODE lies, which has to be in the state REGION ("TX"). R_INVALID with a
 * sentence: it is another state's, or there is none such. *KNOWN false: there is no
 * place at all here, so OK without an answer. */
enum result places_of_postal_code(struct ctx *c, const char *postal_code,
    const char *region, struct place *out, bool *known);

/* Is there a city of that name in the state REGION ("TX")? */
enum result places_has_city(
    struct ctx *c, const char *city, const char *region, bool *out);

/* The form in which names of cities are compared: lower-case letters and digits,
 * "Saint", "Fort" and "Mount" in short. */
const char *places_city_key(struct arena *a, const char *city);

/* Great-circle distance in miles. */
double places_distance_mi(double lat_a, double lng_a, double lat_b, double lng_b);

/* Called after each batch of an import. */
typedef void places_progress(void *arg, size_t done, size_t total);

/* Brings in FILE: a line for each place, with tabs between ZIP code, city, state,
 * latitude and longitude; empty lines and those with '#' first are passed over.
 * Places of earlier imports that FILE lacks go. Written in transactions of 2000
 * lines, so that others can write meanwhile; the same file twice changes nothing.
 * R_INVALID with file and line before anything is changed. Needs no transaction.
 * PROGRESS may be NULL; *N is how many places there are now. */
enum result places_import(
    struct ctx *c, const char *file, places_progress *progress, void *arg, size_t *n);

#endif
