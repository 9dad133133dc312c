#include "main/serve.h"

#include <stdlib.h>
#include <unistd.h>

#include "main/behind.h"
#include "main/commands.h"
#include "main/rehearsal.h"
#include "main/supervisor.h"
#include "main/worker.h"
#include "util/log.h"

/* What a plan is made from; a reload makes another. The templates are parsed here, so
 * that the workers have them in pages that they share. */
struct plan_source {
    struct arena *arena;
    struct conf conf;
    struct templates *templates;
};

enum { AUTH_NICE = 5 };

static int run_worker(const struct pool *p, int listen_fd)
{
    const struct plan_source *source = p->arg;
    if (p->nice != 0 && nice(p->nice) == -1)
        log_warn("nice", "%s runs with everybody's priority", p->name);
    return worker_run(&source->conf, source->templates, p->name, listen_fd);
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
    templates_free(source->templates);
    arena_free(source->arena);
    free(source);
}

static enum result read_source(struct plan_source *source, struct buf *why)
{
    TRY(conf_read(source->arena, commands_conf_file, &source->conf, why));
    TRY(conf_read_secrets(source->arena, &source->conf, why));
    source->templates = templates_load(source->conf.template_dir, why);
    return source->templates == NULL ? R_FAULT : OK;
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
    bool good = read_source(source, &why) == OK;
    if (!good)
        log_error("settings", "%s", why.at);
    buf_free(&why);
    if (!good || !rehearsal_passes(&source->conf, source->templates)) {
        release(source);
        return false;
    }
    struct conf *conf = &source->conf;
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
