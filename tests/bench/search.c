/* prep-bench DATA KITCHENS: fills a migrated database that has its places (prep
 * import-places) with so many kitchens, if it has none, and prints how long
 * searches in the 200 largest towns take inside the program; of two, side by side. They
 * lie as densely as ZIP
 * codes do; every fourth has a booking in the coming week. Always the same kitchens.
 *
 * More kitchens are more everywhere, round the same ZIP codes: 1,000,000 is the country
 * of 10,000 with a hundred times as many on each street, and not a hundred such
 * countries. That is the harder model: a search finds its page next door, among more
 * that fit, and numbers of neighbours are as far apart as can be, since kitchens come
 * in any order. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/run.h"
#include "domain/hours.h"
#include "domain/places.h"
#include "domain/search.h"
#include "domain/squares.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

enum { SEARCHES = 600, WARM_UP = 2000, WEEKLY_ROWS_FOR = 20000, DAY_S = 86400 };

static uint64_t state = 1;

static uint32_t dice(uint32_t limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 32) * limit >> 32);
}

/* Around 0, as far as SPREAD mostly. */
static double scatter(double spread)
{
    return ((double)dice(1000000) + dice(1000000) + dice(1000000) - 1500000) / 500000 *
           spread;
}

/* ---- filling ------------------------------------------------------------------------
 */

static sqlite3 *db;

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
    return stmt;
}

