/* The boundary. app_run() runs one unit of work on a clean context; afterwards,
 * whatever happened, an open transaction is rolled back, statements are reset
 * and the arena is empty. Below it nobody frees, rolls back or resets. */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/ctx.h"

/* What a process keeps between units of work. */
struct app {
    struct conf conf;
    struct arena *forever; /* settings and other texts of the process */
    struct arena *arena;   /* the unit's */
    struct db *db;
    struct net *net; /* opened by those who call outside services, after fork */
    char secret[32];
    int64_t fixed_now_at; /* tests: the clock stands here; 0: the real one */
};

/* Opens database and secret for settings already read. Call after fork.
 * R_FAULT with WHY. */
enum result app_open(struct app *app, struct buf *why);
void app_close(struct app *app);

/* Makes DIR/secret.key (mode 0600) if it is not there. */
enum result app_make_secret(const char *dir, struct buf *why);

typedef enum result app_work(struct ctx *c, void *arg);

/* Runs FN(c, ARG) as one unit of work with the connection of MODE. The result is
 * FN's. With ERROR not NULL the failure's words are appended to it. */
enum result app_run(
    struct app *app, enum db_mode mode, app_work *fn, void *arg, struct buf *error);

/* The two halves of app_run for a caller that must look at the context between
 * the work and the clean-up: the worker, which still has to send the page. */
struct ctx app_begin(struct app *app, enum db_mode mode);
void app_end(struct app *app);

/* UTC seconds now, by the real clock or the test's. In a build with --enable-debug
 * the file that PREP_CLOCK names says how many seconds the clock is ahead: tests of
 * whole processes let days pass so. */
int64_t app_now(const struct app *app);

#endif
