#include "main/commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/run.h"
#include "db/migrate.h"
#include "demo/demo.h"
#include "demo/money.h"
#include "domain/accounts.h"
#include "domain/events.h"
#include "domain/places.h"
#include "domain/search.h"
#include "main/behind.h"
#include "main/reconcile.h"
#include "main/serve.h"
#include "net/net.h"
#include "stripe/client.h"
#include "util/text.h"
#include "web/routes.h"
#include "web/serve.h"

const char *commands_conf_file;

static int complain(const struct buf *why)
{
    fprintf(stderr, "prep: %s\n", why->at);
    return 1;
}

/* Opens the site's data and runs units of work on it, as long as there is MORE after
 * one. */
static int with_app_while(const struct conf *conf, enum db_mode mode, app_work *work,
    void *arg, const bool *more)
{
    struct app app = { .conf = *conf };
    struct buf why;
    buf_init(&why, 4096);
    app.net = net_open();
    enum result r = app_open(&app, &why);
    do {
        if (r == OK)
            r = app_run(&app, mode, work, arg, &why);
    } while (r == OK && *more);
    int status = r == OK ? 0 : complain(&why);
    app_close(&app);
    net_close(app.net);
    buf_free(&why);
    return status;
}

static int with_app(
    const struct conf *conf, enum db_mode mode, app_work *work, void *arg)
{
    const bool more = false;
    return with_app_while(conf, mode, work, arg, &more);
}

struct missing {
    int64_t after_id;
    size_t all;
    bool more;
};

static enum result do_index(struct ctx *c, void *arg)
{
    struct missing *m = arg;
    size_t n;
    TRY(search_index_missing(c, &m->after_id, &n));
    m->all += n;
    m->more = n > 0;
    if (m->more && m->all % 10000 == 0)
        printf("%zu kitchens ...\n", m->all);
    return OK;
}

/* Kitchens that a migration took out of the index of words are put into it again. */
static int index_missing(const struct conf *conf)
{
    struct missing m = { 0 };
    int status = with_app_while(conf, DB_WRITE, do_index, &m, &m.more);
    if (m.all > 0)
        printf("%zu kitchens can be found by their words\n", m.all);
    return status;
}

static int migrate(const struct conf *conf, int argc, char **argv)
{
    (void)argc, (void)argv;
    struct buf news, why;
    buf_init(&news, 4096);
    buf_init(&why, 4096);
    enum result r = migrate_run(conf->data_dir, (int64_t)time(NULL), &news, &why);
    if (r == OK)
        r = app_make_secret(conf->data_dir, &why);
    fputs(news.at, stdout);
    int status = r == OK ? index_missing(conf) : complain(&why);
    buf_free(&news);
    buf_free(&why);
    return status;
}

static int print_routes(const struct conf *conf, int argc, char **argv)
{
    (void)conf, (void)argc, (void)argv;
    static const struct {
        unsigned bit;
        const char *name;
    } who[] = { { ANYONE, "anyone" }, { VENDOR, "vendor" }, { HOST, "host" },
        { SUPPORT, "support" }, { ADMIN, "admin" } };
    for (const struct route *r = routes; r->key.pattern != NULL; r++) {
        printf("%-5s %-40s %2d ", http_method_name(r->key.method), r->key.pattern,
            r->queries);
        for (size_t i = 0; i < sizeof who / sizeof *who; i++)
            if (r->who & who[i].bit)
                printf(" %s", who[i].name);
        putchar('\n');
    }
    return 0;
}

static enum result look_for_words(struct ctx *c, void *arg)
{
    bool complete;
    (void)arg;
    TRY(search_is_complete(c, &complete));
    return complete ? OK
                    : fail(c, R_INVALID,
                          "some kitchens cannot be found by their words yet: run `prep "
                          "migrate`");
}

/* All that can be known to be wrong before somebody comes. */
static enum result look_over(const struct conf *conf, struct buf *why)
{
    struct templates *templates = templates_load(conf->template_dir, why);
    if (templates == NULL)
        return R_FAULT;
    struct site site;
    enum result r = site_open(&site, conf, templates, "check", why);
    if (r == OK)
        r = db_prepare_all(site.app.db, why);
    if (r == OK)
        r = db_verify(site.app.db, why);
    if (r == OK)
        r = app_run(&site.app, DB_READ, look_for_words, NULL, why);
    site_close(&site);
    templates_free(templates);
    return r;
}

static int check(const struct conf *conf, int argc, char **argv)
{
    struct buf text;
    buf_init(&text, 64 * 1024);
    if (argc > 1 && text_is(argv[1], "--example")) {
        conf_print_example(&text);
        fputs(text.at, stdout);
        buf_free(&text);
        return 0;
    }
    enum result r = look_over(conf, &text);
    int status = r == OK ? 0 : complain(&text);
    if (r == OK) {
        buf_clear(&text);
        conf_print_missing(conf, &text);
        printf("%ssettings, templates, routes and database are in order (SQLite %s)\n",
            text.at, db_library_version());
    }
    buf_free(&text);
    return status;
}

