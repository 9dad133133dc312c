#include "support/db.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/migrate.h"
#include "domain/hours.h"
#include "util/guard.h"
#include "util/text.h"

void db_test_open(struct db_test *t)
{
    struct buf news, why;
    memset(t, 0, sizeof *t);
    buf_init(&news, 65536);
    buf_init(&why, 4096);
    snprintf(t->dir, sizeof t->dir, "/tmp/prep-test.XXXXXX");
    CHECK(mkdtemp(t->dir) != NULL);
    t->app.forever = arena_new(1024 * 1024);
    CHECK(conf_read(t->app.forever, NULL, &t->app.conf, &why) == OK);
    t->app.conf.data_dir = t->dir;
    t->app.conf.maildir = arena_printf(t->app.forever, "%s/mail", t->dir);
    t->app.fixed_now_at = TEST_NOW_AT;
    enum result r = migrate_run(t->dir, TEST_NOW_AT, &news, &why);
    if (r == OK)
        r = app_make_secret(t->dir, &why);
    if (r == OK)
        r = app_open(&t->app, &why);
    if (r != OK)
        fprintf(stderr, "%s\n", why.at);
    CHECK(r == OK);
    buf_free(&news);
    buf_free(&why);
}

static void remove_tree(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (d == NULL)
        return;
    while ((e = readdir(d)) != NULL) {
        char path[512];
        if (text_is(e->d_name, ".") || text_is(e->d_name, ".."))
            continue;
        CHECK(
            (size_t)snprintf(path, sizeof path, "%s/%s", dir, e->d_name) < sizeof path);
        if (e->d_type == DT_DIR)
            remove_tree(path);
        else
            unlink(path);
    }
    closedir(d);
    rmdir(dir);
}

void db_test_close(struct db_test *t)
{
    db_test_end(t);
    app_close(&t->app);
    arena_free(t->app.forever);
    remove_tree(t->dir);
}

struct ctx *db_test_begin(struct db_test *t, enum db_mode mode, int64_t user_id)
{
    db_test_end(t);
    enum role role = ROLE_SYSTEM;
    for (enum role r = ROLE_VENDOR; user_id != 0 && r < ROLE_SYSTEM; r++)
        if (db_test_int(t, "SELECT 1 FROM users WHERE id = %lld AND role = %Q",
                (long long)user_id, role_name(r)))
            role = r;
    t->c = app_begin(&t->app, mode);
    t->c.request_id = "test";
    t->c.actor = (struct actor) {
        .user_id = user_id,
        .role = role,
        .verified = user_id != 0,
        .full_name = user_id != 0 ? "Test Person" : "",
        .email = user_id != 0 ? "test@example.com" : "",
    };
    return &t->c;
}

void db_test_end(struct db_test *t)
{
    if (t->c.db != NULL)
        app_end(&t->app);
    t->c = (struct ctx) { 0 };
}

