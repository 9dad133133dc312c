#include "main/serve.h"

#include <stdlib.h>
#include <unistd.h>

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

enum { AUTH_NICE = 5 };

static int run_worker(const struct pool *p, int listen_fd)
{
    const struct plan_source *source = p->arg;
    if (p->nice != 0 && nice(p->nice) == -1)
        log_warn("nice", "%s runs with everybody's priority", p->name);
    return worker_run(&source->conf, p->name, listen_fd);
}

static int run_jobs(const struct pool *p, int listen_fd)
{
    const struct plan_source *source = p->arg;
    return listen_fd < 0 ? behind_run(&source->conf) : EXIT_FAILURE;
}

static void add_jobs(struct supervisor_plan *plan, struct plan_source *source)
{
    plan->pools[plan->count++] = (struct pool) {
        .name = "jobs", .count = 1, .child_main = run_jobs, .arg = source
    };
}

static void add_workers(struct supervisor_plan *plan, struct plan_source *source,
    const char *name, int64_t count, int64_t request_max_s)
{
    plan->pools[plan->count++] = (struct pool) {
        .name = name,
        .socket = arena_printf(source->arena, "%s/%s.sock", source->conf.run_dir, name),
        .count = (int)count,
        .work_max_ms = request_max_s * 1000,
        .child_main = run_worker,
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
    add_workers(out, source, "web", conf->web_workers, conf->request_max_s);
    add_workers(out, source, "book", conf->book_workers, conf->request_max_s);
    add_workers(out, source, "auth", conf->auth_workers, conf->request_max_s);
    /* Hashing takes all that it gets: a flood of logins shall not take the pages'. */
    out->pools[out->count - 1].nice = AUTH_NICE;
    add_workers(out, source, "slow", conf->slow_workers, conf->slow_request_max_s);
    if (conf->jobs)
        add_jobs(out, source);
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