/* One endpoint as it has to be at Stripe, as a command that makes it. */
static void print_endpoint(
    const struct conf *conf, enum events_endpoint endpoint, const char *path)
{
    bool connected = endpoint == EVENTS_CONNECTED;
    printf("# What happens on %s. Put the secret that comes back (whsec_...) into\n"
           "# the file that %s names.\n"
           "curl https://api.stripe.com/v1/webhook_endpoints -u "
           "\"$STRIPE_SECRET_KEY:\" \\\n"
           "  -d url=%s%s \\\n  -d api_version=" STRIPE_VERSION " \\\n  -d connect=%s",
        connected ? "the hosts' accounts" : "our own account",
        connected ? "stripe_webhook_connect_secret_file" : "stripe_webhook_secret_file",
        conf->base_url, path, connected ? "true" : "false");
    const char *type;
    for (size_t i = 0; (type = events_type(endpoint, i)) != NULL; i++)
        printf(" \\\n  -d 'enabled_events[%zu]=%s'", i, type);
    puts(connected ? "" : "\n");
}

static int stripe_endpoints(const struct conf *conf, int argc, char **argv)
{
    (void)argc, (void)argv;
    print_endpoint(conf, EVENTS_OURS, "/stripe/webhook");
    print_endpoint(conf, EVENTS_CONNECTED, "/stripe/webhook-connect");
    return 0;
}

struct grant {
    const char *email;
    enum role role;
};

static enum result do_grant(struct ctx *c, void *arg)
{
    const struct grant *g = arg;
    return accounts_grant(c, g->email, g->role);
}

static int grant(const struct conf *conf, int argc, char **argv, enum role role)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: prep %s EMAIL\n", argv[0]);
        return 2;
    }
    struct grant g = { argv[1], role };
    int status = with_app(conf, DB_WRITE, do_grant, &g);
    if (status == 0)
        printf("%s is now %s\n", g.email, role_name(role));
    return status;
}

static int grant_admin(const struct conf *conf, int argc, char **argv)
{
    return grant(conf, argc, argv, ROLE_ADMIN);
}

static int grant_support(const struct conf *conf, int argc, char **argv)
{
    return grant(conf, argc, argv, ROLE_SUPPORT);
}

static enum result do_backup(struct ctx *c, void *arg)
{
    struct buf why;
    buf_init(&why, 4096);
    enum result r = db_backup(c->db, arg, &why);
    if (r != OK)
        r = fail(c, r, "%s", why.at);
    buf_free(&why);
    return r;
}

static int backup(const struct conf *conf, int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: prep backup FILE\n");
        return 2;
    }
    return with_app(conf, DB_READ, do_backup, argv[1]);
}

static int demo(const struct conf *conf, int argc, char **argv)
{
    bool paid = argc == 2 && text_is(argv[1], "--paid");
    if (argc != 1 && !paid) {
        fprintf(stderr, "Usage: prep demo [--paid]\n");
        return 2;
    }
    int status = with_app(conf, DB_WRITE, demo_load, NULL);
    if (status == 0 && paid)
        status = with_app(conf, DB_WRITE, demo_pay, NULL);
    if (status == 0)
        demo_print_people();
    return status;
}

struct import {
    const char *file;
    size_t n;
};

static void show_progress(void *arg, size_t done, size_t total)
{
    (void)arg;
    if (isatty(STDERR_FILENO))
        fprintf(
            stderr, "\r%zu of %zu places%s", done, total, done == total ? "\n" : "");
}

static enum result do_import(struct ctx *c, void *arg)
{
    struct import *import = arg;
    return places_import(c, import->file, show_progress, NULL, &import->n);
}

static int import_places(const struct conf *conf, int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: prep import-places FILE\n");
        return 2;
    }
    struct import import = { .file = argv[1] };
    int status = with_app(conf, DB_WRITE, do_import, &import);
    if (status == 0)
        printf("%zu places are known now\n", import.n);
    return status;
}

static enum result do_verify(struct ctx *c, void *arg)
{
    (void)arg;
    struct buf found;
    buf_init(&found, 16 * 1024);
    enum result r = db_verify(c->db, &found);
    if (r != OK)
        r = fail(c, r, "%s", found.at);
    buf_free(&found);
    return r;
}

static int verify(const struct conf *conf, int argc, char **argv)
{
    (void)argc, (void)argv;
    int status = with_app(conf, DB_READ, do_verify, NULL);
    if (status == 0)
        puts("ok");
    return status;
}

const struct command commands[] = {
    { "serve", "", "run the site: worker pools and jobs, under one supervisor",
        serve_command },
    { "jobs", "[--once]",
        "do what is due behind the pages; --once: until nothing is left",
        behind_command },
    { "reconcile", "", "compare our books with Stripe's now, and print what differs",
        reconcile_command },
    { "migrate", "", "make or update the database", migrate },
    { "check", "[--example]", "check everything that can be checked before a start",
        check },
    { "routes", "", "list every page: method, path, query budget, who may",
        print_routes },
    { "stripe-endpoints", "", "print what makes our two webhook endpoints at Stripe",
        stripe_endpoints },
    { "grant-admin", "EMAIL", "make an account an administrator", grant_admin },
    { "grant-support", "EMAIL", "make an account support staff", grant_support },
    { "import-places", "FILE", "bring in ZIP codes and cities (data/us-places.tsv)",
        import_places },
    { "demo", "[--paid]",
        "fill an empty database with a demo city; its bookings paid at the sandbox",
        demo },
    { "backup", "FILE", "copy the database while it is in use, and check the copy",
        backup },
    { "verify", "", "check the database's integrity", verify },
    { 0 },
};
