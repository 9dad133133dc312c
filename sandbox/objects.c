#include "objects.h"

#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { LIST_MAX = 100, LIST_USUAL = 10, EXPAND_DEPTH_MAX = 4 };
enum { METADATA_KEYS_MAX = 50, METADATA_NAME_MAX = 40, METADATA_VALUE_MAX = 500 };

struct object *objects_new(struct call *c, const char *kind, const char *prefix)
{
    return objects_new_for(c, c->account, kind, prefix);
}

struct object *objects_new_for(
    struct call *c, const char *account, const char *kind, const char *prefix)
{
    struct object *o = arena_alloc(c->a, sizeof *o);
    o->kind = arena_strdup(c->a, kind);
    o->id = call_new_id(c->a, prefix);
    o->account = account;
    o->created_at = sandbox_now(c->box);
    o->body = spec_example(c->box->spec, c->a, kind);
    o->inner = value_object(c->a);
    if (value_member(o->body, "id") != NULL)
        value_put_text(c->a, o->body, "id", o->id);
    value_put_int(c->a, o->body, "created", o->created_at);
    return o;
}

/* Which fields lists filter by. A field of INNER where the body has none. */
static const struct {
    const char *kind, *name, *path;
    bool inner;
} marks[] = {
    { "balance_transaction", "currency", "currency" },
    { "balance_transaction", "payout", "payout", .inner = true },
    { "balance_transaction", "source", "source" },
    { "balance_transaction", "type", "type" },
    { "charge", "customer", "customer" },
    { "charge", "payment_intent", "payment_intent" },
    { "charge", "transfer_group", "transfer_group" },
    { "checkout.session", "customer", "customer" },
    { "checkout.session", "payment_intent", "payment_intent" },
    { "checkout.session", "status", "status" },
    { "customer", "email", "email" },
    { "dispute", "charge", "charge" },
    { "dispute", "payment_intent", "payment_intent" },
    { "dispute", "status", "status" },
    { "event", "type", "type" },
    { "payment_intent", "customer", "customer" },
    { "payout", "destination", "destination" },
    { "payout", "status", "status" },
    { "refund", "charge", "charge" },
    { "refund", "payment_intent", "payment_intent" },
    { "refund", "status", "status" },
    { "review", "charge", "charge" },
    { "transfer", "destination", "destination" },
    { "transfer", "source_transaction", "source_transaction" },
    { "transfer", "transfer_group", "transfer_group" },
    { "transfer_reversal", "transfer", "transfer" },
    { "webhook_endpoint", "url", "url" },
};

static size_t marks_of(const struct object *o, struct stored_mark out[COUNT_OF(marks)])
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (text_is(marks[i].kind, o->kind))
            out[n++] = (struct stored_mark) { marks[i].name,
                value_get_text(marks[i].inner ? o->inner : o->body, marks[i].path) };
    return n;
}

void objects_save(struct call *c, const struct object *o)
{
    struct stored_mark values[COUNT_OF(marks)];
    size_t n = marks_of(o, values);
    const struct stored row = {
        .id = o->id,
        .kind = o->kind,
        .account = o->account,
        .created_at = o->created_at,
        .body = value_string(c->a, o->body),
        .inner = value_string(c->a, o->inner),
    };
    store_put(c->box->store, &row, values, n);
}

/* What was pending becomes available by the clock alone, so nobody writes it. */
static void ripen(const struct call *c, struct object *o)
{
    if (value_get_int(o->body, "available_on", 0) <= sandbox_now(c->box))
        value_put_text(c->a, o->body, "status", "available");
}

static struct object *from_row(struct call *c, const struct stored *row)
{
    struct object *o = arena_alloc(c->a, sizeof *o);
    o->id = row->id;
    o->kind = row->kind;
    o->account = row->account;
    o->created_at = row->created_at;
    o->body = value_read(c->a, row->body, strlen(row->body));
    o->inner = value_read(c->a, row->inner, strlen(row->inner));
    CHECK(o->body != NULL && o->inner != NULL);
    if (text_is(o->kind, "balance_transaction"))
        ripen(c, o);
    return o;
}

struct object *objects_find_anywhere(struct call *c, const char *kind, const char *id)
{
    struct stored row;
    if (id == NULL || !store_get(c->box->store, c->a, id, &row) ||
        !text_is(row.kind, kind))
        return NULL;
    return from_row(c, &row);
}

struct object *objects_find(struct call *c, const char *kind, const char *id)
{
    struct object *o = objects_find_anywhere(c, kind, id);
    return o != NULL && text_is(o->account, c->account) ? o : NULL;
}

