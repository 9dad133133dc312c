/* What waits for staff about money, over all modules: how much of each, and the lists
 * that no module of its own has. */
#ifndef DOMAIN_QUEUES_H
#define DOMAIN_QUEUES_H

#include "app/ctx.h"
#include "util/money.h"

struct queues_counts {
    int64_t disputes;           /* that a bank wants an answer to */
    int64_t refunds, transfers; /* that failed */
    int64_t warnings;           /* of fraud, and Stripe's reviews */
    int64_t calls;              /* to Stripe that do not come to an end (calls.h) */
    int64_t debts;              /* hosts who owe us something */
    int64_t differences;        /* between Stripe's books and ours */
};
enum result queues_count(struct ctx *c, struct queues_counts *out);

/* Freezes by warnings and reviews, by booking, behind AFTER (its booking_id and
 * source_id; 0 and "" at the beginning). */
struct queues_warning {
    const char *source_id, *kind; /* warning, review */
    int64_t booking_id, opened_at;
    struct cents total;
    const char *title, *vendor;
};
enum result queues_warnings(struct ctx *c, const struct queues_warning *after,
    size_t max, struct queues_warning **out, size_t *n);

/* Hosts who owe us something, from above host AFTER_ID, and since when: the oldest debt
 * that is not paid yet, older ones being paid first. */
enum { QUEUES_DEBT_OLD_S = 30 * 86400 };
struct queues_debt {
    int64_t host_id, since_at;
    const char *host;
    struct cents amount;
};
struct queues_debt queues_read_debt(struct query *q); /* the row that Q is at */
enum result queues_debts(
    struct ctx *c, int64_t after_id, size_t max, struct queues_debt **out, size_t *n);

#endif
