/* What speaks for us when a bank asks. */
#ifndef DOMAIN_DISPUTES_DRAFT_H
#define DOMAIN_DISPUTES_DRAFT_H

#include "domain/disputes.h"

/* A text to begin from, of at most EVIDENCE_MAX characters: the booking, what happened,
 * the newest messages between the two. */
enum result disputes_draft(struct ctx *c, const struct dispute *d, const char **text);

#endif
