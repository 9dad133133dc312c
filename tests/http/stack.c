#include "http.h"

#include "http/stack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"
#include "stripe/client.h"
#include "support/folder.h"
#include "support/peer.h"
#include "util/guard.h"
#include "util/json.h"
#include "util/text.h"

enum { START_MS = 60000, POLL_MS = 10, LOG_MAX = 256 * 1024 * 1024 };

struct stack stack;
int stack_book_workers = 3, stack_slow_workers = 0;

const char *stack_path(const struct stack *s, const char *name)
{
    return arena_printf(s->arena, "%s/%s", s->dir, name);
}

/* ---- saying what went wrong ---- */

static void show_end(const char *path)
{
    enum { END_BYTES = 6000 };
    char bytes[END_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        off_t from = st.st_size > END_BYTES ? st.st_size - END_BYTES : 0;
        ssize_t n = pread(fd, bytes, END_BYTES, from);
        fprintf(stderr, "---- the end of %s\n%.*s\n", path, n < 0 ? 0 : (int)n, bytes);
    }
    close(fd);
}

static _Noreturn void give_up(struct stack *s, const char *what)
{
    static const char *const logs[] = { "run/prep.log", "run/tools.log",
        "run/stripe.log", "run/nginx.err" };
    fprintf(stderr, "http tests: %s\n", what);
    for (size_t i = 0; i < COUNT_OF(logs); i++)
        show_end(stack_path(s, logs[i]));
    stack_stop(s);
    exit(EXIT_FAILURE);
}

/* ---- processes ---- */

/* Runs ARGV with its output going to the end of LOG; it does not outlive us. */
static pid_t spawn(const char *const *argv, const char *log)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        dprintf(STDERR_FILENO, "%s: cannot be run\n", argv[0]);
        _exit(127);
    }
    close(fd);
    return pid;
}

