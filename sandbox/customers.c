#include "customers.h"

#include <string.h>

#include "events.h"
#include "util/text.h"

static enum result take(struct call *c, struct object *o)
{
    static const char *const names[] = { "address", "business_name", "description",
        "email", "individual_name", "name", "phone", "preferred_locales", "shipping",
        "balance", NULL };
    const char *email = call_text(c, "email");
    if (!text_empty(email) && strchr(email, '@') == NULL)
        return call_invalid(
            c, "email_invalid", "email", "Invalid email address: %s", email);
    objects_take(c, o, names);
    const char *exempt = call_text(c, "tax_exempt");
    if (exempt != NULL)
        value_put_text(c->a, o->body, "tax_exempt", *exempt == '\0' ? "none" : exempt);
    /* What is answered holds each line of an address, given or not. */
    struct value *address = value_member(o->body, "address");
    static const char *const lines[] = { "city", "country", "line1", "line2",
        "postal_code", "state" };
    for (size_t i = 0; address != NULL && address->kind == VALUE_OBJECT && i < 6; i++)
        if (value_member(address, lines[i]) == NULL)
            value_put(c->a, address, lines[i], value_null(c->a));
    return objects_take_metadata(c, o);
}

enum result customers_create(struct call *c)
{
    struct object *o = objects_new(c, "customer", "cus_");
    TRY(take(c, o));
    objects_save(c, o);
    events_emit(c, "customer.created", o, NULL, c->account);
    return objects_answer(c, o);
}

/* A deleted customer is still answered, as little as is left of him; nothing else
 * finds him. */
enum result customers_retrieve(struct call *c)
{
    struct object *o = objects_find(c, "deleted_customer", c->ids[0]);
    if (o == NULL)
        TRY(objects_require(c, "customer", c->ids[0], "customer", &o));
    return objects_answer(c, o);
}

enum result customers_update(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "customer", c->ids[0], "customer", &o));
    const struct value *before = value_clone(c->a, o->body);
    TRY(take(c, o));
    objects_save(c, o);
    events_emit(
        c, "customer.updated", o, objects_difference(c, before, o->body), c->account);
    return objects_answer(c, o);
}

enum result customers_delete(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "customer", c->ids[0], "customer", &o));
    events_emit(c, "customer.deleted", o, NULL, c->account);
    store_delete(c->box->store, o->id);
    o->kind = "deleted_customer";
    o->body = spec_example(c->box->spec, c->a, o->kind);
    value_put_text(c->a, o->body, "id", o->id);
    value_put_bool(c->a, o->body, "deleted", true);
    objects_save(c, o);
    return objects_answer(c, o);
}

enum result customers_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "email", "email" },
        { NULL, NULL } };
    return objects_list(c, "customer", filters);
}
