/* One request to the sandbox and the answer to it. Everything lives in the call's
 * arena. An API function either sets CALL->reply and returns OK, or returns what
 * call_error() returns. */
#ifndef SANDBOX_CALL_H
#define SANDBOX_CALL_H

#include "spec.h"
#include "store.h"
#include "util/result.h"
#include "value.h"

#define STRIPE_VERSION "2026-10-28.endive"

struct faults;
struct record;
struct webhooks;

/* What the whole program shares. */
struct sandbox {
    struct spec *spec;
    struct store *store;
    struct faults *faults;
    struct webhooks *webhooks;
    struct record *record; /* NULL: none is kept */
    const char *base;      /* "http://127.0.0.1:12111" */
    const char *files;     /* the folder with pages/ and stripe.js */
    const char *ready; /* accounts with addresses of this domain need no onboarding */
    int64_t ahead_s;   /* how far the simulated clock is ahead of the real one */
    bool fast;         /* webhooks are retried within a second */
};

/* The simulated clock. */
int64_t sandbox_now(const struct sandbox *box);
int64_t sandbox_now_ms(const struct sandbox *box);

/* How the server ends the exchange. */
enum call_end {
    CALL_ANSWER,
    CALL_CLOSE, /* close the connection without a byte */
    CALL_HALF,  /* send half of the answer, then close */
    CALL_HANG,  /* send nothing for CALL->wait_ms, then close */
    CALL_WAIT,  /* not answered yet: ask again after CALL->wait_ms */
};

struct call {
    struct arena *a;
    struct sandbox *box;

    /* the request */
    const char *method, *path, *query, *body;
    const char *authorization, *account_header, *idempotency_key, *version, *host;
    const char *request_id;
    const char *account;  /* the Stripe account it is about; "" is the platform */
    const char *ids[2];   /* what stands in the path's {places} */
    struct value *params; /* checked and typed */
    bool begun;           /* it waited, and goes on now */

    /* the answer */
    int status;
    struct value *reply;
    const char *page, *page_type; /* instead of REPLY */
    const char *location;         /* instead of both */
    bool replayed;
    bool keep; /* keep what was changed although this is an error */
    const char *should_retry;
    enum call_end end;
    int64_t wait_ms;
};

/* An error of Stripe's kind. PARAM, CODE may be NULL. Always R_INVALID. */
enum result call_error(struct call *c, int status, const char *type, const char *code,
    const char *param, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The commonest: 400, invalid_request_error. */
enum result call_invalid(struct call *c, const char *code, const char *param,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A call that no request made: for what happens by the clock. */
struct call *call_internal(struct arena *a, struct sandbox *box);

/* PREFIX and 24 random letters and digits. */
char *call_new_id(struct arena *a, const char *prefix);

/* The parameter there, or NULL. */
const char *call_text(const struct call *c, const char *path);

#endif
