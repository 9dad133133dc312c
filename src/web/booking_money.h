/* Where the money of a booking is: dated sentences with Stripe's ids, and what went in
 * and out by account. The same for the vendor, the host and staff, each with his own
 * words. */
#ifndef WEB_BOOKING_MONEY_H
#define WEB_BOOKING_MONEY_H

#include "domain/bookings.h"
#include "html/view.h"

/* Keys of bookings/money: the list `money` of (when, when_iso, text text, is_held bool,
 * ids list of (label, id)), in order; has_books bool, the list `books` of (label,
 * amount) and books_sum; has_dispute, has_receipt bool; for the host: has_share,
 * share_is_open bool, share text: what of the bill is his ("": nothing), and whether
 * that may still change. */
enum result booking_money_show(struct ctx *c, struct view *v, const struct booking *b);

#endif
