#include "domain/reconcile.h"

#include "util/guard.h"
#include "util/text.h"

/* In this order: what is adopted is compared, and the balance is read last. */
static reconcile_part *const parts[] = {
    reconcile_movements,
    reconcile_transfers,
    reconcile_refunds,
    reconcile_theirs,
    reconcile_ours,
    reconcile_bookings,
    reconcile_balance,
    reconcile_end,
};

/* The place is "3 txn_1": the part's number, and where it is. */
enum result reconcile_step(
    struct ctx *c, const struct reconcile_look *look, const char **at)
{
    size_t part = 0;
    const char *after = "";
    if (**at != '\0') {
        part = (size_t)(**at - '0');
        CHECK(part < COUNT_OF(parts) && (*at)[1] == ' ');
        after = *at + 2;
    }
    TRY(parts[part](c, look, &after));
    if (*after == '\0' && ++part == COUNT_OF(parts))
        *at = "";
    else
        *at = ctx_printf(c, "%zu %s", part, after);
    return OK;
}
