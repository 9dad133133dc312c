#include "main/behind.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "jobs/jobs.h"
#include "main/pool.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"

static int with_jobs(const struct conf *conf, void (*fn)(struct jobs *j))
{
    struct jobs jobs;
    struct buf why;
    buf_init(&why, 4096);
    enum result r = jobs_open(&jobs, conf, &why);
    if (r == OK)
        fn(&jobs);
    else
        log_error("jobs_start", "%s", why.at);
    jobs_close(&jobs);
    buf_free(&why);
    return r == OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void under_supervisor(struct jobs *j)
{
    pool_ready();
    jobs_run(j, pool_pause);
}

int behind_run(const struct conf *conf)
{
    rand_open();
    return with_jobs(conf, under_supervisor);
}

/* A signal ends the process at once, which harms nothing: what was begun is rolled
 * back or found by its lease. */
static bool nap(int ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };
    return nanosleep(&t, NULL) == 0;
}

static void alone(struct jobs *j)
{
    jobs_run(j, nap);
}

static void once(struct jobs *j)
{
    printf("%lld done\n", (long long)jobs_run_once(j));
}

int behind_command(const struct conf *conf, int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && !text_is(argv[1], "--once"))) {
        fprintf(stderr, "Usage: prep jobs [--once]\n");
        return 2;
    }
    log_open("jobs");
    return with_jobs(conf, argc == 2 ? once : alone);
}
