#include "domain/offers.h"

#include "domain/hours.h"
#include "util/guard.h"
#include "util/text.h"

enum { DAY_MIN = 1440, DAY_S = 86400, SOON_DAYS = 1, HORIZON_DAYS = 28 };
enum { EXCEPTIONS_MAX = 1000 }; /* of one batch */

/* No booking is longer: a week was allowed once, before BOOKING_MAX_MIN was a day. No
 * listing's form allows longer buffers. */
enum { BOOKING_MAX_S = 7 * DAY_S, BUFFER_MAX_S = 4 * 3600 };

/* A kitchen under examination. */
struct prospect {
    int64_t spot;
    struct offer offer;
    struct kitchen kitchen; /* what pricing and hours want of it */
    struct hours hours;
    int64_t length; /* in slots; 0: cannot be what is wished for */
    struct slots among;
    struct slate slate;
    bool found;
};

struct batch {
    struct prospect *prospects;
    size_t n;
};

/* ---- reading ----------------------------------------------------------------------
 */

static void read_kitchen(
    struct query *q, const struct near_kitchen *near, struct kitchen *k)
{
    *k = (struct kitchen) {
        .city = col_text(q, "city"),
        .region = col_text(q, "region"),
        .timezone = col_text(q, "timezone"),
        .rate = near->rate,
        .offpeak_rate = near->offpeak_rate,
        .offpeak_start_min = col_int(q, "offpeak_start_min"),
        .offpeak_end_min = col_int(q, "offpeak_end_min"),
        .cleaning = near->cleaning,
        .min_min = near->min_min,
        .max_min = kitchens_max_min(col_int(q, "max_min")),
        .step_min = col_int(q, "step_min"),
        .notice_min = col_int(q, "notice_min"),
        .buffer_before_min = col_int(q, "buffer_before_min"),
        .buffer_after_min = col_int(q, "buffer_after_min"),
        .policy = col_text(q, "policy"),
        .instant_book = col_int(q, "instant_book") != 0,
    };
    k->week = col_blob(q, "week", &k->week_bytes);
}

static void read_prospect(
    struct query *q, const struct near_kitchen *near, struct prospect *p)
{
    struct kitchen *k = &p->kitchen;
    const char *slug = col_text(q, "slug"), *title = col_text(q, "title");
    read_kitchen(q, near, k);
    p->offer = (struct offer) {
        .id = near->id,
        .slug = slug,
        .title = title,
        .city = k->city,
        .region = k->region,
        .kitchen_type = col_text(q, "kitchen_type"),
        .timezone = k->timezone,
        .photo = col_text(q, "cover"),
        .lat = near->lat,
        .lng = near->lng,
        .distance_mi = near->distance_mi,
        .rating_sum = near->rating_sum,
        .rating_count = near->rating_count,
        .instant_book = k->instant_book,
    };
    p->hours = (struct hours) {
        .zone = zone_find(k->timezone),
        .week = k->week_bytes == WEEK_BYTES ? k->week : NULL,
        .step_min = k->step_min,
        .buffer_before_min = k->buffer_before_min,
        .buffer_after_min = k->buffer_after_min,
    };
}

static const char *json_spots(struct ctx *c, const struct batch *b)
{
    char *out = arena_alloc(c->arena, b->n * (TEXT_INT_MAX + 1) + 3), *at = out;
    for (size_t i = 0; i < b->n; i++) {
        if (b->prospects[i].found || b->prospects[i].length <= 0)
            continue;
        *at = at == out ? '[' : ',';
        at += 1 + text_put_int(at + 1, b->prospects[i].spot);
    }
    if (at == out)
        *at++ = '[';
    *at = ']';
    return out;
}

static enum result read_prospects(struct ctx *c, const struct near_kitchen *kitchens,
    size_t kitchens_n, struct batch *b)
{
    struct query *q = db_query(c->db, Q_OFFERS_KITCHENS);
    for (size_t i = 0; i < kitchens_n; i++) {
        b->prospects[i].spot = kitchens[i].spot;
        b->prospects[i].length = 1;
    }
    b->n = kitchens_n;
    bind_text(q, "spots", json_spots(c, b));
    enum result r;
    size_t i = 0;
    b->n = 0;
    for (QUERY_EACH(q, r)) {
        int64_t id = col_int(q, "id");
        while (kitchens[i].id != id)
            CHECK(++i < kitchens_n);
        struct prospect *p = &b->prospects[b->n++];
        p->length = 0;
        p->spot = kitchens[i].spot;
        read_prospect(q, &kitchens[i], p);
    }
    return query_end(r);
}

