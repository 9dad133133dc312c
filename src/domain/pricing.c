#include "domain/pricing.h"

#include "domain/slots.h"
#include "util/guard.h"
#include "util/text.h"
#include "util/zone.h"

enum { HOUR_S = 3600, DAY_S = 86400, ALL_BP = 10000 };

/* Jurisdictions whose rate differs from the setting default_tax_bp. The four
 * states have no general sales tax at all (Federation of Tax Administrators, list
 * of state sales tax rates); Alaska has none but lets its cities levy their own. A
 * row with a city comes before its state's. */
static const struct {
    const char *region, *city;
    int64_t bp;
} tax_table[] = {
    { "AK", "Anchorage", 0 },
    { "AK", "Fairbanks", 0 },
    { "AK", "Juneau", 500 },
    { "DE", NULL, 0 },
    { "MT", NULL, 0 },
    { "NH", NULL, 0 },
    { "OR", NULL, 0 },
};

int64_t pricing_tax_bp(const char *region, const char *city, int64_t otherwise_bp)
{
    for (size_t i = 0; i < COUNT_OF(tax_table); i++)
        if (text_is(tax_table[i].region, region) &&
            (tax_table[i].city == NULL || text_same_nocase(tax_table[i].city, city)))
            return tax_table[i].bp;
    return otherwise_bp;
}

int64_t pricing_least_tax_bp(const char *region, int64_t otherwise_bp)
{
    int64_t least = otherwise_bp;
    for (size_t i = 0; i < COUNT_OF(tax_table); i++)
        if (text_is(tax_table[i].region, region) && tax_table[i].bp < least)
            least = tax_table[i].bp;
    return least;
}

static bool is_offpeak(const struct kitchen *k, int64_t minute)
{
    if (k->offpeak_start_min < k->offpeak_end_min)
        return minute >= k->offpeak_start_min && minute < k->offpeak_end_min;
    return minute >= k->offpeak_start_min || minute < k->offpeak_end_min;
}

/* Minutes of the booking whose quarter hour begins in off-peak hours. */
static int64_t offpeak_minutes(
    const struct kitchen *k, const struct zone *z, int64_t start_at, int64_t end_at)
{
    int64_t minutes = 0;
    for (int64_t at = start_at; at < end_at;) {
        int64_t slot = slot_of(at), next_at = slot_at(slot + 1);
        if (next_at > end_at)
            next_at = end_at;
        struct civil wall;
        zone_civil(z, slot_at(slot), &wall);
        if (is_offpeak(k, wall.hour * 60 + wall.minute))
            minutes += (next_at - at) / 60;
        at = next_at;
    }
    return minutes;
}

static void add_up(struct quote *q, struct cents cleaning)
{
    int64_t peak_minutes = q->minutes - q->offpeak_minutes;
    struct cents sixty_times =
        cents_of(peak_minutes * q->rate.n + q->offpeak_minutes * q->offpeak_rate.n);
    q->base = cents_share(sixty_times, 1, 60);
    q->cleaning = cleaning;
    struct cents net = cents_add(q->base, q->cleaning);
    q->service_fee = cents_of_bp(net, q->vendor_fee_bp);
    struct cents taxed = cents_add(net, q->service_fee);
    q->tax = cents_of_bp(taxed, q->tax_bp);
    q->total = cents_add(taxed, q->tax);
    q->host = cents_sub(net, cents_of_bp(q->base, q->host_fee_bp));
}