enum result objects_require(struct call *c, const char *kind, const char *id,
    const char *param, struct object **out)
{
    *out = objects_find(c, kind, id);
    if (*out != NULL)
        return OK;
    char *name = arena_strdup(c->a, kind);
    for (char *p = name; *p != '\0'; p++)
        if (*p == '.')
            *p = '_';
    return call_error(c, 404, "invalid_request_error", "resource_missing", param,
        "No such %s: '%s'", name, id);
}

/* ---- from parameters to fields ---- */

void objects_take(struct call *c, struct object *o, const char *const *names)
{
    for (; *names != NULL; names++) {
        const struct value *v = value_member(c->params, *names);
        if (v == NULL)
            continue;
        bool unset = v->kind == VALUE_TEXT && *v->text == '\0';
        value_set(
            c->a, o->body, *names, unset ? value_null(c->a) : value_clone(c->a, v));
    }
}

enum result objects_take_metadata(struct call *c, struct object *o)
{
    const struct value *given = value_member(c->params, "metadata");
    if (given == NULL)
        return OK;
    struct value *kept = value_member(o->body, "metadata");
    if (given->kind != VALUE_OBJECT || kept == NULL || kept->kind != VALUE_OBJECT) {
        kept = value_object(c->a);
        value_set(c->a, o->body, "metadata", kept);
    }
    value_each(e, given)
    {
        if (text_utf8_length(e->key) > METADATA_NAME_MAX)
            return call_invalid(c, NULL, "metadata",
                "Metadata keys can be up to 40 characters long. You passed in: %s",
                e->key);
        if (text_utf8_length(e->text) > METADATA_VALUE_MAX)
            return call_invalid(c, NULL, arena_printf(c->a, "metadata[%s]", e->key),
                "Metadata values can be up to 500 characters long.");
        if (*e->text == '\0')
            value_remove(kept, e->key);
        else
            value_set(c->a, kept, e->key, value_text(c->a, e->text));
    }
    if (kept->count > METADATA_KEYS_MAX)
        return call_invalid(
            c, NULL, "metadata", "You can have up to 50 keys in your metadata.");
    return OK;
}

/* ---- expand ---- */

static enum result expand(struct call *c, struct value *v, const struct value *inner,
    const char *path, int depth);

/* The text V becomes the object that it names. */
static void expand_id(struct call *c, struct value *v)
{
    struct stored row;
    if (v->kind != VALUE_TEXT || !store_get(c->box->store, c->a, v->text, &row))
        return;
    const struct value *body = from_row(c, &row)->body;
    v->kind = VALUE_OBJECT;
    v->text = NULL;
    v->first = body->first;
    v->last = body->last;
    v->count = body->count;
}

static enum result expand_member(struct call *c, struct value *v,
    const struct value *inner, const char *name, const char *rest, int depth)
{
    const char *kind = value_get_text(v, "object");
    bool list = text_is(kind, "list") && text_is(name, "data");
    if (!list && (kind == NULL || !spec_expandable(c->box->spec, kind, name)))
        return call_invalid(
            c, NULL, "expand", "This property cannot be expanded (%s).", name);
    struct value *found = value_member(v, name);
    const struct value *hidden = value_member(inner, name);
    if (found == NULL && hidden != NULL) {
        found = value_clone(c->a, hidden);
        value_set(c->a, v, name, found);
    }
    if (found == NULL || found->kind == VALUE_NULL)
        return OK;
    if (list) {
        if (*rest != '\0')
            value_each(e, found) TRY(expand(c, e, NULL, rest, depth + 1));
        return OK;
    }
    expand_id(c, found);
    return *rest == '\0' ? OK : expand(c, found, NULL, rest, depth + 1);
}

static enum result expand(struct call *c, struct value *v, const struct value *inner,
    const char *path, int depth)
{
    if (depth >= EXPAND_DEPTH_MAX)
        return call_invalid(
            c, NULL, "expand", "You cannot expand more than 4 levels of a property.");
    if (v->kind != VALUE_OBJECT)
        return OK;
    size_t n = strcspn(path, ".");
    const char *rest = path[n] == '.' ? path + n + 1 : "";
    return expand_member(c, v, inner, arena_strndup(c->a, path, n), rest, depth);
}

static enum result answer(
    struct call *c, struct value *reply, const struct value *inner)
{
    value_each(path, value_member(c->params, "expand"))
    {
        TRY(expand(c, reply, inner, path->text, 0));
    }
    c->status = 200;
    c->reply = reply;
    return OK;
}

enum result objects_answer(struct call *c, const struct object *o)
{
    return answer(c, value_clone(c->a, o->body), o->inner);
}

