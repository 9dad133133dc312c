#include "payment_methods.h"

#include "cards.h"
#include "util/civil.h"
#include "util/text.h"

enum result payment_methods_require(
    struct call *c, const char *id, const char *param, struct object **out)
{
    const struct card *card = cards_by_token(id);
    if (card == NULL)
        return objects_require(c, "payment_method", id, param, out);
    struct civil now = civil_of_seconds(sandbox_now(c->box));
    *out = cards_payment_method(c, card, now.month, now.year + 1);
    objects_save(c, *out);
    return OK;
}

static void take_billing(struct call *c, const char *prefix, struct object *pm)
{
    static const char *const names[] = { "name", "email", "phone" };
    for (size_t i = 0; i < 3; i++) {
        const char *at = arena_printf(c->a, "billing_details.%s", names[i]);
        const char *text = call_text(c, arena_printf(c->a, "%s%s", prefix, at));
        if (!text_empty(text))
            value_put_text(c->a, pm->body, at, text);
    }
    const struct value *address =
        value_get(c->params, arena_printf(c->a, "%sbilling_details.address", prefix));
    if (address != NULL && address->kind == VALUE_OBJECT)
        value_merge(c->a, value_get(pm->body, "billing_details.address"), address);
}

enum result payment_methods_from_params(
    struct call *c, const char *prefix, struct object **out)
{
    const char *type = call_text(c, arena_printf(c->a, "%stype", prefix));
    if (!text_is(type, "card"))
        return call_invalid(c, "payment_method_unsupported_type", "type",
            "The sandbox takes cards only.");
    const struct value *input =
        value_get(c->params, arena_printf(c->a, "%scard", prefix));
    const struct card *card;
    if (value_get_text(input, "number") == NULL)
        return call_invalid(c, "parameter_missing", "card[number]",
            "Missing required param: card[number].");
    const struct card_input typed = {
        .number = value_get_text(input, "number"),
        .exp_month = value_get_int(input, "exp_month", 0),
        .exp_year = value_get_int(input, "exp_year", 0),
        .cvc = value_get_text(input, "cvc"),
    };
    TRY(cards_check(c, &typed, &card));
    *out = cards_payment_method(c, card, typed.exp_month, typed.exp_year);
    take_billing(c, prefix, *out);
    return OK;
}

enum result payment_methods_create(struct call *c)
{
    struct object *pm;
    TRY(payment_methods_from_params(c, "", &pm));
    TRY(objects_take_metadata(c, pm));
    objects_save(c, pm);
    return objects_answer(c, pm);
}

enum result payment_methods_retrieve(struct call *c)
{
    struct object *pm;
    TRY(objects_require(c, "payment_method", c->ids[0], "payment_method", &pm));
    return objects_answer(c, pm);
}
