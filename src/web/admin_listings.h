/* Listings as staff see them: by state, one with all about it, and the decisions. */
#ifndef WEB_ADMIN_LISTINGS_H
#define WEB_ADMIN_LISTINGS_H

#include "web/web.h"

web_handler web_admin_listings, web_admin_listing, web_admin_listing_decide;

#endif
