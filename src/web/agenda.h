/* The host's calendar and earnings. */
#ifndef WEB_AGENDA_H
#define WEB_AGENDA_H

#include "web/web.h"

web_handler web_agenda_calendar, web_agenda_earnings;

#endif
