#include "main/reconcile.h"

#include <stdio.h>

#include "domain/differences.h"
#include "jobs/jobs.h"
#include "util/log.h"
#include "util/text.h"

enum { CLEAN, DIFFERENT, TROUBLE };

static enum result print(struct ctx *c, void *arg)
{
    enum { PER_PAGE = 100 };
    struct difference *rows;
    int64_t *total = arg, last_id = 0;
    size_t n;
    do {
        TRY(differences_open(c, last_id, PER_PAGE, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            printf("%s %s: %s", rows[i].kind, rows[i].source_id, rows[i].detail);
            if (rows[i].booking_id != 0)
                printf(" (booking %lld)", (long long)rows[i].booking_id);
            putchar('\n');
            last_id = rows[i].id;
        }
        *total += (int64_t)n;
    } while (n == PER_PAGE);
    return OK;
}

static int look(struct jobs *j)
{
    int64_t total = 0;
    enum result r = jobs_run_job(j, "reconcile");
    if (r != OK) {
        fprintf(stderr, "prep: %s\n",
            r == R_BUSY
                ? "another process is doing just this"
                : "the look was broken off, as the log says; the next one goes on");
        return TROUBLE;
    }
    if (app_run(&j->app, DB_READ, print, &total, NULL) != OK)
        return TROUBLE;
    if (total == 0)
        puts("Stripe's books and ours agree");
    return total == 0 ? CLEAN : DIFFERENT;
}

int reconcile_command(const struct conf *conf, int argc, char **argv)
{
    struct jobs jobs;
    struct buf why;
    if (argc != 1) {
        fprintf(stderr, "Usage: prep %s\n", argv[0]);
        return TROUBLE;
    }
    if (text_empty(conf->stripe_secret_key)) {
        fprintf(stderr, "prep: stripe_secret_key_file is not set\n");
        return TROUBLE;
    }
    log_open("reconcile");
    buf_init(&why, 4096);
    enum result r = jobs_open(&jobs, conf, &why);
    if (r != OK)
        fprintf(stderr, "prep: %s\n", why.at);
    int status = r == OK ? look(&jobs) : TROUBLE;
    jobs_close(&jobs);
    buf_free(&why);
    return status;
}
