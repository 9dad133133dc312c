/* A kitchen for page tests, written through the host's own form. */
#ifndef SUPPORT_KITCHEN_H
#define SUPPORT_KITCHEN_H

#include "support/site.h"

/* The form's fields, filled in: "title=Copper+Pot&..." without version and csrf. */
extern const char kitchen_form[];

/* Lists it as the host who is logged in; a draft. The first one's id is 1. */
void kitchen_list(struct browser *host);

/* Sends listing 1 to approval. */
void kitchen_submit(struct browser *host);

/* Makes listing 1 bookable: papers, payouts, approval; open day and night. */
void kitchen_activate(struct site *site);

/* Listing 1 has the first N of its three required papers approved and in date, and
 * no others. */
void kitchen_papers(struct site *site, int n);

#endif
