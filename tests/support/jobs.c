#include "support/jobs.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/guard.h"

void jobs_test_begin(struct db_test *t, struct jobs *jobs)
{
    struct buf why;
    const char *srcdir = getenv("SRCDIR");
    buf_init(&why, 4096);
    t->app.conf.template_dir =
        arena_printf(t->app.forever, "%s/templates", srcdir == NULL ? "." : srcdir);
    enum result r = jobs_open(jobs, &t->app.conf, &why);
    if (r != OK)
        fprintf(stderr, "%s\n", why.at);
    CHECK(r == OK);
    jobs->app.fixed_now_at = t->app.fixed_now_at;
    buf_free(&why);
}

void jobs_test_open(struct db_test *t, struct jobs *jobs)
{
    db_test_open(t);
    jobs_test_begin(t, jobs);
}