static sqlite3 *open_apart(struct db_test *t)
{
    char path[128];
    sqlite3 *c = NULL;
    snprintf(path, sizeof path, "%s/prep.db", t->dir);
    CHECK(sqlite3_open_v2(path, &c, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    CHECK(sqlite3_exec(c, "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF;", NULL,
              NULL, NULL) == SQLITE_OK);
    return c;
}

int db_test_try(struct db_test *t, const char *sql)
{
    sqlite3 *c = open_apart(t);
    int code = sqlite3_exec(c, sql, NULL, NULL, NULL);
    CHECK(sqlite3_close(c) == SQLITE_OK);
    return code;
}

static int64_t run(struct db_test *t, const char *sql)
{
    sqlite3 *c = open_apart(t);
    sqlite3_stmt *stmt = NULL;
    int64_t n = 0;
    for (const char *rest = sql; *rest != '\0';) {
        int code = sqlite3_prepare_v2(c, rest, -1, &stmt, &rest);
        if (code == SQLITE_OK && stmt == NULL)
            break;
        if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
            n = sqlite3_column_int64(stmt, 0);
        if (code != SQLITE_DONE && code != SQLITE_ROW)
            fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(c));
        CHECK(code == SQLITE_DONE || code == SQLITE_ROW);
        sqlite3_finalize(stmt);
    }
    if (n == 0 && sqlite3_changes(c) > 0)
        n = sqlite3_last_insert_rowid(c);
    CHECK(sqlite3_close(c) == SQLITE_OK);
    return n;
}

static int64_t run_format(struct db_test *t, const char *format, va_list ap)
{
    char *sql = sqlite3_vmprintf(format, ap);
    CHECK(sql != NULL);
    int64_t n = run(t, sql);
    sqlite3_free(sql);
    return n;
}

void db_test_exec(struct db_test *t, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    run_format(t, format, ap);
    va_end(ap);
}

int64_t db_test_int(struct db_test *t, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int64_t n = run_format(t, format, ap);
    va_end(ap);
    return n;
}

int64_t make_user(struct db_test *t, const char *role)
{
    static int number;
    number++;
    return db_test_int(t,
        "INSERT INTO users (email, email_key, password_hash, full_name, role, "
        "verified_at,"
        " terms_at, created_at, updated_at)"
        " VALUES ('%s%d@example.com', '%s%d@example.com', '', 'Test %s %d', %Q, 1, 1, "
        "1, 1)"
        " RETURNING id",
        role, number, role, number, role, number, role);
}

int64_t make_kitchen(struct db_test *t, int64_t host_id)
{
    struct weekly_window windows[7];
    unsigned char bits[WEEK_BYTES];
    char hex[2 * WEEK_BYTES + 1];
    for (int i = 0; i < 7; i++)
        windows[i] = (struct weekly_window) { i, 6 * 60, 22 * 60 };
    hours_compile(windows, 7, bits);
    for (int i = 0; i < WEEK_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", bits[i]);
    int64_t id = db_test_int(t,
        "INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, address, "
        "city,"
        " region, postal_code, lat, lng, cell, timezone, rate_cents, cleaning_cents, "
        "week,"
        " bookable, created_at, updated_at)"
        " VALUES (%lld, 'active', 'Test kitchen', 'test-kitchen', 'commissary',"
        " '1 Main St', 'Austin', 'TX', '78701', 30.2672, -97.7431, 0,"
        " 'America/Chicago', 5000, 2500, x'%s', 1, 1, 1) RETURNING id",
        (long long)host_id, hex);
    db_test_exec(t,
        "INSERT INTO weekly_windows SELECT %lld, value, 360, 1320 FROM"
        " json_each('[0,1,2,3,4,5,6]');"
        "INSERT INTO spaces (kitchen_id, kind, name) VALUES (%lld, 'whole', 'Whole "
        "kitchen')",
        (long long)id, (long long)id);
    return id;
}

int64_t whole_space(struct db_test *t, int64_t kitchen_id)
{
    return db_test_int(t,
        "SELECT id FROM spaces WHERE kitchen_id = %lld AND kind = 'whole'",
        (long long)kitchen_id);
}

int64_t make_station(
    struct db_test *t, int64_t kitchen_id, const char *name, int64_t rate_cents)
{
    return db_test_int(t,
        "INSERT INTO spaces (kitchen_id, kind, name, rate_cents)"
        " VALUES (%lld, 'station', %Q, %lld) RETURNING id",
        (long long)kitchen_id, name, (long long)rate_cents);
}

int64_t make_booking(struct db_test *t, int64_t space_id, int64_t vendor_id,
    int64_t start_at, int64_t end_at)
{
    static int number;
    int64_t id = db_test_int(t,
        "INSERT INTO bookings (cell, uid, kitchen_id, space_id, vendor_id, host_id, "
        "state, "
        "start_at,"
        " end_at, timezone, buffer_before_min, buffer_after_min, guest_count, purpose,"
        " special_requests, rate_cents, base_cents, cleaning_cents, service_fee_cents,"
        " tax_cents, total_cents, host_cents, vendor_fee_bp, host_fee_bp, tax_bp, "
        "policy,"
        " created_at, hold_until, updated_at)"
        " SELECT k.cell, 'test-%d', k.id, s.id, %lld, k.host_id, 'confirmed', %lld, "
        "%lld, "
        "k.timezone,"
        " 0, 0, 1, '', '', k.rate_cents, 100, 0, 0, 0, 100, 80, 2000, 2000, 850, "
        "k.policy,"
        " 1, 1, 1 FROM spaces s JOIN kitchens k ON k.id = s.kitchen_id WHERE s.id = "
        "%lld"
        " RETURNING id",
        ++number, (long long)vendor_id, (long long)start_at, (long long)end_at,
        (long long)space_id);
    for (int64_t slot = slot_of(start_at); slot < slot_of(end_at); slot++)
        db_test_exec(t,
            "INSERT INTO cells SELECT s.id, %lld, %lld FROM spaces s, spaces b"
            " WHERE b.id = %lld AND (s.id = b.id OR"
            " (b.kind = 'whole' AND s.kitchen_id = b.kitchen_id))",
            (long long)slot, (long long)id, (long long)space_id);
    return id;
}
