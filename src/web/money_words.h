/* Words about a host's money that several pages say, to each reader his own. */
#ifndef WEB_MONEY_WORDS_H
#define WEB_MONEY_WORDS_H

#include "domain/debts.h"

/* Who reads them. */
enum side { SIDE_VENDOR, SIDE_HOST, SIDE_STAFF };

/* "a bank looks at the payment": why the money is held, by the kind of its freeze. */
const char *money_words_frozen(const char *kind, enum side side);

/* "It was kept from later transfers.": what became of a debt. */
const char *money_words_debt(struct ctx *c, const struct debt *d, enum side side);

#endif
