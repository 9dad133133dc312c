#include "support/stripe_box.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"
#include "util/guard.h"
#include "util/text.h"

static const char *folder(const char *variable)
{
    const char *dir = getenv(variable);
    return dir == NULL ? "." : dir;
}

static void program(char *path, size_t size)
{
    CHECK((size_t)snprintf(path, size, "%s/prep-stripe", folder("BUILDDIR")) < size);
}

bool stripe_box_missing(const char *suite)
{
    char path[4096];
    program(path, sizeof path);
    bool missing = access(path, X_OK) != 0;
    if (missing)
        printf(
            "%s: not tested, prep-stripe was not built (libmicrohttpd-dev)\n", suite);
    return missing;
}

/* Starts the program; the address is the line that it prints. */
static const char *start(struct stripe_box *box)
{
    static const char said[] = "prep-stripe: ";
    char path[4096], files[4096], line[256];
    int ends[2];
    program(path, sizeof path);
    CHECK((size_t)snprintf(files, sizeof files, "%s/sandbox", folder("SRCDIR")) <
          sizeof files);
    CHECK(pipe(ends) == 0);
    box->pid = fork();
    CHECK(box->pid >= 0);
    if (box->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(path, path, "--port", "0", "--files", files, "--ready", "demo.test",
            (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    CHECK(out != NULL && fgets(line, sizeof line, out) != NULL);
    fclose(out);
    CHECK(text_starts(line, said));
    return arena_printf(box->t->app.forever, "%s", text_trim(line + strlen(said)));
}

void stripe_box_open(struct stripe_box *box, struct db_test *t)
{
    enum { WEEKS_52_S = 364 * 86400, AHEAD_S = 3600 };
    *box = (struct stripe_box) { .t = t };
    t->app.net = net_open();
    t->app.conf.stripe_api_base = start(box);
    t->app.conf.stripe_secret_key = "sk_test_box";
    t->app.conf.base_url = "http://127.0.0.1:1";
    /* Its clock only goes forward: meet at the next year's Monday. */
    int64_t now_at = (int64_t)time(NULL);
    while (TEST_NOW_AT + box->shift_s < now_at + AHEAD_S)
        box->shift_s += WEEKS_52_S;
    t->app.fixed_now_at = TEST_NOW_AT + box->shift_s;
    struct ctx *c = db_test_begin(t, DB_READ, 0);
    struct stripe_reply reply = stripe_box_call(box, "POST", "/_sim/clock",
        ctx_printf(c, "advance=%lld", (long long)(t->app.fixed_now_at - now_at)));
    CHECK(reply.outcome == STRIPE_OK);
}

void stripe_box_close(struct stripe_box *box)
{
    kill(box->pid, SIGTERM);
    waitpid(box->pid, NULL, 0);
    net_close(box->t->app.net);
    box->t->app.net = NULL;
}

struct stripe_reply stripe_box_call(
    struct stripe_box *box, const char *method, const char *path, const char *form)
{
    struct ctx *c = &box->t->c;
    struct stripe_client client = {
        .net = c->net,
        .base = c->conf->stripe_api_base,
        .key = c->conf->stripe_secret_key,
        .total_ms = STRIPE_PAGE_MS,
    };
    struct stripe_request request = { .method = method, .path = path, .form = form };
    struct stripe_reply reply;
    stripe_call(&client, c->arena, &request, &reply);
    return reply;
}

void stripe_box_fault(
    struct stripe_box *box, const char *match, const char *kind, int times)
{
    const char *form = ctx_printf(&box->t->c, "match=%s&kind=%s&times=%d&ms=50",
        text_url(box->t->c.arena, match), kind, times);
    CHECK(stripe_box_call(box, "POST", "/_sim/faults", form).outcome == STRIPE_OK);
}

void stripe_box_heal(struct stripe_box *box)
{
    CHECK(stripe_box_call(box, "POST", "/_sim/faults/clear", "").outcome == STRIPE_OK);
}
