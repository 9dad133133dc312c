/* Money in page tests: what Stripe would say of the demo's bookings, applied to them,
 * and a look into the site's database. */
#ifndef SUPPORT_CASH_H
#define SUPPORT_CASH_H

#include "support/site.h"

/* Statements by a printf format, %lld an int64_t; the first column of the first row,
 * or 0. */
int64_t cash_int(struct site *site, const char *format, ...);

/* The same as text in A; NULL without a row. */
const char *cash_text(struct arena *a, struct site *site, const char *format, ...);

/* What the database holds (support/snapshot.h), and what has changed since. */
const char *cash_snapshot(struct arena *a, struct site *site);
const char *cash_changes(struct arena *a, struct site *site, const char *before);

/* Loads the demo city, all of it paid as if at Stripe: pi_demo_7 and ch_demo_7 paid for
 * booking 7, and tr_demo_7 brought the host his part if it is over. */
void cash_load_demo(struct site *site);

/* A confirmed booking of the demo that VENDOR ("vendor2@demo.test") has with HOST. */
int64_t cash_booking(struct site *site, const char *vendor, const char *host);

/* A fresh site with that demo, and the vendor, the host and an administrator of such a
 * booking, each logged in a browser of their own. The booking. */
#define CASH_VENDOR "vendor2@demo.test"
#define CASH_HOST "host@demo.test"
#define CASH_ADMIN "admin@demo.test"
struct cash_people {
    struct browser *vendor, *host, *admin;
};
int64_t cash_open(struct site **site, struct cash_people people);
void cash_log_in(struct cash_people people);
void cash_close(struct site *site, struct cash_people people);

/* Stripe tells of the newest refund of a booking: "succeeded", "failed". */
void cash_refund(struct site *site, int64_t booking_id, const char *status);

/* ... of a dispute over all of it, which it calls ID. */
void cash_dispute(
    struct site *site, int64_t booking_id, const char *id, const char *status);

/* ... of a warning of fraud. */
void cash_warning(struct site *site, int64_t booking_id, const char *id);

/* The host of a booking came to owe this at AT; something was kept for it from his
 * transfer. The movements' ids begin with "by_hand_". */
void cash_owe(struct site *site, int64_t booking_id, int64_t cents, int64_t at);
void cash_keep(struct site *site, int64_t booking_id, int64_t cents, int64_t at);

/* The clock goes to a day after the booking's end and an hour; the booking is over and
 * its transfer claimed. With SENT, Stripe says that it was made. */
void cash_pass(struct site *site, int64_t booking_id, bool sent);

#endif
