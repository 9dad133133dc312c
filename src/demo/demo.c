#include "demo/demo.h"

#include <stdio.h>

#include "domain/audit.h"
#include "domain/availability.h"
#include "domain/compliance.h"
#include "domain/listings.h"
#include "domain/passwords.h"
#include "domain/pricing.h"
#include "domain/slots.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "util/zone.h"

enum { HOSTS = 10, VENDORS = 6, KITCHENS = 40, DAY_S = 86400 };

static const char password[] = "copper kettle seven";
static const char timezone_name[] = "America/Chicago";

static const struct person {
    const char *email, *full_name, *business, *role;
} people[] = {
    { "admin@demo.test", "Ada Admin", "", "admin" },
    { "support@demo.test", "Sam Support", "", "support" },
    { "host@demo.test", "Helen Ortiz", "Ortiz Commissary", "host" },
    { "host2@demo.test", "Bao Nguyen", "East Side Kitchens", "host" },
    { "host3@demo.test", "Grace Lindqvist", "Lindqvist Bakehouse", "host" },
    { "host4@demo.test", "Marcus Bell", "Bell & Sons", "host" },
    { "host5@demo.test", "Priya Raman", "Mueller Community Kitchen", "host" },
    { "host6@demo.test", "Tom Kowalski", "Kowalski Catering", "host" },
    { "host7@demo.test", "Aisha Diallo", "South First Kitchens", "host" },
    { "host8@demo.test", "Rosa Delgado", "Panaderia Delgado", "host" },
    { "host9@demo.test", "Ken Tanaka", "Tanaka Food Hall", "host" },
    { "host10@demo.test", "Lucy Grant", "Grant Street Kitchen", "host" },
    { "vendor@demo.test", "Vera Stone", "Stone Soup Catering", "vendor" },
    { "vendor2@demo.test", "Omar Haddad", "Haddad Falafel", "vendor" },
    { "vendor3@demo.test", "June Park", "Park Pastry", "vendor" },
    { "vendor4@demo.test", "Eli Brooks", "Brooks Barbecue", "vendor" },
    { "vendor5@demo.test", "Nina Petrova", "Nina's Pierogi", "vendor" },
    { "vendor6@demo.test", "Cal Whitman", "The Green Truck", "vendor" },
};

static const struct spot {
    const char *name, *zip;
    double lat, lng;
} spots[] = {
    { "Oak Street", "78701", 30.2711, -97.7437 },
    { "East Cesar Chavez", "78702", 30.2576, -97.7253 },
    { "South Lamar", "78704", 30.2473, -97.7716 },
    { "Mueller", "78723", 30.2996, -97.7045 },
    { "North Loop", "78751", 30.3180, -97.7195 },
    { "Burnet Road", "78757", 30.3520, -97.7395 },
    { "Riverside", "78741", 30.2380, -97.7200 },
    { "Slaughter Lane", "78748", 30.1740, -97.8230 },
    { "Domain", "78758", 30.4010, -97.7250 },
    { "Windsor Park", "78723", 30.3120, -97.6900 },
};
static const char *const kinds[][3] = {
    { "commissary", "Commissary",
        "A working commissary with everything within three steps." },
    { "bakery", "Bakehouse",
        "Built for dough: cool in the morning, deck ovens hot by five." },
    { "restaurant", "Restaurant Kitchen",
        "A full restaurant line, yours when ours is closed." },
    { "catering", "Catering Kitchen",
        "Room to plate for three hundred, and a dock to load from." },
};
static const char *const extras[] = {
    "Two prep islands, good light, a floor that drains. Parking at the back door.",
    "Quiet street, easy loading. The walk-in is shared and labelled by shelf.",
    "Everything is on casters. Tell us what you cook, and we set the line for you.",
    "New hoods last year. There is a desk and Wi-Fi for the paperwork.",
};
static const char *const reviews[] = {
    "Spotless, and everything worked. We were out on time without rushing.",
    "The walk-in is huge. Parking was easy even with the trailer.",
    "Great ovens. The floor mixer is loud, but does the job.",
    "Clear instructions, the door code worked at once. Will book again.",
    "Good value for the hours we need, early in the morning.",
    "A bit tight with four people, perfect with two.",
};

