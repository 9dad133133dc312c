/* What a test reads and puts straight into the site's database, through the same
 * library as the site and under the same lock. Open in the test, never before its
 * process is forked. */
#ifndef HTTP_PEOPLE_H
#define HTTP_PEOPLE_H

#include "app/run.h"
#include "http/client.h"

/* The stack's data, opened by this process. */
void people_open(const struct stack *s);
void people_close(void);

struct person {
    int64_t id;
    char token[64];  /* of a session */
    char cookie[96]; /* "__Host-prep=..." */
    char csrf[64];
};

/* A new, verified account with a session. ROLE as in the database. */
struct person people_add(const char *role);

/* A session for somebody of the demo: "vendor@demo.test". */
struct person people_demo(const char *email);

/* Sessions from here on begin at that time; 0: now. */
void people_clock(int64_t at);

/* The client goes on as this person. */
void people_log_in(struct client *c, const struct person *p);

/* The first column of the first row, as a number; 0 without a row. %Q quotes a text,
 * %lld is an int64_t. */
int64_t people_int(const char *format, ...);

/* The first column of the first row, as text in the arena of the unit; NULL. */
const char *people_text(struct arena *a, const char *format, ...);

/* Hashes of all rows of all tables but `jobs`, once the mail that waits is sent and
 * what happened at Stripe is known. */
const char *people_snapshot(struct arena *a);

/* The names of the tables that have changed since; "" if none has. */
const char *people_changes(struct arena *a, const char *snapshot);

#endif
