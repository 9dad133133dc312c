#include "web/money_words.h"

#include "util/guard.h"
#include "util/text.h"

/* What a review or a warning is about is between Stripe and us. */
const char *money_words_frozen(const char *kind, enum side side)
{
    static const char looks[] = "the payment is being looked at";
    static const struct {
        const char *kind, *staff, *others;
    } words[] = {
        { "dispute", "a bank looks at the payment", "a bank looks at the payment" },
        { "review", "Stripe looks at the payment", looks },
        { "warning", "a bank warned of fraud", looks },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is(words[i].kind, kind))
            return side == SIDE_STAFF ? words[i].staff : words[i].others;
    return looks;
}

const char *money_words_debt(struct ctx *c, const struct debt *d, enum side side)
{
    bool you = side == SIDE_HOST;
    if (d->paid.n == 0)
        return you ? "You owe it, and it is kept from the next transfers."
                   : "The host owes it, and it is kept from the next transfers.";
    if (d->paid.n < d->amount.n)
        return ctx_printf(c, "%s of it was kept from later transfers; %s the rest.",
            cents_format(c->arena, d->paid), you ? "you owe" : "the host owes");
    return d->payer == 0
               ? "It was kept from later transfers."
               : ctx_printf(c, "It was kept from the transfer of booking %lld.",
                     (long long)d->payer);
}
