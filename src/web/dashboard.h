/* What one sees after logging in: what waits, what comes next, and the ways on. */
#ifndef WEB_DASHBOARD_H
#define WEB_DASHBOARD_H

#include "web/web.h"

web_handler web_dashboard;

#endif
