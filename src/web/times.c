#include "web/times.h"

static bool instant(struct form *f, const struct zone *z, const char *field,
    struct civil day, int64_t *at)
{
    int minutes = form_minutes(f, field);
    int64_t second_at;
    if (minutes == 1440) {
        day = civil_add_days(&day, 1);
        minutes = 0;
    }
    day.hour = minutes / 60;
    day.minute = minutes % 60;
    if (zone_at(z, &day, at, &second_at) > 0)
        return true;
    form_set_error(f, field,
        "The clocks are put forward on that day and skip this time. Choose another "
        "one.");
    return false;
}

bool times_of_form(struct form *f, const struct zone *z, const char *date,
    const char *start, const char *end, int64_t *start_at, int64_t *end_at)
{
    if (!form_has(f, date) || !form_has(f, start) || !form_has(f, end))
        return false;
    struct civil day = form_date(f, date), next = civil_add_days(&day, 1);
    bool overnight = form_minutes(f, end) <= form_minutes(f, start);
    bool starts = instant(f, z, start, day, start_at);
    return instant(f, z, end, overnight ? next : day, end_at) && starts;
}