/* Choices come from a generator of their own: the same city every time, while uids
 * stay random. (Knuth's MMIX constants.) */
static uint32_t pick(uint32_t below)
{
    static uint64_t state = 20261123;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

struct demo {
    int64_t ids[COUNT_OF(people)];
    int64_t first_host, first_vendor; /* indices in people */
    const char *paper_hash;
};

/* ---- people ---- */

static enum result add_person(
    struct ctx *c, const struct person *p, const char *hash, int64_t *id)
{
    struct query *q = db_query(c->db, Q_ACCOUNTS_ADD);
    bind_text(q, "email", p->email);
    bind_text(q, "email_key", p->email);
    bind_text(q, "password_hash", hash);
    bind_text(q, "full_name", p->full_name);
    bind_text(q, "role", p->role);
    bind_text(q, "business_name", p->business);
    bind_text(q, "phone", "512 555 0100");
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    *id = db_last_id(c->db);
    q = db_query(c->db, Q_ACCOUNTS_VERIFY);
    bind_int(q, "id", *id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    if (!text_is(p->role, "host"))
        return OK;
    q = db_query(c->db, Q_DEMO_ACTIVATE_HOST);
    bind_int(q, "user_id", *id);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

static enum result add_people(struct ctx *c, struct demo *d)
{
    const char *hash;
    TRY(passwords_hash(c, password, &hash));
    TRY(db_begin(c->db));
    for (size_t i = 0; i < COUNT_OF(people); i++)
        TRY(add_person(c, &people[i], hash, &d->ids[i]));
    TRY(audit_add(c, "demo.load", "user", d->ids[0], "the demo people"));
    d->first_host = 2;
    d->first_vendor = 2 + HOSTS;
    return db_commit(c->db);
}

static void act_as(struct ctx *c, const struct demo *d, int64_t i)
{
    c->actor = (struct actor) { .user_id = d->ids[i],
        .role = role_of(people[i].role),
        .verified = true,
        .full_name = people[i].full_name,
        .email = people[i].email };
}

/* ---- kitchens ---- */

static struct listing_input invent(struct ctx *c, int n)
{
    const struct spot *spot = &spots[n % (int)COUNT_OF(spots)];
    const char *const *kind =
        kinds[(n / (int)COUNT_OF(spots) + n) % (int)COUNT_OF(kinds)];
    struct equipment *equipment = arena_array(c->arena, 16, sizeof *equipment);
    size_t count = 0;
    for (int item = 0; item < 34 && count < 12; item++)
        if (pick(100) < 38)
            equipment[count++] = (struct equipment) { item, 1 + pick(3) };
    return (struct listing_input) {
        .k = {
            .title = ctx_printf(c, "%s %s%s", spot->name, kind[1], n >= 20 ? " II" : ""),
            .description = ctx_printf(c, "%s\n\n%s", kind[2], extras[pick(COUNT_OF(extras))]),
            .kitchen_type = kind[0],
            .address = ctx_printf(c, "%d %s", 100 + 7 * n, spot->name),
            .city = "Austin",
            .region = "TX",
            .postal_code = spot->zip,
            .lat = spot->lat + ((int)pick(200) - 100) / 10000.0,
            .lng = spot->lng + ((int)pick(200) - 100) / 10000.0,
            .timezone = timezone_name,
            .square_feet = 400 + 50 * pick(40),
            .capacity = 2 + pick(10),
            .feature_mask = 1 | pick(1 << 10),
            .restrictions = "Leave the line as you found it. No open flames outside the hoods.",
            .accessibility = "Step-free from the parking lot, doors 36 inches wide.",
            .certifications = "ServSafe manager on site",
            .access_notes = "Keypad on the back door. Lights are to the left.",
            .rate = { 2500 + 250 * (int64_t)pick(20) },
            .offpeak_rate = { n % 3 == 0 ? 2000 : 0 },
            .offpeak_start_min = n % 3 == 0 ? 22 * 60 : 0,
            .offpeak_end_min = n % 3 == 0 ? 6 * 60 : 0,
            .cleaning = { 1500 + 500 * (int64_t)pick(5) },
            .deposit = { 20000 },
            .min_min = 120,
            .max_min = 1440,
            .step_min = 30,
            .notice_min = n % 4 == 0 ? 120 : 1440,
            .buffer_after_min = 30,
            .policy = n % 3 == 0 ? "flexible" : n % 3 == 1 ? "moderate" : "strict",
            .instant_book = true,
        },
        .equipment = equipment,
        .equipment_n = count,
    };
}

/* All papers of the city are this one page. */
static const char paper[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 "
    "R/Resources<</Font<</F 5 0 R>>>>>> endobj\n"
    "4 0 obj<</Length 54>>stream\n"
    "BT /F 24 Tf 72 680 Td (A paper of the demo city) Tj ET\n"
    "endstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n"
    "xref\n"
    "0 6\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000053 00000 n \n"
    "0000000103 00000 n \n"
    "0000000213 00000 n \n"
    "0000000313 00000 n \n"
    "trailer<</Size 6/Root 1 0 R>>\n"
    "startxref\n"
    "375\n"
    "%%EOF\n";

static enum result keep_paper(struct ctx *c, struct demo *d)
{
    struct store s = compliance_store(c);
    const char *folder = store_make_folder(&s, c->arena);
    if (folder == NULL)
        return R_FAULT;
    const char *path = ctx_printf(c, "%s/paper", folder);
    FILE *f = fopen(path, "we");
    bool written =
        f != NULL && fwrite(paper, 1, sizeof paper - 1, f) == sizeof paper - 1;
    written = f != NULL && fclose(f) == 0 && written;
    enum result r =
        written ? store_put_file(&s, c->arena, path, &d->paper_hash) : R_FAULT;
    store_drop_folder(c->arena, folder);
    return r;
}

/* The first APPROVED of them are approved, the rest wait in the admin's queue. */
static enum result add_papers(
    struct ctx *c, const struct demo *d, int64_t kitchen_id, size_t approved)
{
    static const char *const papers[][2] = { { "health_permit",
                                                 "Austin Public Health" },
        { "business_license", "City of Austin" }, { "insurance", "Lone Star Mutual" } };
    TRY(db_begin(c->db));
    for (size_t i = 0; i < COUNT_OF(papers); i++) {
        struct query *q = db_query(c->db, Q_DEMO_ADD_PAPER);
        bind_int(q, "kitchen_id", kitchen_id);
        bind_text(q, "kind", papers[i][0]);
        bind_text(q, "number", ctx_printf(c, "%c-%05d", "HBI"[i], (int)pick(100000)));
        bind_text(q, "authority", papers[i][1]);
        bind_int(q, "issued_day", c->now_at / DAY_S - 100);
        bind_int(q, "expires_day", c->now_at / DAY_S + 265);
        bind_text(q, "hash", d->paper_hash);
        bind_int(q, "bytes", sizeof paper - 1);
        bind_text(q, "file_name", ctx_printf(c, "%s.pdf", papers[i][0]));
        bind_text(q, "state", i < approved ? "approved" : "pending");
        if (i < approved) {
            bind_int(q, "decided_by", d->ids[0]);
            bind_int(q, "decided_at", c->now_at);
        } else {
            bind_null(q, "decided_by");
            bind_null(q, "decided_at");
        }
        bind_int(q, "now_at", c->now_at);
        TRY(query_run(q));
    }
    return db_commit(c->db);
}

static enum result open_hours(struct ctx *c, int64_t id, int n)
{
    struct weekly_window windows[7];
    for (int day = 0; day < 7; day++) {
        bool night = n % 5 == 4;
        windows[day] = (struct weekly_window) { .weekday = day,
            .start_min = night ? 18 * 60 : 6 * 60,
            .end_min = night ? 26 * 60 : 23 * 60 };
    }
    return availability_set_week(c, id, windows, n % 6 == 5 ? 6 : 7);
}

/* One kitchen by the way that any kitchen goes: draft, papers, approval. Of the
 * last three one stays a draft, two wait in the admin's queue. */
static enum result add_kitchen(struct ctx *c, struct demo *d, int n)
{
    int64_t id;
    struct listing_input in = invent(c, n);
    act_as(c, d, d->first_host + n % HOSTS);
    TRY(listings_create(c, &in, &id));
    TRY(open_hours(c, id, n));
    if (n % 7 == 3) {
        TRY(listings_add_station(c, id, "Pastry station", (struct cents) { 2200 }, 2));
        TRY(listings_add_station(c, id, "Hot line", (struct cents) { 3000 }, 3));
    }
    TRY(add_papers(c, d, id, n >= KITCHENS - 3 ? 2 : 3));
    if (n == KITCHENS - 1)
        return OK;
    TRY(listings_act(c, id, LISTING_SUBMIT, ""));
    if (n >= KITCHENS - 3)
        return OK;
    act_as(c, d, 0);
    return listings_act(c, id, LISTING_APPROVE, "");
}

/* ---- bookings and reviews ---- */

static void bind_quote(struct query *q, const struct quote *quote)
{
    bind_int(q, "rate_cents", quote->rate.n);
    bind_int(q, "base_cents", quote->base.n);
    bind_int(q, "cleaning_cents", quote->cleaning.n);
    bind_int(q, "service_fee_cents", quote->service_fee.n);
    bind_int(q, "tax_cents", quote->tax.n);
    bind_int(q, "total_cents", quote->total.n);
    bind_int(q, "host_cents", quote->host.n);
    bind_int(q, "vendor_fee_bp", quote->vendor_fee_bp);
    bind_int(q, "host_fee_bp", quote->host_fee_bp);
    bind_int(q, "tax_bp", quote->tax_bp);
    bind_text(q, "policy", quote->policy);
}

static enum result add_booking(struct ctx *c, const struct kitchen *k,
    const struct space *s, int64_t vendor_id, const char *state, int64_t start_at,
    int64_t *id)
{
    struct quote quote;
    int64_t end_at = start_at + 6 * 3600;
    TRY(pricing_quote(c, k, s, start_at, end_at, &quote));
    struct query *q = db_query(c->db, Q_DEMO_ADD_BOOKING);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "space_id", s->id);
    bind_int(q, "vendor_id", vendor_id);
    bind_int(q, "host_id", k->host_id);
    bind_text(q, "state", state);
    bind_int(q, "start_at", start_at);
    bind_int(q, "end_at", end_at);
    bind_text(q, "timezone", k->timezone);
    bind_int(q, "buffer_before_min", k->buffer_before_min);
    bind_int(q, "buffer_after_min", k->buffer_after_min);
    bind_int(q, "guest_count", 3);
    bind_text(q, "purpose", "Prep for the weekend");
    bind_quote(q, &quote);
    bind_int(q, "created_at", c->now_at - 20 * DAY_S);
    TRY(query_run(q));
    *id = db_last_id(c->db);
    TRY(audit_add(
        c, ctx_printf(c, "booking.%s", state), "booking", *id, "from the demo"));
    q = db_query(c->db, Q_DEMO_ADD_PAYMENT);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "booking_id", *id);
    bind_int(q, "amount_cents", quote.total.n);
    bind_int(q, "at", c->now_at - 20 * DAY_S);
    return query_run(q);
}

static enum result take_cells(struct ctx *c, const struct kitchen *k,
    int64_t booking_id, int64_t start_at, int64_t end_at)
{
    struct space *spaces;
    size_t n;
    struct slots slots = slots_of_booking(k, start_at, end_at);
    TRY(kitchens_spaces(c, k, &spaces, &n));
    for (size_t i = 0; i < n; i++) {
        for (int64_t slot = slots.first; slot < slots.end; slot++) {
            struct query *q = db_query(c->db, Q_DEMO_ADD_CELL);
            bind_int(q, "space_id", spaces[i].id);
            bind_int(q, "slot", slot);
            bind_int(q, "booking_id", booking_id);
            TRY(query_run(q));
        }
    }
    return OK;
}

static enum result add_review(
    struct ctx *c, const struct kitchen *k, int64_t vendor_id, int64_t booking_id)
{
    int64_t overall = 3 + pick(3);
    struct query *q = db_query(c->db, Q_DEMO_ADD_REVIEW);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "author_id", vendor_id);
    bind_int(q, "overall", overall);
    bind_int(q, "cleanliness", 3 + pick(3));
    bind_int(q, "equipment", 3 + pick(3));
    bind_int(q, "location", 4 + pick(2));
    bind_int(q, "value", 3 + pick(3));
    bind_text(q, "body", reviews[pick(COUNT_OF(reviews))]);
    bind_text(q, "reply", overall == 3 ? "Thank you, we will look into it." : "");
    bind_int(q, "at", c->now_at - 5 * DAY_S);
    TRY(query_run(q));
    q = db_query(c->db, Q_DEMO_ADD_RATING);
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "overall", overall);
    return query_run(q);
}

