/* Bookings in time: the host's calendar, and all of them for staff. */
#ifndef WEB_AGENDA_H
#define WEB_AGENDA_H

#include "web/web.h"

web_handler web_agenda_calendar, web_agenda_all;

#endif
