/* Money as staff see it: the books, and what waits for a person. Support looks; an
 * administrator acts. */
#ifndef WEB_ADMIN_PAYMENTS_H
#define WEB_ADMIN_PAYMENTS_H

#include "web/web.h"

web_handler web_admin_payments;
web_handler web_admin_refund, web_admin_transfer, web_admin_send_owed,
    web_admin_warning, web_admin_call;
web_handler web_admin_difference;

/* The list `stats` (parts/stats) of what waits, each with its page. */
enum result admin_payments_stats(struct ctx *c, struct web *w);

#endif