struct value *objects_difference(
    struct call *c, const struct value *old, const struct value *now)
{
    struct value *out = value_object(c->a);
    value_each(e, now)
    {
        const struct value *before = value_member(old, e->key);
        if (before == NULL)
            value_set(c->a, out, e->key, value_null(c->a));
        else if (!value_equal(before, e))
            value_set(c->a, out, e->key, value_clone(c->a, before));
    }
    return out;
}

/* ---- lists ---- */

static void take_created(const struct call *c, struct store_query *q)
{
    const struct value *created = value_member(c->params, "created");
    q->created_min = INT64_MIN;
    q->created_max = INT64_MAX;
    if (created == NULL)
        return;
    if (created->kind == VALUE_INT) {
        q->created_min = q->created_max = created->integer;
        return;
    }
    int64_t low = value_get_int(created, "gte", INT64_MIN);
    int64_t above = value_get_int(created, "gt", INT64_MIN);
    int64_t high = value_get_int(created, "lte", INT64_MAX);
    int64_t below = value_get_int(created, "lt", INT64_MAX);
    q->created_min =
        above >= low && above < INT64_MAX && above != INT64_MIN ? above + 1 : low;
    q->created_max =
        below <= high && below > INT64_MIN && below != INT64_MAX ? below - 1 : high;
}

static enum result take_cursor(
    struct call *c, const char *kind, const char *param, int64_t *out)
{
    const char *id = call_text(c, param);
    struct stored row;
    if (id == NULL)
        return OK;
    if (!store_get(c->box->store, c->a, id, &row) || !text_is(row.kind, kind))
        return call_invalid(c, "resource_missing", param, "No such %s: '%s'", kind, id);
    *out = row.seq;
    return OK;
}

static enum result take_page(struct call *c, struct store_query *q)
{
    q->limit = value_get_int(c->params, "limit", LIST_USUAL);
    if (q->limit < 1 || q->limit > LIST_MAX)
        return call_invalid(c, "parameter_invalid_integer", "limit",
            "Invalid integer: limit must be between 1 and 100.");
    take_created(c, q);
    TRY(take_cursor(c, q->kind, "starting_after", &q->after));
    return take_cursor(c, q->kind, "ending_before", &q->before);
}

enum result objects_list(
    struct call *c, const char *kind, const struct objects_filter *filters)
{
    struct store_query q = { .kind = kind, .account = c->account };
    TRY(take_page(c, &q));
    for (; filters->param != NULL; filters++) {
        const char *value = call_text(c, filters->param);
        if (value == NULL)
            continue;
        CHECK(q.filter_count < STORE_FILTERS_MAX);
        q.filters[q.filter_count].mark = filters->mark;
        q.filters[q.filter_count++].value = value;
    }
    value_each(type, value_member(c->params, "types"))
    {
        if (q.type_count == STORE_TYPES_MAX)
            return call_invalid(c, NULL, "types", "You can pass up to 20 types.");
        q.types[q.type_count++] = type->text;
    }
    int64_t limit = q.limit++;
    struct stored *rows = arena_array(c->a, (size_t)q.limit, sizeof *rows);
    size_t n = store_list(c->box->store, c->a, &q, rows);
    bool more = n > (size_t)limit;
    size_t first = more && q.before != 0 ? 1 : 0;
    struct value *data = value_array(c->a), *list = value_object(c->a);
    for (size_t i = first; i < n && i < first + (size_t)limit; i++)
        value_append(data, from_row(c, &rows[i])->body);
    value_put_text(c->a, list, "object", "list");
    value_set(c->a, list, "data", data);
    value_put_bool(c->a, list, "has_more", more);
    value_put_text(c->a, list, "url", c->path);
    return answer(c, list, NULL);
}

void objects_each(struct call *c, const char *kind, const char *mark, const char *value,
    bool (*fn)(struct call *c, struct object *o, void *arg), void *arg)
{
    struct store_query q = { .kind = kind,
        .account = c->account,
        .created_min = INT64_MIN,
        .created_max = INT64_MAX,
        .limit = LIST_MAX };
    if (mark != NULL) {
        q.filters[0].mark = mark;
        q.filters[0].value = value;
        q.filter_count = 1;
    }
    struct stored *rows = arena_array(c->a, LIST_MAX, sizeof *rows);
    size_t n;
    while ((n = store_list(c->box->store, c->a, &q, rows)) > 0) {
        for (size_t i = 0; i < n; i++)
            if (!fn(c, from_row(c, &rows[i]), arg))
                return;
        q.after = rows[n - 1].seq;
    }
}

static bool take_first(struct call *c, struct object *o, void *arg)
{
    struct object **first = arg;
    (void)c;
    *first = o;
    return false;
}

struct object *objects_latest(
    struct call *c, const char *kind, const char *mark, const char *value)
{
    struct object *first = NULL;
    objects_each(c, kind, mark, value, take_first, &first);
    return first;
}
