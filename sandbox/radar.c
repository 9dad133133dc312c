#include "radar.h"

#include "events.h"
#include "util/text.h"

static void name_payment(struct call *c, struct object *o, const struct object *charge)
{
    value_put_text(c->a, o->body, "charge", charge->id);
    value_put_text(c->a, o->body, "payment_intent",
        value_get_text(charge->body, "payment_intent"));
}

enum result radar_warn(struct call *c, const struct object *charge)
{
    struct object *o =
        objects_new_for(c, charge->account, "radar.early_fraud_warning", "issfr_");
    name_payment(c, o, charge);
    value_put_bool(c->a, o->body, "actionable",
        !value_get_bool(charge->body, "refunded", false) &&
            !value_get_bool(charge->body, "disputed", false));
    objects_save(c, o);
    events_emit(c, "radar.early_fraud_warning.created", o, NULL, o->account);
    return objects_answer(c, o);
}

/* The review of a payment that is still open. NULL: none is. */
static struct object *open_review(struct call *c, const struct object *charge)
{
    struct object *o = objects_latest(c, "review", "charge", charge->id);
    return o != NULL && value_get_bool(o->body, "open", false) ? o : NULL;
}

enum result radar_open_review(struct call *c, struct object *charge)
{
    if (!text_is(value_get_text(charge->body, "status"), "succeeded"))
        return call_invalid(c, NULL, NULL, "Only what was paid is reviewed.");
    if (open_review(c, charge) != NULL)
        return call_invalid(c, NULL, NULL, "A review of this payment is open already.");
    struct object *o = objects_new_for(c, charge->account, "review", "prv_");
    struct object *pi = objects_find(
        c, "payment_intent", value_get_text(charge->body, "payment_intent"));
    name_payment(c, o, charge);
    objects_save(c, o);
    value_put_text(c->a, charge->body, "review", o->id);
    objects_save(c, charge);
    if (pi != NULL) {
        value_put_text(c->a, pi->body, "review", o->id);
        objects_save(c, pi);
    }
    events_emit(c, "review.opened", o, NULL, o->account);
    return objects_answer(c, o);
}

enum result radar_close_review(
    struct call *c, const struct object *charge, const char *reason)
{
    struct object *o = open_review(c, charge);
    if (o == NULL)
        return call_invalid(c, NULL, NULL, "No review of this payment is open.");
    const struct value *before = value_clone(c->a, o->body);
    value_put_bool(c->a, o->body, "open", false);
    value_put_text(c->a, o->body, "closed_reason", reason);
    value_put_text(c->a, o->body, "reason", reason);
    objects_save(c, o);
    events_emit(
        c, "review.closed", o, objects_difference(c, before, o->body), o->account);
    return objects_answer(c, o);
}
