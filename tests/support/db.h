/* A fresh migrated database in a folder of its own, with the clock standing
 * still, and people and kitchens to put in it. For tests of the domain and of
 * pages. SQL given here runs on a connection of its own, outside the unit. */
#ifndef SUPPORT_DB_H
#define SUPPORT_DB_H

#include "app/run.h"

/* Monday 23 November 2026, 17:00:00 UTC: 11:00 in Chicago. */
#define TEST_NOW_AT INT64_C(1795453200)

struct db_test {
    struct app app;
    struct ctx c; /* the open unit's, between db_test_begin and db_test_end */
    char dir[64];
};

/* Makes the folder, migrates, opens. The clock is app.fixed_now_at. */
void db_test_open(struct db_test *t);
void db_test_close(struct db_test *t);

/* Starts a unit of work in which USER_ID acts (0: the system), after ending the
 * one before. Returns &t->c. */
struct ctx *db_test_begin(struct db_test *t, enum db_mode mode, int64_t user_id);
void db_test_end(struct db_test *t);

/* Statements by a printf format; %Q quotes a text, %lld is an int64_t. */
void db_test_exec(struct db_test *t, const char *format, ...);
/* Statements that may be refused: SQLite's code, 0 if they were not. */
int db_test_try(struct db_test *t, const char *sql);
/* The first column of the first row as a number; 0 without a row. */
int64_t db_test_int(struct db_test *t, const char *format, ...);

/* A verified person. ROLE is 'vendor', 'host', 'admin' or 'support'. */
int64_t make_user(struct db_test *t, const char *role);

/* A bookable kitchen in Austin (America/Chicago) at $50 an hour with $25 for
 * cleaning, open every day 06:00-22:00, with its whole space. Other columns have
 * the schema's defaults (2-24 h, step 30, notice 24 h, buffer 0/30, moderate). */
int64_t make_kitchen(struct db_test *t, int64_t host_id);

/* The whole space of a kitchen, and one more station of it. */
int64_t whole_space(struct db_test *t, int64_t kitchen_id);
int64_t make_station(
    struct db_test *t, int64_t kitchen_id, const char *name, int64_t rate_cents);

/* A confirmed booking of a space with exactly its own cells, START_AT to END_AT. */
int64_t make_booking(struct db_test *t, int64_t space_id, int64_t vendor_id,
    int64_t start_at, int64_t end_at);

#endif
