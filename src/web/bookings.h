/* Booking a kitchen, and one's bookings as vendor and as host. */
#ifndef WEB_BOOKINGS_H
#define WEB_BOOKINGS_H

#include "domain/bookings.h"
#include "web/web.h"

web_handler web_book_post;
web_handler web_bookings, web_booking, web_booking_calendar;
web_handler web_host_bookings, web_host_booking_accept, web_host_booking_decline;
web_handler web_host_booking_no_show, web_booking_refund;

/* "Kitchen, 9 h": the first line of a booking's bill. */
const char *bookings_base_label(struct ctx *c, const struct booking *b);

/* The list `lines` of parts/money_table: what the vendor pays. */
void bookings_show_lines(struct ctx *c, struct view *v, const struct booking *b);

/* The list `ladder` of parts/refund_ladder as it stands now, has_ladder, and
 * ladder_less: what was decided to go back before ("": nothing). Not WANTED: has_ladder
 * is false. */
enum result bookings_show_ladder(
    struct ctx *c, struct view *v, const struct booking *b, bool wanted);

/* Keys of every page about one booking: id, url, title, space, when, start_iso, state,
 * state_label, total, host_amount, guest_count, purpose, special_requests, address,
 * vendor_name, vendor_business, host_name, hold_until, hold_until_iso, kitchen_url. */
void bookings_show(struct ctx *c, struct view *v, const struct booking *b);

/* Those of parts/booking_row, in LIST: these, with (the other side's name), in_vain
 * (nothing was charged, or nothing is left of it), to_pay. */
void bookings_show_rows(
    struct ctx *c, struct view *list, const struct booking *rows, size_t n);

#endif
