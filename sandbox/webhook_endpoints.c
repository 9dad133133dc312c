#include "webhook_endpoints.h"

#include "util/text.h"

enum { URL_MAX = 5000 };

static enum result take(struct call *c, struct object *o)
{
    static const char *const names[] = { "url", "enabled_events", "description", NULL };
    const char *url = call_text(c, "url");
    if (url != NULL && !text_starts(url, "http://") && !text_starts(url, "https://"))
        return call_invalid(c, "url_invalid", "url",
            "Invalid URL: An explicit scheme (such as https) must be provided.");
    objects_take(c, o, names);
    return objects_take_metadata(c, o);
}

enum result webhook_endpoints_create(struct call *c)
{
    struct object *o = objects_new(c, "webhook_endpoint", "we_");
    const char *secret = call_new_id(c->a, "whsec_");
    value_put_text(c->a, o->body, "status", "enabled");
    value_put_text(c->a, o->body, "api_version", call_text(c, "api_version"));
    value_put_text(c->a, o->inner, "secret", secret);
    value_put_bool(
        c->a, o->inner, "connect", value_get_bool(c->params, "connect", false));
    TRY(take(c, o));
    objects_save(c, o);
    /* Told this once and never again. */
    value_put_text(c->a, o->body, "secret", secret);
    return objects_answer(c, o);
}

enum result webhook_endpoints_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "webhook_endpoint", c->ids[0], "webhook_endpoint", &o));
    return objects_answer(c, o);
}

enum result webhook_endpoints_update(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "webhook_endpoint", c->ids[0], "webhook_endpoint", &o));
    TRY(take(c, o));
    const struct value *disabled = value_member(c->params, "disabled");
    if (disabled != NULL)
        value_put_text(
            c->a, o->body, "status", disabled->truth ? "disabled" : "enabled");
    objects_save(c, o);
    return objects_answer(c, o);
}

enum result webhook_endpoints_delete(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "webhook_endpoint", c->ids[0], "webhook_endpoint", &o));
    store_delete(c->box->store, o->id);
    c->reply = value_object(c->a);
    value_put_text(c->a, c->reply, "id", o->id);
    value_put_text(c->a, c->reply, "object", "webhook_endpoint");
    value_put_bool(c->a, c->reply, "deleted", true);
    c->status = 200;
    return OK;
}

enum result webhook_endpoints_list(struct call *c)
{
    static const struct objects_filter none[] = { { NULL, NULL } };
    return objects_list(c, "webhook_endpoint", none);
}

struct ensuring {
    bool connect;
    struct object *found;
};

static bool same_kind(struct call *c, struct object *o, void *arg)
{
    struct ensuring *e = arg;
    (void)c;
    if (value_get_bool(o->inner, "connect", false) == e->connect)
        e->found = o;
    return e->found == NULL;
}

void webhook_endpoints_ensure(
    struct call *c, const char *url, const char *secret, bool connect)
{
    struct ensuring e = { .connect = connect };
    objects_each(c, "webhook_endpoint", "url", url, same_kind, &e);
    struct object *o = e.found;
    if (o == NULL)
        o = objects_new(c, "webhook_endpoint", "we_");
    struct value *all = value_array(c->a);
    value_append(all, value_text(c->a, "*"));
    value_set(c->a, o->body, "enabled_events", all);
    value_put_text(c->a, o->body, "status", "enabled");
    value_put_text(c->a, o->body, "api_version", STRIPE_VERSION);
    value_put_text(c->a, o->body, "url", url);
    value_put_text(c->a, o->inner, "secret", secret);
    value_put_bool(c->a, o->inner, "connect", connect);
    objects_save(c, o);
}

const char *webhook_endpoints_rotate(struct call *c, const char *id, int64_t overlap_s)
{
    struct object *o = objects_find(c, "webhook_endpoint", id);
    if (o == NULL)
        return NULL;
    const char *secret = call_new_id(c->a, "whsec_");
    value_put_text(c->a, o->inner, "old_secret", value_get_text(o->inner, "secret"));
    value_put_int(c->a, o->inner, "old_until", sandbox_now(c->box) + overlap_s);
    value_put_text(c->a, o->inner, "secret", secret);
    objects_save(c, o);
    return secret;
}