/* ---- what is wished for ------------------------------------------------------------
 */

static int64_t length_of(const struct wish *w, const struct kitchen *k)
{
    int64_t minutes = w->length_min;
    if (minutes == 0 && w->start_min != ANY_TIME && w->end_min != ANY_TIME)
        minutes =
            w->end_min - w->start_min + (w->end_min <= w->start_min ? DAY_MIN : 0);
    if (minutes == 0)
        minutes = k->min_min;
    bool right = minutes >= k->min_min && minutes <= k->max_min && k->step_min > 0 &&
                 minutes % k->step_min == 0;
    return right ? slots_of_min(minutes) : 0;
}

static struct slots both(struct slots a, struct slots b)
{
    return (struct slots) { a.first > b.first ? a.first : b.first,
        a.end < b.end ? a.end : b.end };
}

/* Where a booking of LENGTH slots may start within the wished hours of the date DAY. */
static struct slots starts_on(
    const struct wish *w, const struct zone *z, int64_t day, int64_t length)
{
    struct slots among = hours_day(z, day);
    if (w->start_min != ANY_TIME)
        among.first = slot_of(hours_at(z, day, w->start_min) + SLOT_S - 1);
    if (w->end_min != ANY_TIME) {
        bool next_day = w->start_min != ANY_TIME && w->end_min <= w->start_min;
        int64_t end_at = hours_at(z, day + next_day, w->end_min);
        int64_t end = slot_of(end_at) - length + 1;
        among.end = next_day || end < among.end ? end : among.end;
    }
    return among;
}

/* The slots from notice to horizon. */
static struct slots allowed(const struct ctx *c, const struct kitchen *k)
{
    return (struct slots) { slot_of(c->now_at + k->notice_min * 60 + SLOT_S - 1),
        slot_of(c->now_at + c->conf->max_days_ahead * DAY_S) + 1 };
}

/* ---- looking -----------------------------------------------------------------------
 */

/* Exceptions are few: those of the batch in one list, each prospect's own side by
 * side in it, since they come in the order of the kitchens. */
static enum result read_exceptions(
    struct ctx *c, struct batch *b, const char *spots, struct slots reach)
{
    struct hours_exception *all = NULL;
    struct query *q = db_query(c->db, Q_OFFERS_EXCEPTIONS);
    bind_text(q, "spots", spots);
    bind_int(q, "from_day", slot_at(reach.first) / DAY_S - 2);
    bind_int(q, "to_day", slot_at(reach.end) / DAY_S + 2);
    bind_int(q, "max", EXCEPTIONS_MAX);
    enum result r;
    size_t n = 0, i = 0;
    for (QUERY_EACH(q, r)) {
        if (all == NULL)
            all = arena_array(c->arena, EXCEPTIONS_MAX, sizeof *all);
        int64_t kitchen_id = col_int(q, "kitchen_id");
        while (b->prospects[i].offer.id != kitchen_id)
            CHECK(++i < b->n);
        struct hours *h = &b->prospects[i].hours;
        if (h->exceptions_n++ == 0)
            h->exceptions = &all[n];
        all[n++] = (struct hours_exception) {
            .day = col_int(q, "day"),
            .start_min = col_int(q, "start_min"),
            .end_min = col_int(q, "end_min"),
            .opens = col_int(q, "opens") != 0,
        };
    }
    return query_end(r);
}

/* A booking takes one run of slots, of the whole kitchen or of a station: the whole is
 * not free then either. */
static enum result read_bookings(
    struct ctx *c, struct batch *b, const char *spots, struct slots reach)
{
    struct query *q = db_query(c->db, Q_OFFERS_BOOKINGS);
    bind_text(q, "spots", spots);
    int64_t first_at = slot_at(reach.first) - BUFFER_MAX_S;
    bind_int(q, "first_at", first_at);
    bind_int(q, "long_before_at", first_at - BOOKING_MAX_S);
    bind_int(q, "end_at", slot_at(reach.end) + BUFFER_MAX_S);
    enum result r;
    size_t i = 0;
    for (QUERY_EACH(q, r)) {
        int64_t kitchen_id = col_int(q, "kitchen_id");
        while (b->prospects[i].offer.id != kitchen_id)
            CHECK(++i < b->n);
        hours_take_all(&b->prospects[i].slate,
            slots_taken(col_int(q, "start_at"), col_int(q, "end_at"),
                col_int(q, "buffer_before_min"), col_int(q, "buffer_after_min")));
    }
    return query_end(r);
}

static bool is_open_question(const struct prospect *p)
{
    return !p->found && p->length > 0 && p->among.first < p->among.end;
}

