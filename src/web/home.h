/* The front page, notices, and what machines ask (health). */
#ifndef WEB_HOME_H
#define WEB_HOME_H

#include "web/web.h"

web_handler web_home, web_healthz, web_readyz, web_terms;
web_handler web_notices, web_notices_read;

#endif