int stack_end(pid_t pid)
{
    int status = 0;
    if (pid <= 0)
        return 0;
    kill(pid, SIGTERM);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void run_tool(struct stack *s, const char *const *argv)
{
    int status = 0;
    pid_t pid = spawn(argv, stack_path(s, "run/tools.log"));
    if (waitpid(pid, &status, 0) != pid || status != 0)
        give_up(s, arena_printf(s->arena, "%s failed", argv[0]));
}

bool stack_await(bool (*is_so)(void *arg), void *arg, int ms)
{
    const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
    for (int waited = 0; !is_so(arg); waited += POLL_MS) {
        if (waited >= ms)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

struct line_wait {
    pid_t pid;
    const char *file, *text;
    int64_t from;
    struct buf found;
};

/* Also true when the process is gone: nothing more will come. */
static bool line_is_there(void *arg)
{
    struct line_wait *w = arg;
    int fd = open(w->file, O_RDONLY | O_CLOEXEC);
    char bytes[4096];
    buf_clear(&w->found);
    int64_t at = w->from;
    for (ssize_t n; fd >= 0 && (n = pread(fd, bytes, sizeof bytes, at)) > 0; at += n)
        buf_add(&w->found, bytes, (size_t)n);
    if (fd >= 0)
        close(fd);
    return strstr(w->found.at, w->text) != NULL || waitpid(w->pid, NULL, WNOHANG) != 0;
}

/* Waits for TEXT in FILE behind FROM while PID lives; the rest of that line. */
static const char *await_line(
    struct stack *s, pid_t pid, const char *file, int64_t from, const char *text)
{
    struct line_wait w = { .pid = pid, .file = file, .text = text, .from = from };
    buf_init(&w.found, LOG_MAX);
    stack_await(line_is_there, &w, START_MS);
    const char *at = strstr(w.found.at, text);
    if (at == NULL)
        give_up(s, arena_printf(s->arena, "`%s` did not come in %s", text, file));
    at += strlen(text);
    const char *rest = arena_strndup(s->arena, at, strcspn(at, "\n"));
    buf_free(&w.found);
    return rest;
}

/* ---- what each is told ---- */

static const char *source(const struct stack *s, const char *name)
{
    const char *dir = getenv("SRCDIR");
    return arena_printf(s->arena, "%s/%s", dir == NULL ? "." : dir, name);
}

static const char *built(const struct stack *s, const char *name)
{
    const char *dir = getenv("BUILDDIR");
    return arena_printf(s->arena, "%s/%s", dir == NULL ? "." : dir, name);
}

static void write_file(const struct stack *s, const char *name, const char *text)
{
    int fd = open(stack_path(s, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void make_folders(struct stack *s)
{
    static const char *const names[] = { "data", "data/photos", "data/documents",
        "data/incoming", "run", "run/limited" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK(mkdir(stack_path(s, names[i]), 0700) == 0);
}

/* The options of the tests of money. */
static void add_proof(const struct stack *s, const char **argv)
{
    const char *folder = getenv("PREP_RECORD");
    *argv++ = "--data";
    *argv++ = stack_path(s, "run/stripe.db");
    *argv++ = folder == NULL ? NULL : "--record";
    *argv = folder == NULL
                ? NULL
                : arena_printf(s->arena, "%s/%s", folder, strrchr(s->dir, '/') + 1);
}

static void start_stripe(struct stack *s)
{
    const char *program = built(s, "prep-stripe");
    s->api = "http://127.0.0.1:1"; /* nobody is there */
    if (access(program, X_OK) != 0)
        return;
    const char *argv[20] = { program, "--port", "0", "--files", source(s, "sandbox"),
        "--fast", "--ready", "demo.test", "--webhook",
        arena_printf(s->arena, "%s/stripe/webhook=%s", s->url, s->webhook_secret),
        "--webhook-connect",
        arena_printf(
            s->arena, "%s/stripe/webhook-connect=%s", s->url, s->connect_secret) };
    if (s->proof)
        add_proof(s, argv + 12);
    s->stripe = spawn(argv, stack_path(s, "run/stripe.log"));
    s->api =
        await_line(s, s->stripe, stack_path(s, "run/stripe.log"), 0, "prep-stripe: ");
}

/* Cheap hashes, since they are not what is tested, and several processes that book, so
 * that races are races between processes. */
static void write_conf(struct stack *s)
{
    int slow = stack_slow_workers != 0 ? stack_slow_workers : s->proof ? 3 : 0;
    write_file(s, "run/stripe-key", "sk_test_http\n");
    write_file(
        s, "run/stripe-webhook", arena_printf(s->arena, "%s\n", s->webhook_secret));
    write_file(
        s, "run/stripe-connect", arena_printf(s->arena, "%s\n", s->connect_secret));
    write_file(s, "prep.conf",
        arena_printf(s->arena,
            "base_url = %s\n"
            "data_dir = %s/data\n"
            "run_dir = %s/run\n"
            "template_dir = %s\n"
            "static_dir = %s\n"
            "media_program = %s\n"
            "book_workers = %d\n"
            "password_mem_kib = 8192\n"
            "max_open_holds = 1000\n"
            "%s"
            "stripe_api_base = %s\n"
            "stripe_js_url = %s/endive/stripe.js\n"
            "stripe_publishable_key = pk_test_http\n"
            "stripe_secret_key_file = %s/run/stripe-key\n"
            "stripe_webhook_secret_file = %s/run/stripe-webhook\n"
            "stripe_webhook_connect_secret_file = %s/run/stripe-connect\n",
            s->url, s->dir, s->dir, source(s, "templates"), source(s, "static"),
            built(s, "prep-media"), stack_book_workers,
            slow == 0 ? "" : arena_printf(s->arena, "slow_workers = %d\n", slow),
            s->api, s->api, s->dir, s->dir, s->dir));
    struct buf why;
    buf_init(&why, 4096);
    if (conf_read(s->arena, stack_path(s, "prep.conf"), &s->conf, &why) != OK ||
        conf_read_secrets(s->arena, &s->conf, &why) != OK)
        give_up(s, why.at);
    buf_free(&why);
}

void stack_tool(struct stack *s, const char *command, const char *argument)
{
    const char *const argv[] = { built(s, "prep"), "--config",
        stack_path(s, "prep.conf"), command, argument, NULL };
    run_tool(s, argv);
}

int stack_run(struct stack *s, const char *const *arguments, const char *out)
{
    const char *argv[16] = { built(s, "prep") };
    int status = 0;
    for (size_t i = 0; arguments[i] != NULL; i++) {
        CHECK(i + 2 < COUNT_OF(argv));
        argv[i + 1] = arguments[i];
    }
    pid_t pid = spawn(argv, out);
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

static bool nginx_answers(void *arg)
{
    struct stack *s = arg;
    return access(stack_path(s, "run/nginx.pid"), F_OK) == 0 &&
           (s->proof || access(stack_path(s, "run/limited/nginx.pid"), F_OK) == 0);
}

/* The project's configuration in RUN, on PORT. */
static pid_t start_nginx(struct stack *s, const char *run, int port, const char *limits)
{
    const char *const make[] = { source(s, "build-aux/nginx-private"),
        arena_printf(s->arena, "%d", port), stack_path(s, "data"), run, source(s, "."),
        limits, NULL };
    run_tool(s, make);
    const char *const argv[] = { "nginx", "-p", run, "-c",
        arena_printf(s->arena, "%s/nginx.conf", run), "-e",
        arena_printf(s->arena, "%s/nginx.err", run), NULL };
    return spawn(argv, stack_path(s, "run/tools.log"));
}

/* Behind the second nginx are the same sockets. */
static void link_sockets(struct stack *s)
{
    static const char *const names[] = { "web", "book", "auth", "slow" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK(symlink(arena_printf(s->arena, "../%s.sock", names[i]),
                  arena_printf(s->arena, "%s/run/limited/%s.sock", s->dir, names[i])) ==
              0);
}

/* Is nothing on its way from the sandbox to the site? What waits to be sent again is
 * sent at once. */
static bool all_is_heard(void *arg)
{
    const struct stack *s = arg;
    struct arena *a = arena_new(16 * 1024 * 1024);
    struct net *net = net_open();
    struct stripe_client client = { .net = net,
        .base = s->conf.stripe_api_base,
        .key = s->conf.stripe_secret_key,
        .total_ms = STRIPE_PAGE_MS };
    struct stripe_request flush = { .method = "POST", .path = "/_sim/webhooks/flush" };
    struct stripe_reply reply;
    stripe_call(&client, a, &flush, &reply);
    bool heard = reply.outcome == STRIPE_OK;
    json_each(d, json_get(reply.object, "deliveries"))
    {
        heard = heard && !text_is(json_text(d, "state"), "waiting");
    }
    net_close(net);
    arena_free(a);
    return heard;
}

void stack_hear(const struct stack *s)
{
    struct stack with = *s;
    if (s->stripe != 0 && !stack_await(all_is_heard, &with, START_MS))
        give_up(&with, "the sandbox's webhooks do not arrive");
}

void stack_serve(struct stack *s)
{
    const char *log = stack_path(s, "run/prep.log");
    const char *const argv[] = { built(s, "prep"), "--config",
        stack_path(s, "prep.conf"), "serve", NULL };
    struct stat st;
    int64_t from = stat(log, &st) == 0 ? st.st_size : 0;
    s->prep = spawn(argv, log);
    await_line(s, s->prep, log, from, "\"event\":\"ready\"");
}

/* Folder, sandbox, settings and an empty database. */
static void prepare(struct stack *s, bool proof)
{
    /* A test's own lies in the run's: what a failed one leaves goes with it. */
    const char *tmp = getenv("TMPDIR");
    const char *parent = s != &stack ? stack.dir : tmp == NULL ? "/tmp" : tmp;
    *s = (struct stack) { .arena = arena_new(64 * 1024 * 1024),
        .port = peer_free_port(),
        .limited_port = peer_free_port(),
        .webhook_secret = "whsec_for_the_http_tests",
        .connect_secret = "whsec_for_the_connected",
        .proof = proof };
    s->dir = arena_printf(
        s->arena, "%s/%s-XXXXXX", parent, proof ? "prep-torture" : "prep-http");
    CHECK(mkdtemp(s->dir) != NULL);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", s->port);
    make_folders(s);
    start_stripe(s);
    write_conf(s);
    stack_tool(s, "migrate", NULL);
}

void stack_start(struct stack *s, bool demo)
{
    prepare(s, false);
    if (demo) {
        stack_tool(s, "import-places", source(s, "data/us-places.tsv"));
        stack_tool(s, "demo", NULL);
    }
    stack_serve(s);
    link_sockets(s);
    s->nginx = start_nginx(s, stack_path(s, "run"), s->port, "nolimits");
    s->limited_nginx =
        start_nginx(s, stack_path(s, "run/limited"), s->limited_port, "limits");
    if (!stack_await(nginx_answers, s, START_MS))
        give_up(s, "nginx did not start");
}

void stack_start_books(struct stack *s)
{
    prepare(s, true);
    write_file(s, "run/clock", "0\n");
    setenv("PREP_CLOCK", stack_path(s, "run/clock"), 1);
    setenv("PREP_FAULT_FILE", stack_path(s, "run/fault"), 1);
}

void stack_start_proof(struct stack *s)
{
    stack_start_books(s);
    stack_serve(s);
    s->nginx = start_nginx(s, stack_path(s, "run"), s->port, "nolimits");
    if (!stack_await(nginx_answers, s, START_MS))
        give_up(s, "nginx did not start");
}

bool stack_is_whole(struct stack *s)
{
    static const char *const grave[] = { "[emerg]", "[alert]", "[crit]" };
    static const char *const logs[] = { "run/nginx.err", "run/limited/nginx.err" };
    bool whole = true;
    stack_tool(s, "verify", NULL);
    for (size_t i = 0; i < COUNT_OF(logs); i++) {
        size_t n;
        if (s->proof && i > 0)
            break;
        const char *log = folder_read(s->arena, stack_path(s, logs[i]), &n);
        for (size_t k = 0; k < COUNT_OF(grave); k++)
            if (strstr(log, grave[k]) != NULL) {
                fprintf(stderr, "http tests: nginx says:\n%s\n", log);
                whole = false;
            }
    }
    return whole;
}

void stack_stop(struct stack *s)
{
    pid_t *const pids[] = { &s->limited_nginx, &s->nginx, &s->prep, &s->stripe };
    for (size_t i = 0; i < COUNT_OF(pids); i++) {
        stack_end(*pids[i]);
        *pids[i] = 0;
    }
    if (getenv("PREP_KEEP") == NULL)
        folder_drop(s->dir);
    else
        fprintf(stderr, "http tests: kept %s\n", s->dir);
    arena_free(s->arena);
}

/* ---- the log ---- */

int64_t stack_log_length(const struct stack *s)
{
    struct stat st;
    CHECK(stat(stack_path(s, "run/prep.log"), &st) == 0);
    return st.st_size;
}

void stack_log_read(const struct stack *s, int64_t from, struct buf *out)
{
    char bytes[65536];
    int fd = open(stack_path(s, "run/prep.log"), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    for (ssize_t n; (n = pread(fd, bytes, sizeof bytes, from)) > 0; from += n)
        buf_add(out, bytes, (size_t)n);
    close(fd);
    ck_assert(buf_ok(out));
}

static void check_line(struct arena *a, const char *line, size_t n, bool faults)
{
    const struct json *j;
    int64_t status = 0, budget;
    ck_assert_msg(json_read(a, line, n, &j) == OK && j->kind == JSON_OBJECT,
        "not a line of the log: %.*s", (int)n, line);
    const char *level = json_text(j, "level"), *event = json_text(j, "event");
    ck_assert_msg(level != NULL && event != NULL && json_get(j, "at") != NULL,
        "a line without level, event or time: %.*s", (int)n, line);
    ck_assert_msg(
        !json_int(j, "over_budget", &budget), "too many queries: %.*s", (int)n, line);
    if (faults)
        return;
    ck_assert_msg(
        !json_int(j, "status", &status) || status < 500, "a fault: %.*s", (int)n, line);
    ck_assert_msg(!text_is(level, "error"), "an error: %.*s", (int)n, line);
}

void stack_log_check(const struct stack *s, int64_t from, bool faults)
{
    struct buf log;
    struct arena *a = arena_new(4 * 1024 * 1024);
    buf_init(&log, LOG_MAX);
    stack_log_read(s, from, &log);
    for (const char *line = log.at; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        check_line(a, line, n, faults);
        arena_reset(a);
        line += n + (line[n] == '\n');
    }
    arena_free(a);
    buf_free(&log);
}

static int64_t log_began;

void stack_begin(void)
{
    log_began = stack_log_length(&stack);
}

void stack_check(void)
{
    stack_log_check(&stack, log_began, false);
}

TCase *stack_tcase(Suite *s, const char *name)
{
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, stack_begin, stack_check);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    return t;
}
