/* What a host earns, as a page and as a file for his books. */
#ifndef WEB_EARNINGS_H
#define WEB_EARNINGS_H

#include "web/web.h"

web_handler web_earnings, web_earnings_csv;

#endif
