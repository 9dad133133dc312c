/* The feed of one's bookings for calendar programs. */
#ifndef WEB_CALENDARS_H
#define WEB_CALENDARS_H

#include "web/web.h"

web_handler web_calendar, web_calendar_renew;

/* For the account's page: may_have_calendar bool, calendar_url text (empty: none yet).
 */
enum result calendars_show(struct ctx *c, struct web *w);

#endif