/* A past booking with a review, and one to come, for a kitchen. */
static enum result add_history(struct ctx *c, struct demo *d, int64_t kitchen_id)
{
    struct kitchen k;
    struct space s;
    struct civil day;
    int64_t booking_id, vendor_id = d->ids[d->first_vendor + kitchen_id % VENDORS];
    const struct zone *z = zone_find(timezone_name);
    CHECK(z != NULL);
    TRY(kitchens_get(c, kitchen_id, &k));
    TRY(kitchens_space(c, &k, 0, &s));
    TRY(db_begin(c->db));
    for (int past = 1 + (int)pick(4); past > 0; past--) {
        zone_civil(z, c->now_at - (8 + 3 * past) * DAY_S, &day);
        int64_t start_at = zone_day_start(z, day.year, day.month, day.day) + 18 * 3600;
        TRY(add_booking(c, &k, &s, vendor_id, "completed", start_at, &booking_id));
        TRY(add_review(c, &k, vendor_id, booking_id));
    }
    zone_civil(z, c->now_at + (2 + kitchen_id % 5) * DAY_S, &day);
    int64_t start_at = zone_day_start(z, day.year, day.month, day.day) + 18 * 3600;
    TRY(add_booking(c, &k, &s, vendor_id, "confirmed", start_at, &booking_id));
    TRY(take_cells(c, &k, booking_id, start_at, start_at + 6 * 3600));
    return db_commit(c->db);
}

/* ---- all of it ---- */

enum result demo_load(struct ctx *c, void *arg)
{
    struct demo d = { 0 };
    CHECK(arg == NULL);
    struct query *q = db_query(c->db, Q_DEMO_IS_EMPTY);
    TRY(query_step(q));
    if (col_int(q, "is_empty") == 0)
        return fail(c, R_CONFLICT,
            "The database has accounts already; the demo is for an empty one.");
    TRY(add_people(c, &d));
    TRY(keep_paper(c, &d));
    for (int n = 0; n < KITCHENS; n++)
        TRY(add_kitchen(c, &d, n));
    for (int64_t id = 1; id <= KITCHENS - 3; id++)
        TRY(add_history(c, &d, id));
    return OK;
}

void demo_print_people(void)
{
    printf("The demo city is ready. Log in with the password: %s\n", password);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        if (i < 3 || i == 2 + HOSTS)
            printf("  %-8s %-20s %s\n", people[i].role, people[i].email,
                people[i].full_name);
}
