/* Settings: prep.conf holds `name = value` lines, '#' starts a comment. A name
 * that is not in the table, a name given twice and a value out of range are
 * errors with file and line: nothing starts on a guess. The table in conf.c
 * prints prep.conf.example, so the two cannot differ.
 *
 * Secrets are read from files of their own (`*_file`), never from the
 * environment or the command line, and are not kept in log or example. */
#ifndef UTIL_CONF_H
#define UTIL_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/result.h"

struct conf {
    /* places */
    const char *site_name; /* on every page and mail */
    const char *base_url;  /* "https://prep.example": links in mails, return URLs */
    const char *data_dir;  /* database, photos, documents, secret key */
    const char *run_dir;   /* FastCGI sockets */
    const char *template_dir;
    const char *static_dir;
    const char *media_program; /* prep-media; empty: photo upload is off */

    /* processes */
    int64_t web_workers, book_workers, auth_workers, slow_workers;
    bool jobs;            /* run the jobs process under `prep serve` */
    int64_t max_requests; /* a worker is replaced after so many */
    int64_t request_max_s, slow_request_max_s; /* and killed after so long at one */

    /* booking */
    int64_t hold_s;         /* how long a slot is held for payment */
    int64_t max_open_holds; /* per vendor */
    int64_t max_days_ahead;
    int64_t vendor_fee_bp, host_fee_bp, default_tax_bp;

    /* accounts */
    int64_t session_idle_s, session_total_s; /* vendors and hosts */
    int64_t staff_idle_s, staff_total_s;     /* admin and support */
    int64_t login_tries;      /* per account and per address, in 15 minutes */
    int64_t password_mem_kib; /* Argon2id memory; 2 passes */

    /* mail */
    const char *mail_from;
    const char *maildir; /* mail goes to this Maildir, unless smtp_url is set */
    const char *smtp_url, *smtp_user, *smtp_password_file;

    /* Stripe */
    const char *stripe_api_base, *stripe_js_url;
    const char *stripe_publishable_key;
    const char *stripe_secret_key_file;
    const char *stripe_webhook_secret_file, *stripe_webhook_connect_secret_file;
    const char *stripe_secret_key; /* read from the file */
    /* Read from the files: one a line, at most two; "" if there is no file. */
    const char *stripe_webhook_secrets, *stripe_webhook_connect_secrets;

    /* map */
    const char *geo_attribution;
};

/* Fills OUT with the defaults, then with FILE's lines (FILE may be NULL). All
 * texts live in A. On failure R_INVALID, and WHY says file, line and reason. */
enum result conf_read(
    struct arena *a, const char *file, struct conf *out, struct buf *why);

/* Reads the secrets' files that the settings name. R_INVALID with WHY if one is
 * missing, empty, of too many lines, or readable for others than its owner. */
enum result conf_read_secrets(struct arena *a, struct conf *c, struct buf *why);

/* A line for each setting without which payments do not work; nothing if none is
 * missing. */
void conf_print_missing(const struct conf *c, struct buf *out);

/* One setting from text, as a line of the file would. */
enum result conf_set(struct arena *a, struct conf *c, const char *name,
    const char *value, struct buf *why);

/* prep.conf.example. */
void conf_print_example(struct buf *out);

#endif