/* Does a start lie within the wished hours of some date? Hours that run past
 * midnight belong to the date before. */
static bool suits(const struct wish *w, const struct prospect *p, int64_t slot)
{
    if (w->day != ANY_DAY || (w->start_min == ANY_TIME && w->end_min == ANY_TIME))
        return true;
    const struct zone *z = p->hours.zone;
    int64_t day = hours_date(z, slot_at(slot));
    struct slots today = starts_on(w, z, day, p->length);
    struct slots yesterday = starts_on(w, z, day - 1, p->length);
    return (slot >= today.first && slot < today.end) ||
           (slot >= yesterday.first && slot < yesterday.end);
}

static void settle(const struct wish *w, struct prospect *p)
{
    struct slots among = p->among;
    while (among.first < among.end) {
        int64_t slot = hours_next_start(&p->slate, &p->hours, among, p->length);
        if (slot < 0)
            return;
        if (suits(w, p, slot)) {
            p->found = true;
            p->offer.start_at = slot_at(slot);
            p->offer.end_at = slot_at(slot + p->length);
            return;
        }
        among.first = slot + 1;
    }
}

/* Looks for a start within each open question's `among`. */
static enum result look(struct ctx *c, const struct wish *w, struct batch *b)
{
    struct slots reach = { INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < b->n; i++) {
        struct prospect *p = &b->prospects[i];
        if (!is_open_question(p))
            continue;
        struct slots own = hours_reach(&p->hours, p->among, p->length);
        reach.first = own.first < reach.first ? own.first : reach.first;
        reach.end = own.end > reach.end ? own.end : reach.end;
        p->hours.exceptions_n = 0;
    }
    if (reach.first >= reach.end)
        return OK;
    const char *spots = json_spots(c, b);
    TRY(read_exceptions(c, b, spots, reach));
    for (size_t i = 0; i < b->n; i++) {
        struct prospect *p = &b->prospects[i];
        if (is_open_question(p))
            p->slate = hours_slate(
                c->arena, &p->hours, hours_reach(&p->hours, p->among, p->length));
    }
    TRY(read_bookings(c, b, spots, reach));
    for (size_t i = 0; i < b->n; i++)
        if (is_open_question(&b->prospects[i]))
            settle(w, &b->prospects[i]);
    return OK;
}

static enum result look_at_once(struct ctx *c, const struct wish *w, struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct prospect *p = &b->prospects[i];
        if (p->length > 0)
            p->among = both(allowed(c, &p->kitchen),
                starts_on(w, p->hours.zone, w->day, p->length));
    }
    return look(c, w, b);
}

/* Most kitchens have a start within a day, so look farther only for the others. */
static enum result look_ahead(struct ctx *c, const struct wish *w, struct batch *b)
{
    static const int64_t days[] = { 0, SOON_DAYS, HORIZON_DAYS };
    for (size_t step = 1; step < COUNT_OF(days); step++) {
        for (size_t i = 0; i < b->n; i++) {
            struct prospect *p = &b->prospects[i];
            struct slots all = allowed(c, &p->kitchen);
            struct slots step_slots = { all.first + days[step - 1] * DAY_SLOTS,
                all.first + days[step] * DAY_SLOTS };
            p->among = both(all, step_slots);
        }
        TRY(look(c, w, b));
    }
    return OK;
}

enum result offers_find(struct ctx *c, const struct wish *wish,
    const struct near_kitchen *kitchens, size_t kitchens_n, struct offer *out,
    size_t *n)
{
    CHECK(kitchens_n <= OFFERS_BATCH);
    struct batch b = { arena_array(c->arena, kitchens_n, sizeof *b.prospects), 0 };
    *n = 0;
    TRY(read_prospects(c, kitchens, kitchens_n, &b));
    for (size_t i = 0; i < b.n; i++)
        if (b.prospects[i].hours.zone != NULL)
            b.prospects[i].length = length_of(wish, &b.prospects[i].kitchen);
    TRY(wish->day == ANY_DAY ? look_ahead(c, wish, &b) : look_at_once(c, wish, &b));
    for (size_t i = 0; i < b.n; i++) {
        struct prospect *p = &b.prospects[i];
        if (!p->found)
            continue;
        /* The whole kitchen has the kitchen's rate. */
        struct space whole = { .rate = p->kitchen.rate };
        TRY(pricing_quote(c, &p->kitchen, &whole, p->offer.start_at, p->offer.end_at,
            &p->offer.quote));
        out[(*n)++] = p->offer;
    }
    return OK;
}
