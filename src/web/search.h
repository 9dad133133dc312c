/* The public search page. */
#ifndef WEB_SEARCH_H
#define WEB_SEARCH_H

#include "web/web.h"

web_handler web_search;

#endif
