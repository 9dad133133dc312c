/* A site of its own for a test: a fresh, migrated database in a temporary folder, a
 * fixed clock, and a browser that keeps cookies and reads CSRF tokens, all in one
 * process: requests go through serve() as the worker's do. */
#ifndef SUPPORT_SITE_H
#define SUPPORT_SITE_H

#include "web/serve.h"

enum { SITE_NOW_AT = 1795651200 }; /* Wed 25 Nov 2026, 12:00 UTC */

struct browser {
    struct site *site;
    char cookies[8][256]; /* "__Host-prep=..." */
    int cookie_count;
    char *answer; /* the whole answer of the last request, headers first */
    size_t answer_n;
    int status;
    char location[512];
    int queries;   /* that it took */
    char role[16]; /* of who logged in last, for the pages that are kept: keep.h */
    const char *address; /* where it asks from; NULL: somewhere far away */
    bool is_gone;        /* nobody takes its answers any more */
};

/* Opens the site of this process (one at a time). */
struct site *site_fresh(void);
void site_gone(struct site *site);

/* Files below a folder of the data: "documents", "photos", "incoming". */
int site_files(struct site *site, const char *name);

void browser_open(struct browser *b, struct site *site);
void browser_close(struct browser *b);

/* Requests; the path may have a query. The status is returned, too. One that takes more
 * queries than its route may fails the test. */
int browser_get(struct browser *b, const char *path);
int browser_head(struct browser *b, const char *path);
/* FIELDS is an encoded form without csrf, which is added from the last page. */
int browser_post(struct browser *b, const char *path, const char *fields);
/* The same without any csrf field. */
int browser_post_bare(struct browser *b, const char *path, const char *fields);

/* Loads places only (tests/fixtures/places.tsv). */
void site_load_places(struct site *site);

/* Loads the demo city, and places round it (tests/fixtures/places.tsv). */
void site_load_demo(struct site *site);

/* Logs in one of the demo's people: "vendor@demo.test". */
void browser_log_in_demo(struct browser *b, const char *email);

/* A form with files. FIELDS are names and values in turn, ended by NULL, without csrf,
 * which is added from the last page. */
struct browser_file {
    const char *field, *filename;
    size_t filename_n; /* 0: strlen */
    const void *bytes;
    size_t n;
};
int browser_upload(struct browser *b, const char *path, const char *const *fields,
    const struct browser_file *files, size_t n);

/* The body of the last answer. */
const char *browser_body(const struct browser *b);
bool browser_shows(const struct browser *b, const char *text);

/* Makes a verified account straight in the database and logs the browser in. */
int64_t browser_log_in_as(struct browser *b, const char *email, const char *role);

#endif