enum result pricing_quote(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at, struct quote *out)
{
    CHECK(start_at < end_at && (end_at - start_at) % 60 == 0);
    bool own_rate = space->rate.n != k->rate.n;
    const struct zone *z = zone_find(k->timezone);
    if (z == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    *out = (struct quote) {
        .minutes = (end_at - start_at) / 60,
        .rate = space->rate,
        .offpeak_rate = own_rate ? cents_of(0) : k->offpeak_rate,
        .vendor_fee_bp = c->conf->vendor_fee_bp,
        .host_fee_bp = c->conf->host_fee_bp,
        .tax_bp = pricing_tax_bp(k->region, k->city, c->conf->default_tax_bp),
        .policy = k->policy,
    };
    if (out->offpeak_rate.n > 0)
        out->offpeak_minutes = offpeak_minutes(k, z, start_at, end_at);
    add_up(out, k->cleaning);
    return OK;
}

/* ---- cancellation ---------------------------------------------------------------- */

/* The share that goes back so long before the start, largest first. */
static const struct {
    const char *policy;
    struct {
        int64_t ahead_s, bp;
    } steps[2];
} policies[] = {
    { "flexible", { { DAY_S, ALL_BP }, { 0, ALL_BP / 2 } } },
    { "moderate", { { 7 * DAY_S, ALL_BP }, { DAY_S, ALL_BP / 2 } } },
    { "strict", { { 7 * DAY_S, ALL_BP / 2 }, { 7 * DAY_S, 0 } } },
};

enum { GRACE_S = 24 * HOUR_S, GRACE_AHEAD_S = 48 * HOUR_S };

static bool has_grace(const struct terms *t)
{
    return t->start_at - t->booked_at >= GRACE_AHEAD_S;
}

static size_t policy_of(const struct terms *t)
{
    for (size_t i = 0; i < COUNT_OF(policies); i++)
        if (text_is(policies[i].policy, t->policy))
            return i;
    CHECK(!"a policy of the catalogue");
    return 0;
}

int64_t pricing_refund_bp(const struct terms *t, int64_t at)
{
    size_t policy = policy_of(t);
    if (at > t->start_at)
        return 0;
    if (has_grace(t) && at <= t->booked_at + GRACE_S)
        return ALL_BP;
    for (size_t i = 0; i < COUNT_OF(policies[policy].steps); i++)
        if (t->start_at - at >= policies[policy].steps[i].ahead_s)
            return policies[policy].steps[i].bp;
    return 0;
}

struct refund pricing_refund_share(const struct terms *t, int64_t bp)
{
    struct refund r = {
        .base = cents_of_bp(t->base, bp),
        .cleaning = cents_of_bp(t->cleaning, bp),
        .service_fee = cents_of_bp(t->service_fee, bp),
        .tax = cents_of_bp(t->tax, bp),
    };
    r.total = cents_add(cents_add(r.base, r.cleaning), cents_add(r.service_fee, r.tax));
    return r;
}

struct refund pricing_refund(const struct terms *t, int64_t at)
{
    return pricing_refund_share(t, pricing_refund_bp(t, at));
}

size_t pricing_ladder(
    const struct terms *t, int64_t from_at, struct ladder_row out[LADDER_MAX])
{
    size_t policy = policy_of(t), limits_n = 0, n = 0;
    int64_t limits[LADDER_MAX];
    for (size_t i = 0; i < COUNT_OF(policies[policy].steps); i++)
        limits[limits_n++] = t->start_at - policies[policy].steps[i].ahead_s;
    limits[limits_n++] = t->start_at;
    if (has_grace(t)) {
        size_t i = limits_n++;
        int64_t grace_at = t->booked_at + GRACE_S;
        for (; i > 0 && limits[i - 1] > grace_at; i--)
            limits[i] = limits[i - 1];
        limits[i] = grace_at;
    }
    for (size_t i = 0; i < limits_n; i++) {
        int64_t bp = pricing_refund_bp(t, limits[i]);
        if (limits[i] < from_at)
            continue;
        if (n > 0 && out[n - 1].bp == bp)
            n--;
        out[n++] = (struct ladder_row) { limits[i], bp, pricing_refund_share(t, bp) };
    }
    return n;
}

struct terms pricing_terms(const struct quote *q, int64_t booked_at, int64_t start_at)
{
    return (struct terms) {
        .base = q->base,
        .cleaning = q->cleaning,
        .service_fee = q->service_fee,
        .tax = q->tax,
        .policy = q->policy,
        .booked_at = booked_at,
        .start_at = start_at,
    };
}
