/* What came of a call whose answer we shall never get: by Stripe's lists, or by the
 * object that it was to change. All that identifies it stands in the call's own frozen
 * body, since everything that we make carries our uids in its metadata. */
#include <string.h>

#include "domain/stripe_ops.h"
#include "util/guard.h"
#include "util/log.h"

enum {
    PER_PAGE = 50, /* what fits into a JSON tree, however rich the objects */
    PAGES_MAX = 20,
    EARLIER_S = 30 * 86400, /* Stripe's clock is not ours, and ours may be wrong */
    MARKS_MAX = 2,
};

static bool is_over(const struct json *o)
{
    const char *status = json_text(o, "status");
    return text_is(status, "canceled") || text_is(status, "succeeded");
}

static bool is_closed(const struct json *o)
{
    return !text_is(json_text(o, "status"), "open");
}

static bool was_submitted(const struct json *o)
{
    int64_t n = 0;
    return json_int(o, "evidence_details.submission_count", &n) && n > 0;
}

static const struct kind {
    const char *name;
    /* What the call made: a list (NULL: where it was posted), the parameter that the
     * list takes from the call (NULL: none), and the metadata that only its object
     * has. */
    const char *list, *filter;
    bool by_age; /* the list can leave out what is older than the call */
    const char *marks[MARKS_MAX];
    /* Or the object that it changed, which says whether it did. */
    const char *ending; /* of the path, less which it is the object's own */
    bool (*happened)(const struct json *o);
} kinds[] = {
    { "acct", "/v1/accounts", NULL, true, { "host_uid" }, NULL, NULL },
    { "cus", "/v1/customers", "email", false, { "user_uid" }, NULL, NULL },
    { "pi", "/v1/payment_intents", "customer", false, { "booking_uid", "attempt" },
        NULL, NULL },
    { "cs", "/v1/checkout/sessions", "customer", false, { "booking_uid", "attempt" },
        NULL, NULL },
    { "ref", "/v1/refunds", "payment_intent", false, { "refund_uid" }, NULL, NULL },
    { "xfer", "/v1/transfers", "transfer_group", false, { "transfer_uid" }, NULL,
        NULL },
    { "rev", NULL, NULL, false, { "reversal_uid" }, NULL, NULL },
    { "pican", NULL, NULL, false, { NULL }, "/cancel", is_over },
    { "csexp", NULL, NULL, false, { NULL }, "/expire", is_closed },
    { "dpev", NULL, NULL, false, { NULL }, "", was_submitted },
};

static const struct kind *kind_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_is(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

/* ---- answers ----------------------------------------------------------------------
 */

static const char absent[] = "absent";

bool stripe_ops_absent(const struct stripe_reply *reply)
{
    return reply->outcome == STRIPE_DEFINITIVE && text_is(reply->error.code, absent);
}

/* An answer of our own making, with what the last look said of itself. */
static void conclude(struct stripe_reply *out, enum stripe_outcome outcome,
    const char *code, const char *message)
{
    const char *request_id = out->request_id;
    *out = (struct stripe_reply) { .outcome = outcome, .request_id = request_id };
    stripe_read_error(NULL, &out->error);
    out->error.code = code;
    out->error.message = message;
}

static void conclude_absent(struct stripe_reply *out)
{
    conclude(out, STRIPE_DEFINITIVE, absent, "Stripe has no such thing: it never was");
}

static void undecided(struct stripe_reply *out, const char *why)
{
    conclude(out, STRIPE_BUG, "undecided", why);
}

/* ---- the call's own words ---------------------------------------------------------
 */

/* The value of KEY in the body, as it is encoded there, or NULL. */
static const char *value_in(struct ctx *c, const char *body, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = body; *at != '\0';) {
        size_t whole = strcspn(at, "&");
        if (whole > n && strncmp(at, key, n) == 0 && at[n] == '=')
            return arena_strndup(c->arena, at + n + 1, whole - n - 1);
        at += whole + (at[whole] == '&');
    }
    return NULL;
}

struct look {
    const struct kind *kind;
    const char *path, *query; /* without the place in the list */
    struct {
        const char *path, *value; /* what the object's metadata must say */
    } marks[MARKS_MAX];
    size_t marks_n;
};

