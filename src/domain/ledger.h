/* The books: double entry, one row a movement. A movement debits one account and
 * credits another with the same amount, so nothing here can fail to sum to zero.
 * Balances are debits less credits: what we have is above zero, what we owe below.
 * Rows are posted in the transaction of the change that they tell of, once each (a
 * unique key), and never changed. */
#ifndef DOMAIN_LEDGER_H
#define DOMAIN_LEDGER_H

#include "app/ctx.h"
#include "util/money.h"

enum ledger_account {
    LEDGER_STRIPE,          /* our balance at Stripe */
    LEDGER_BANK,            /* what Stripe paid out to us */
    LEDGER_HOST_PAYABLE,    /* owed to a host */
    LEDGER_HOST_RECEIVABLE, /* owed by a host */
    LEDGER_REVENUE,         /* our fees */
    LEDGER_TAX,             /* collected, to be passed on */
    LEDGER_REFUNDS_DUE,     /* owed to vendors: decided, and has not moved yet */
    LEDGER_DISPUTED,        /* taken by a bank until a dispute is decided */
    LEDGER_DISPUTE_LOSS,
    LEDGER_STRIPE_FEES,
    LEDGER__ACCOUNTS
};

/* "host_payable", as in the table; "Owed to the host", for people. */
const char *ledger_account_name(enum ledger_account a);
const char *ledger_account_label(enum ledger_account a);

/* The same for a total over everything: "Owed to hosts". */
const char *ledger_total_label(enum ledger_account a);

struct ledger_movement {
    const char *kind; /* of the table's list: 'charge', 'refund', 'transfer', ... */
    const char
        *source_id; /* the object of Stripe's that it comes from, or a uid of ours */
    enum ledger_account debit, credit;
    struct cents amount; /* 0: nothing is posted; never below */
    int64_t booking_id;  /* 0: none */
    int64_t host_id;     /* of host_payable and host_receivable; 0: none */
};

/* Needs an open transaction. R_CONFLICT: posted before. */
enum result ledger_post(struct ctx *c, const struct ledger_movement *m);

/* Of one account for one booking. */
enum result ledger_balance(
    struct ctx *c, enum ledger_account account, int64_t booking_id, struct cents *out);

/* What the host of a booking gets in all, as things stand: his part of the charge less
 * his part of refunds and lost disputes, whatever was sent to him. */
enum result ledger_entitled(struct ctx *c, int64_t booking_id, struct cents *out);

/* The same of N bookings at once. Where nothing was charged, OUT stays as it was. */
enum result ledger_entitled_each(
    struct ctx *c, const int64_t *booking_ids, size_t n, struct cents *out);

/* Likewise what each vendor has paid in all: the charge less refunds and lost disputes.
 */
enum result ledger_paid_each(
    struct ctx *c, const int64_t *booking_ids, size_t n, struct cents *out);

/* Of one account over everything; HOST_ID for the two accounts that have hosts. */
enum result ledger_total(
    struct ctx *c, enum ledger_account account, int64_t host_id, struct cents *out);

/* All accounts over everything, by enum ledger_account. They sum to zero. */
enum result ledger_totals(struct ctx *c, struct cents out[LEDGER__ACCOUNTS]);

struct ledger_row {
    int64_t id, at, booking_id, host_id;
    const char *kind, *source_id;
    enum ledger_account debit, credit;
    struct cents amount;
};

/* The movements of a booking in order; or all below BEFORE_ID (0: from the newest), the
 * newest first. */
enum result ledger_of_booking(
    struct ctx *c, int64_t booking_id, size_t max, struct ledger_row **out, size_t *n);
enum result ledger_page(
    struct ctx *c, int64_t before_id, size_t max, struct ledger_row **out, size_t *n);

#endif
