#include "main/serve.h"

#include <stdlib.h>

#include "main/behind.h"
#include "main/commands.h"
#include "main/supervisor.h"
#include "main/worker.h"
#include "util/log.h"

/* What a plan is made from; a reload makes another. */
struct plan_source {
    struct arena *arena;
    struct conf conf;
};

static int run_worker(const struct pool *p, int listen_fd)
{
    const struct plan_source *source = p->arg;
    return worker_run(&source->conf, p->name, listen_fd);
}

static int run_jobs(const struct pool *p, int listen_fd)
{
    const struct plan_source *source = p->arg;
    return listen_fd < 0 ? behind_run(&source->conf) : EXIT_FAILURE;
}

static void add_pool(struct supervisor_plan *plan, struct plan_source *source,
    const char *name, int64_t count, int (*child_main)(const struct pool *, int))
{
    bool has_socket = child_main == run_worker;
    plan->pools[plan->count++] = (struct pool) {
        .name = name,
        .socket = has_socket ? arena_printf(source->arena, "%s/%s.sock",
                                   source->conf.run_dir, name)
                             : NULL,
        .count = (int)count,
        .child_main = child_main,
        .arg = source,
    };
}

static void release(void *release_arg)
{
    struct plan_source *source = release_arg;
    arena_free(source->arena);
    free(source);
}

static bool make_plan(struct supervisor_plan *out, void *arg)
{
    (void)arg;
    struct plan_source *source = calloc(1, sizeof *source);
    struct buf why;
    buf_init(&why, 4096);
    if (source == NULL)
        return false;
    source->arena = arena_new(16 * 1024 * 1024);
    struct conf *conf = &source->conf;
    if (conf_read(source->arena, commands_conf_file, conf, &why) != OK ||
        conf_read_secrets(source->arena, conf, &why) != OK) {
        log_error("settings", "%s", why.at);
        release(source);
        buf_free(&why);
        return false;
    }
    buf_free(&why);
    out->pid_file = arena_printf(source->arena, "%s/prep.pid", conf->run_dir);
    add_pool(out, source, "web", conf->web_workers, run_worker);
    add_pool(out, source, "book", conf->book_workers, run_worker);
    add_pool(out, source, "auth", conf->auth_workers, run_worker);
    add_pool(out, source, "slow", conf->slow_workers, run_worker);
    if (conf->jobs)
        add_pool(out, source, "jobs", 1, run_jobs);
    out->release = release;
    out->release_arg = source;
    return true;
}

int serve_command(const struct conf *conf, int argc, char **argv)
{
    (void)conf, (void)argc, (void)argv;
    log_open("supervisor");
    return supervisor_run(make_plan, NULL);
}
