/* The host's opening hours: the weekly windows and the dated exceptions. */
#ifndef WEB_AVAILABILITY_H
#define WEB_AVAILABILITY_H

#include "web/web.h"

web_handler web_availability, web_availability_save;
web_handler web_availability_exception_add, web_availability_exception_remove;

#endif
