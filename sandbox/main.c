/* prep-stripe: a stand-in for Stripe on this machine, for the demo and the tests. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "record.h"
#include "routes.h"
#include "server.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "webhook_endpoints.h"
#include "webhooks.h"

enum { ENDPOINTS_MAX = 8, SETUP_MEMORY_MAX = 16 << 20 };

struct options {
    int64_t port;
    const char *data, *subset, *files, *record, *ready;
    bool fast;
    struct {
        char *spec; /* "URL=SECRET" */
        bool connect;
    } endpoints[ENDPOINTS_MAX];
    size_t endpoint_count;
};

static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static int usage(void)
{
    fputs("usage: prep-stripe [--port N] [--data FILE] [--subset FILE] [--files DIR]\n"
          "                   [--webhook URL=SECRET]... [--webhook-connect "
          "URL=SECRET]...\n"
          "                   [--fast] [--record FILE] [--ready DOMAIN]\n",
        stderr);
    return 64;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    enum { PORT, DATA, SUBSET, FILES, WEBHOOK, CONNECT, FAST, RECORD, READY };
    static const struct option names[] = { { "port", 1, NULL, PORT },
        { "data", 1, NULL, DATA }, { "subset", 1, NULL, SUBSET },
        { "files", 1, NULL, FILES }, { "webhook", 1, NULL, WEBHOOK },
        { "webhook-connect", 1, NULL, CONNECT }, { "fast", 0, NULL, FAST },
        { "record", 1, NULL, RECORD }, { "ready", 1, NULL, READY }, { 0 } };
    for (int got; (got = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (got) {
        case PORT:
            if (!text_int(optarg, 0, 65535, &o->port))
                return false;
            break;
        case DATA:
            o->data = optarg;
            break;
        case SUBSET:
            o->subset = optarg;
            break;
        case FILES:
            o->files = optarg;
            break;
        case WEBHOOK:
        case CONNECT:
            if (o->endpoint_count == ENDPOINTS_MAX || strrchr(optarg, '=') == NULL)
                return false;
            o->endpoints[o->endpoint_count].spec = optarg;
            o->endpoints[o->endpoint_count++].connect = got == CONNECT;
            break;
        case FAST:
            o->fast = true;
            break;
        case RECORD:
            o->record = optarg;
            break;
        case READY:
            o->ready = optarg;
            break;
        default:
            return false;
        }
    }
    return optind == argc;
}

static bool open_box(struct sandbox *box, struct arena *a, const struct options *o)
{
    box->files = o->files;
    box->fast = o->fast;
    box->ready = o->ready;
    box->spec = spec_open(o->subset != NULL
                              ? o->subset
                              : arena_printf(a, "%s/stripe-subset.json", o->files),
        arena_printf(a, "%s/shapes.json", o->files));
    if (box->spec == NULL)
        return false;
    if (o->record != NULL && (box->record = record_open(o->record)) == NULL)
        return false;
    routes_check(box->spec);
    box->store = store_open(o->data, arena_printf(a, "%s/schema.sql", o->files));
    if (box->store == NULL)
        return false;
    const char *ahead = store_setting(box->store, a, "ahead_s");
    if (ahead != NULL)
        CHECK(text_int(ahead, 0, INT64_MAX, &box->ahead_s));
    box->faults = faults_new();
    box->webhooks = webhooks_new(box);
    return true;
}

static void add_endpoints(struct sandbox *box, struct arena *a, const struct options *o)
{
    struct call *c = call_internal(a, box);
    store_begin(box->store);
    for (size_t i = 0; i < o->endpoint_count; i++) {
        const char *spec = o->endpoints[i].spec, *equals = strrchr(spec, '=');
        webhook_endpoints_ensure(c, arena_strndup(a, spec, (size_t)(equals - spec)),
            equals + 1, o->endpoints[i].connect);
    }
    store_commit(box->store);
}

static int serve(struct sandbox *box, struct arena *a, const struct options *o)
{
    struct server *server = server_open(box, (uint16_t)o->port);
    if (server == NULL)
        return 1;
    box->base = arena_printf(a, "http://127.0.0.1:%u", server_port(server));
    add_endpoints(box, a, o);
    printf("prep-stripe: %s\n", box->base);
    fflush(stdout);
    server_run(server, &stop);
    server_close(server);
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {
        .port = 12111, .data = ":memory:", .files = SANDBOX_FILES_DIR
    };
    if (!read_options(argc, argv, &o))
        return usage();
    const struct sigaction quit = { .sa_handler = on_signal };
    sigaction(SIGTERM, &quit, NULL);
    sigaction(SIGINT, &quit, NULL);
    signal(SIGPIPE, SIG_IGN);
    rand_open();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct arena *a = arena_new(SETUP_MEMORY_MAX);
    struct sandbox box = { 0 };
    int status = 1;
    if (open_box(&box, a, &o)) {
        status = serve(&box, a, &o);
        webhooks_free(box.webhooks);
        faults_free(box.faults);
    }
    record_close(box.record);
    if (box.store != NULL)
        store_close(box.store);
    if (box.spec != NULL)
        spec_close(box.spec);
    arena_free(a);
    curl_global_cleanup();
    return status;
}