static void run(const char *sql)
{
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void step(sqlite3_stmt *stmt)
{
    CHECK(sqlite3_step(stmt) == SQLITE_DONE);
    sqlite3_reset(stmt);
}

struct spot {
    double lat, lng;
    char city[64], region[4], postal_code[8];
};

static struct spot *spots;
static size_t spots_n;

static void read_spots(void)
{
    sqlite3_stmt *q = prepare("SELECT lat, lng, city, region, postal_code FROM places"
                              " WHERE lat BETWEEN 24 AND 50 ORDER BY postal_code");
    spots = calloc(100000, sizeof *spots);
    CHECK(spots != NULL);
    while (sqlite3_step(q) == SQLITE_ROW && spots_n < 100000) {
        struct spot *s = &spots[spots_n++];
        s->lat = sqlite3_column_double(q, 0);
        s->lng = sqlite3_column_double(q, 1);
        snprintf(
            s->city, sizeof s->city, "%s", (const char *)sqlite3_column_text(q, 2));
        snprintf(
            s->region, sizeof s->region, "%s", (const char *)sqlite3_column_text(q, 3));
        snprintf(s->postal_code, sizeof s->postal_code, "%s",
            (const char *)sqlite3_column_text(q, 4));
    }
    sqlite3_finalize(q);
    if (spots_n == 0) {
        fprintf(stderr, "There are no places: run prep import-places first.\n");
        exit(1);
    }
}

static const char *zone_of(double lng)
{
    return lng > -85    ? "America/New_York"
           : lng > -101 ? "America/Chicago"
           : lng > -114 ? "America/Denver"
                        : "America/Los_Angeles";
}

static sqlite3_stmt *add_kitchen, *add_space, *add_window, *add_text, *add_photo,
    *add_booking, *add_cell;

static void prepare_all(void)
{
    add_kitchen = prepare(
        "INSERT INTO kitchens (id, host_id, state, title, slug, description, "
        "kitchen_type,"
        " address, city, region, postal_code, lat, lng, cell, timezone, capacity,"
        " equipment_mask, rate_cents, cleaning_cents, week, bookable, rating_sum,"
        " rating_count, created_at, updated_at) VALUES (:id, 1, 'active', 'Kitchen ' "
        "|| :id,"
        " 'kitchen-' || :id, :description, 'commissary', '1 Main St', :city, :region,"
        " :postal_code, :lat, :lng, :cell, :zone, 6, :mask, :rate, :cleaning, :week, 1,"
        " :sum, :count, 1, 1)");
    add_text = prepare("INSERT INTO kitchen_text (rowid, words) VALUES (?1, ?2)");
    add_space = prepare("INSERT INTO spaces (kitchen_id, kind, name) VALUES (?, ?, ?)");
    add_window = prepare("INSERT INTO weekly_windows VALUES (?, ?, 360, 1320)");
    add_photo =
        prepare("INSERT INTO photos (kitchen_id, position, hash, width, height,"
                " created_at) VALUES (?1, 0, printf('%064x', ?1), 1200, 800, 1)");
    add_booking = prepare(
        "INSERT INTO bookings (cell, id, uid, kitchen_id, space_id, vendor_id, "
        "host_id, "
        "state,"
        " start_at, end_at, timezone, buffer_before_min, buffer_after_min, guest_count,"
        " purpose, special_requests, rate_cents, base_cents, cleaning_cents,"
        " service_fee_cents, tax_cents, total_cents, host_cents, vendor_fee_bp, "
        "host_fee_bp,"
        " tax_bp, policy, created_at, hold_until, updated_at) VALUES ((SELECT cell FROM"
        " kitchens WHERE id = ?4), ?1, 'bench-' || "
        "?1, ?4,"
        " ?2, 1, 1, 'confirmed', ?3, ?3 + 14400, 'UTC', 0, 30, 1, '', '', 1, 1, 0, 0, "
        "0, 1, 1,"
        " 0, 0, 0, 'moderate', 1, 1, 1)");
    add_cell =
        prepare("INSERT INTO cells (space_id, slot, booking_id) VALUES (?, ?, ?)");
}

static void bind_texts(sqlite3_stmt *q, const char *const (*pairs)[2], size_t n)
{
    for (size_t i = 0; i < n; i++)
        sqlite3_bind_text(q, sqlite3_bind_parameter_index(q, pairs[i][0]), pairs[i][1],
            -1, SQLITE_TRANSIENT);
}

static void bind_number(sqlite3_stmt *q, const char *name, int64_t n)
{
    sqlite3_bind_int64(q, sqlite3_bind_parameter_index(q, name), n);
}

static const char *const words[] = { "smoker", "bakery", "loading dock",
    "walk-in cooler", "gluten-free", "catering", "tortillas", "ice cream", "sunny",
    "parking", "quiet street", "ground floor", "pastry", "grill", "sauces" };

/* As search_index() does it. */
static void put_text(int64_t spot, int64_t id, const char *description)
{
    char text[300];
    snprintf(text, sizeof text, "Kitchen %lld, %s, Commissary kitchen", (long long)id,
        description);
    sqlite3_bind_int64(add_text, 1, spot);
    sqlite3_bind_text(add_text, 2, text, -1, SQLITE_STATIC);
    step(add_text);
}

static void put_kitchen(int64_t id, const unsigned char week[WEEK_BYTES])
{
    const struct spot *s = &spots[dice((uint32_t)spots_n)];
    double lat = s->lat + scatter(0.02), lng = s->lng + scatter(0.02);
    char description[200];
    snprintf(description, sizeof description, "A kitchen with %s and %s, for %s.",
        words[dice(COUNT_OF(words))], words[dice(COUNT_OF(words))],
        words[dice(COUNT_OF(words))]);
    sqlite3_stmt *q = add_kitchen;
    bind_texts(q,
        (const char *const[][2]) { { ":description", description },
            { ":city", s->city }, { ":region", s->region },
            { ":postal_code", s->postal_code }, { ":zone", zone_of(lng) } },
        5);
    sqlite3_bind_double(q, sqlite3_bind_parameter_index(q, ":lat"), lat);
    sqlite3_bind_double(q, sqlite3_bind_parameter_index(q, ":lng"), lng);
    bind_number(q, ":id", id);
    bind_number(q, ":cell", squares_cell(lat, lng));
    int64_t mask = (int64_t)dice(1U << 31) << 3 & (int64_t)dice(1U << 31) << 3;
    bind_number(q, ":mask", mask);
    bind_number(q, ":rate", 2000 + 250 * (int64_t)dice(29));
    bind_number(q, ":cleaning", 500 * (int64_t)dice(8));
    int64_t count = dice(20);
    bind_number(q, ":count", count);
    bind_number(q, ":sum", count * (3 + dice(3)));
    sqlite3_bind_blob(
        q, sqlite3_bind_parameter_index(q, ":week"), week, WEEK_BYTES, SQLITE_STATIC);
    step(q);
    put_text(near_spot(squares_cell(lat, lng), id), id, description);
    sqlite3_bind_int64(add_photo, 1, id);
    step(add_photo);
}

static void put_space(int64_t kitchen_id, const char *kind, const char *name)
{
    sqlite3_bind_int64(add_space, 1, kitchen_id);
    sqlite3_bind_text(add_space, 2, kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(add_space, 3, name, -1, SQLITE_STATIC);
    step(add_space);
}

static void put_booking(int64_t id, int64_t space_id, int64_t now_at)
{
    int64_t start_at =
        (now_at / DAY_S + 1 + dice(7)) * DAY_S + (14 + (int64_t)dice(8)) * 3600;
    sqlite3_bind_int64(add_booking, 1, id);
    sqlite3_bind_int64(add_booking, 2, space_id);
    sqlite3_bind_int64(add_booking, 3, start_at);
    sqlite3_bind_int64(add_booking, 4, id);
    step(add_booking);
    for (int64_t slot = start_at / SLOT_S; slot < start_at / SLOT_S + 18; slot++) {
        sqlite3_bind_int64(add_cell, 1, space_id);
        sqlite3_bind_int64(add_cell, 2, slot);
        sqlite3_bind_int64(add_cell, 3, id);
        step(add_cell);
    }
}

/* The index of words as it is some hours after the daily job: in one piece, but for
 * what a few hosts have changed since. */
static void let_a_day_pass(int64_t kitchens)
{
    enum { CHANGED = 200 };
    run("INSERT INTO kitchen_text (kitchen_text, rank) VALUES ('merge', -1000)");
    for (int before = 0; sqlite3_total_changes(db) - before > 1;) {
        before = sqlite3_total_changes(db);
        run("INSERT INTO kitchen_text (kitchen_text, rank) VALUES ('merge', 1000)");
    }
    sqlite3_stmt *q = prepare("INSERT OR REPLACE INTO kitchen_text (rowid, words)"
                              " SELECT t.rowid, t.words || ' sunny' FROM kitchens k"
                              " JOIN kitchen_text t ON t.rowid = k.cell << 27 | k.id"
                              " WHERE k.id = ?");
    for (int64_t i = 1; i <= CHANGED && i <= kitchens; i++) {
        sqlite3_bind_int64(q, 1, i * kitchens / (CHANGED + 1) + 1);
        step(q);
    }
    sqlite3_finalize(q);
}

static void fill(int64_t kitchens, int64_t now_at)
{
    unsigned char week[WEEK_BYTES];
    struct weekly_window windows[7];
    for (int i = 0; i < 7; i++)
        windows[i] = (struct weekly_window) { i, 6 * 60, 22 * 60 };
    hours_compile(windows, 7, week);
    run("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
    run("INSERT OR IGNORE INTO users (id, email, email_key, password_hash, full_name, "
        "role,"
        " verified_at, terms_at, created_at, updated_at) VALUES"
        " (1, 'bench@example.com', 'bench@example.com', '', 'Bench Host', 'host', 1, "
        "1, 1, 1)");
    read_spots();
    prepare_all();
    run("BEGIN");
    for (int64_t id = 1; id <= kitchens; id++) {
        put_kitchen(id, week);
        put_space(id, "whole", "Whole kitchen");
        int64_t space_id = sqlite3_last_insert_rowid(db);
        if (id % 5 == 0)
            put_space(id, "station", "Pastry");
        if (id % 4 == 0)
            put_booking(id, space_id, now_at);
        for (int day = 0; day < 7 && id <= WEEKLY_ROWS_FOR; day++) {
            sqlite3_bind_int64(add_window, 1, id);
            sqlite3_bind_int64(add_window, 2, day);
            step(add_window);
        }
        if (id % 50000 == 0) {
            run("COMMIT; BEGIN");
            fprintf(stderr, "%lld kitchens\n", (long long)id);
        }
    }
    run("COMMIT");
    let_a_day_pass(kitchens);
    run("PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_stmt *all[] = { add_kitchen, add_space, add_window, add_text, add_photo,
        add_booking, add_cell };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        sqlite3_finalize(all[i]);
    free(spots);
}

/* The larger towns, where most people search. */
enum { TOWNS_MAX = 200 };
static char towns[TOWNS_MAX][80];
static size_t towns_n;

static void read_towns(void)
{
    sqlite3_stmt *q =
        prepare("SELECT city || ', ' || region FROM cities"
                " WHERE lat BETWEEN 24 AND 50 ORDER BY zips DESC LIMIT 200");
    while (sqlite3_step(q) == SQLITE_ROW && towns_n < TOWNS_MAX)
        snprintf(towns[towns_n++], sizeof towns[0], "%s",
            (const char *)sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
}

/* ---- measuring ----------------------------------------------------------------------
 */

/* What is asked. Where few kitchens have what is wanted, people look farther: within 25
 * miles, 10,000 kitchens have three with both pieces of equipment and a million have a
 * page of them, which is not the same question. */
enum { NEAR_MI = 25, FAR_MI = 100 };

struct mix {
    const char *name;
    bool dated;
    int radius_mi;
    uint64_t equipment;
    const char *words;
    enum search_sort sort;
};

static const struct mix mixes[] = {
    { "a day and hours", true, NEAR_MI, 0, "", SEARCH_DISTANCE },
    { "any day", false, NEAR_MI, 0, "", SEARCH_DISTANCE },
    { "by price", true, NEAR_MI, 0, "", SEARCH_PRICE },
    { "a word", true, NEAR_MI, 0, "bakery", SEARCH_DISTANCE },
    { "a word, 100 miles", true, FAR_MI, 0, "bakery", SEARCH_DISTANCE },
    { "two pieces of equipment", true, NEAR_MI, 0x18, "", SEARCH_DISTANCE },
    { "the same, 100 miles", true, FAR_MI, 0x18, "", SEARCH_DISTANCE },
};

struct sample {
    const struct mix *mix;
    double us;
    size_t found;
    int queries;
};

/* Processor time: what others do on this machine is not the search's. */
static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static enum result search_once(struct ctx *c, void *arg)
{
    struct sample *s = arg;
    struct place *places;
    struct search_page page;
    size_t n;
    int before = db_query_count(c->db);
    double from_us = now_us();
    TRY(places_find(c, towns[dice((uint32_t)towns_n)], &places, &n));
    struct search_request r = {
        .filter = { .lat = places->lat,
            .lng = places->lng,
            .radius_mi = s->mix->radius_mi,
            .equipment = s->mix->equipment,
            .words = s->mix->words },
        .wish = { s->mix->dated ? c->now_at / DAY_S + 2 + dice(5) : ANY_DAY,
            s->mix->dated ? 600 : ANY_TIME, ANY_TIME, 240 },
        .sort = s->mix->sort,
        .page = 1,
    };
    TRY(search_find(c, &r, &page));
    s->us = now_us() - from_us;
    s->found = page.n;
    s->queries = db_query_count(c->db) - before;
    return OK;
}

static int by_time(const void *a, const void *b)
{
    double x = ((const struct sample *)a)->us, y = ((const struct sample *)b)->us;
    return (x > y) - (x < y);
}

struct figures {
    double p50, p95, p99, queries, found;
};

static enum result measure(
    struct app *app, const struct mix *mix, struct figures *out, struct buf *why)
{
    static struct sample samples[WARM_UP + SEARCHES];
    *out = (struct figures) { 0 };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        samples[i].mix = mix;
        TRY(app_run(app, DB_READ, search_once, &samples[i], why));
    }
    struct sample *counted = samples + WARM_UP;
    qsort(counted, SEARCHES, sizeof *counted, by_time);
    for (size_t i = 0; i < SEARCHES; i++) {
        out->queries += (double)counted[i].queries / SEARCHES;
        out->found += (double)counted[i].found / SEARCHES;
    }
    out->p50 = counted[SEARCHES / 2].us;
    out->p95 = counted[SEARCHES * 95 / 100].us;
    out->p99 = counted[SEARCHES * 99 / 100].us;
    return OK;
}

/* One question, to each of the sites in turn; RATIO of a later one's p99 to the
 * first's. */
static enum result ask(
    struct app *apps, size_t n, const struct mix *mix, struct buf *why)
{
    double first = 0;
    for (size_t i = 0; i < n; i++) {
        struct figures f;
        TRY(measure(&apps[i], mix, &f, why));
        printf("%-26s %8.0f %8.0f %8.0f %9.1f %8.1f", i == 0 ? mix->name : "", f.p50,
            f.p95, f.p99, f.queries, f.found);
        if (i > 0)
            printf(" %7.2f", f.p99 / first);
        putchar('\n');
        first = i == 0 ? f.p99 : first;
    }
    return OK;
}

/* Fills the database if it has no kitchens. */
static void open_and_fill(const char *file, int64_t kitchens)
{
    CHECK(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    sqlite3_stmt *q = prepare("SELECT EXISTS (SELECT 1 FROM kitchens)");
    CHECK(sqlite3_step(q) == SQLITE_ROW);
    bool filled = sqlite3_column_int(q, 0) != 0;
    sqlite3_finalize(q);
    if (!filled)
        fill(kitchens, time(NULL));
    if (towns_n == 0)
        read_towns();
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static enum result open_site(
    struct app *app, const char *data, const char *kitchens, struct buf *why)
{
    int64_t n = strtoll(kitchens, NULL, 10);
    *app = (struct app) { .forever = arena_new(1024 * 1024) };
    if (n < 1 || n > 5000000) {
        buf_printf(why, "From 1 to 5000000 kitchens.");
        return R_INVALID;
    }
    open_and_fill(arena_printf(app->forever, "%s/prep.db", data), n);
    TRY(conf_read(app->forever, NULL, &app->conf, why));
    app->conf.data_dir = data;
    return app_open(app, why);
}

int main(int argc, char **argv)
{
    enum { SITES_MAX = 2 };
    static struct app apps[SITES_MAX];
    struct buf why;
    size_t n = (size_t)argc / 2;
    enum result r = OK;
    buf_init(&why, 4096);
    if (argc % 2 == 0 || n < 1 || n > SITES_MAX) {
        fprintf(stderr, "Usage: prep-bench DATA KITCHENS [DATA KITCHENS]\n");
        return 2;
    }
    rand_open();
    for (size_t i = 0; r == OK && i < n; i++)
        r = open_site(&apps[i], argv[2 * i + 1], argv[2 * i + 2], &why);
    if (r == OK)
        printf("%-26s %8s %8s %8s %9s %8s%s\n", "search, CPU microseconds", "p50",
            "p95", "p99", "queries", "found", n > 1 ? "   ratio" : "");
    for (size_t i = 0; r == OK && i < COUNT_OF(mixes); i++)
        r = ask(apps, n, &mixes[i], &why);
    if (r != OK)
        fprintf(stderr, "%s\n", why.at);
    return r == OK ? 0 : 1;
}
