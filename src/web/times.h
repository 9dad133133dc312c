/* Day and times as typed in a form, in a kitchen's zone; and the way back, as links
 * carry them. Two wall times do not always say which instants are meant, so three
 * fields may be added: start_fold and end_fold ("1": the second time that clocks show
 * it on that day, when they are put back) and end_date (where the end is neither on
 * the same day nor in the night after it). */
#ifndef WEB_TIMES_H
#define WEB_TIMES_H

#include "http/form.h"
#include "util/zone.h"

/* Rows for a table of fields: date, start, end (REQUIRED or not) and what may be
 * added. */
#define TIMES_FIELDS(needed)                                                           \
    { .name = "date", .kind = FIELD_DATE, .label = "Day", .required = needed },        \
        { .name = "start", .kind = FIELD_TIME, .label = "From", .required = needed },  \
        { .name = "end",                                                               \
            .kind = FIELD_TIME,                                                        \
            .label = "To",                                                             \
            .required = needed,                                                        \
            .hour_24 = true },                                                         \
        { .name = "start_fold",                                                        \
            .kind = FIELD_CHOICE,                                                      \
            .label = "Which start",                                                    \
            .choices = times_folds },                                                  \
        { .name = "end_fold",                                                          \
            .kind = FIELD_CHOICE,                                                      \
            .label = "Which end",                                                      \
            .choices = times_folds },                                                  \
    {                                                                                  \
        .name = "end_date", .kind = FIELD_DATE, .label = "Until the day"               \
    }
extern const char *const times_folds[];

/* Is NAME one of those fields? */
bool times_is_field(const char *name);

/* The instants that they mean in Z. An end before the start is on the next day, an
 * end that is the same as the start an error, unless end_date says more. A time that
 * the clocks skip on that day is an error at its field; of one that they show twice
 * the first is meant, or the first one after the start. False: F has errors. */
bool times_of_form(
    struct form *f, const struct zone *z, int64_t *start_at, int64_t *end_at);

/* Does the form's start, or end, stand on the clocks twice? *FIRST and *SECOND get
 * the instants. */
bool times_start_twice(
    const struct form *f, const struct zone *z, int64_t *first, int64_t *second);
bool times_end_twice(
    const struct form *f, const struct zone *z, int64_t *first, int64_t *second);

/* The query that means exactly these instants: "date=2026-11-26&start=07:00&end=16:00"
 * and, where it has to be, end_date, start_fold, end_fold. */
const char *times_query(
    struct arena *a, const struct zone *z, int64_t start_at, int64_t end_at);

/* The form's times on another date, as a query. */
const char *times_on(struct arena *a, const struct form *f, const struct civil *date);

/* "Thu 26 Nov 2026, 07:00 to 16:00"; the end's date too if that is not clear. */
const char *times_label(
    struct arena *a, const struct zone *z, int64_t start_at, int64_t end_at);

#endif
