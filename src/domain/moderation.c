#include "domain/moderation.h"

#include "domain/accounts.h"
#include "domain/listings.h"

enum result moderation_suspend(
    struct ctx *c, int64_t id, bool suspended, const char *reason)
{
    TRY(db_begin(c->db));
    TRY(accounts_suspend(c, id, suspended, reason));
    TRY(listings_refresh_host(c, id));
    return db_commit(c->db);
}
