/* What a vendor asks for in the booking form of a kitchen. */
#ifndef HTTP_WISH_H
#define HTTP_WISH_H

#include "http/people.h"

struct wish {
    int64_t kitchen_id, space_id; /* space 0: the whole kitchen */
    int day;                      /* from today, by UTC */
    const char *start, *end, *key;
};

/* A bookable kitchen of the demo with a station, open each day from 6 to 23. */
int64_t wish_kitchen(void);

const char *wish_path(struct arena *a, const struct wish *w);

/* Person P's form, with its CSRF token. */
const char *wish_fields(struct arena *a, const struct person *p, const struct wish *w);

#endif
