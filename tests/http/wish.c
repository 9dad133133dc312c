#include "http.h"

#include "http/wish.h"

#include <time.h>

#include "util/civil.h"

int64_t wish_kitchen(void)
{
    int64_t id = people_int(
        "SELECT k.id FROM kitchens k JOIN spaces s ON s.kitchen_id = k.id"
        " WHERE k.bookable = 1 AND s.kind = 'station' AND k.instant_book = 1"
        " AND (SELECT COUNT(*) FROM weekly_windows w WHERE w.kitchen_id = k.id"
        " AND start_min <= 360 AND end_min >= 1380) = 7 ORDER BY k.id");
    ck_assert_int_gt(id, 0);
    return id;
}

const char *wish_path(struct arena *a, const struct wish *w)
{
    return arena_printf(a, "/listings/%lld/book", (long long)w->kitchen_id);
}

const char *wish_fields(struct arena *a, const struct person *p, const struct wish *w)
{
    struct civil day = civil_of_days(time(NULL) / 86400 + w->day);
    const char *space =
        w->space_id == 0 ? "" : arena_printf(a, "%lld", (long long)w->space_id);
    return arena_printf(a,
        "csrf=%s&idempotency_key=%s&date=%04d-%02d-%02d&start=%s&end=%s&space_id=%s"
        "&guest_count=1&purpose=Tamales&special_requests=",
        p->csrf, w->key, day.year, day.month, day.day, w->start, w->end, space);
}