static bool prepare(struct ctx *c, const struct stripe_op *op, struct look *l)
{
    const char *filter = "";
    l->path = l->kind->list == NULL ? op->path : l->kind->list;
    for (size_t i = 0; i < MARKS_MAX && l->kind->marks[i] != NULL; i++) {
        const char *name = l->kind->marks[i];
        l->marks[i].path = ctx_printf(c, "metadata.%s", name);
        l->marks[i].value = value_in(c, op->body, ctx_printf(c, "metadata[%s]", name));
        if (l->marks[i].value == NULL)
            return false;
        l->marks_n++;
    }
    if (l->kind->filter != NULL) {
        const char *value = value_in(c, op->body, l->kind->filter);
        if (value == NULL)
            return false;
        filter = ctx_printf(c, "%s=%s&", l->kind->filter, value);
    }
    if (l->kind->by_age)
        filter = ctx_printf(c, "%screated[gte]=%lld&", filter,
            (long long)(op->first_sent_at - EARLIER_S));
    l->query = ctx_printf(c, "%slimit=%d", filter, PER_PAGE);
    return true;
}

/* ---- looking ----------------------------------------------------------------------
 */

static bool fits(const struct look *l, const struct json *o)
{
    for (size_t i = 0; i < l->marks_n; i++)
        if (!text_is(json_text(o, l->marks[i].path), l->marks[i].value))
            return false;
    return true;
}

static void get(struct ctx *c, const struct stripe_client *client, const char *path,
    const char *query, struct stripe_reply *out)
{
    struct stripe_request request = { .method = "GET", .path = path, .form = query };
    stripe_ops_ask(c, client, &request, out);
}

/* Walks the whole list. *FOUND is what fits, or NULL; true if all was seen and not more
 * than one fits. */
static bool walk(struct ctx *c, const struct stripe_client *client,
    const struct look *l, const struct json **found, struct stripe_reply *out)
{
    const char *query = l->query;
    *found = NULL;
    for (int page = 0; page < PAGES_MAX; page++) {
        bool more = false;
        const char *last = NULL;
        get(c, client, l->path, query, out);
        if (out->outcome != STRIPE_OK)
            return false;
        json_each(o, json_get(out->object, "data"))
        {
            last = json_text(o, "id");
            if (!fits(l, o))
                continue;
            if (*found != NULL) {
                undecided(out, "Stripe has it twice");
                return false;
            }
            *found = o;
        }
        if (!json_bool(out->object, "has_more", &more) || !more || last == NULL)
            return true;
        query = ctx_printf(c, "%s&starting_after=%s", l->query, last);
    }
    undecided(out, "Stripe's list is too long to be read");
    return false;
}

static void find_in_list(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, const struct kind *kind, struct stripe_reply *out)
{
    struct look l = { .kind = kind };
    const struct json *found;
    if (!prepare(c, op, &l)) {
        undecided(out, "the call does not say what it made");
        return;
    }
    if (!walk(c, client, &l, &found, out))
        return;
    if (found == NULL)
        conclude_absent(out);
    else
        out->object = found;
}

static void find_object(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, const struct kind *kind, struct stripe_reply *out)
{
    size_t n = strlen(op->path), ending = strlen(kind->ending);
    CHECK(n > ending && text_is(op->path + n - ending, kind->ending));
    get(c, client, arena_strndup(c->arena, op->path, n - ending), NULL, out);
    if (out->outcome == STRIPE_OK && !kind->happened(out->object))
        conclude_absent(out);
}

void stripe_ops_find(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *out)
{
    CHECK(!db_in_transaction(c->db));
    const struct kind *kind = kind_of(op->kind);
    *out = (struct stripe_reply) { .request_id = "" };
    if (kind == NULL)
        undecided(out, "nobody knows where to look for it");
    else if (kind->happened != NULL)
        find_object(c, client, op, kind, out);
    else
        find_in_list(c, client, op, kind, out);
    log_warn("stripe_find", "%s: %s", op->idem_key,
        out->outcome == STRIPE_OK ? json_text(out->object, "id") : out->error.message);
    /* A list that Stripe refuses proves nothing of the call. */
    if (out->outcome == STRIPE_DEFINITIVE && !stripe_ops_absent(out))
        undecided(
            out, ctx_printf(c, "Stripe refuses the look: %s", out->error.message));
}
