/* The host's listings: list, form, stations, sending to approval. */
#ifndef WEB_LISTINGS_H
#define WEB_LISTINGS_H

#include "web/web.h"

web_handler web_listings, web_listings_new, web_listings_create;
web_handler web_listings_edit, web_listings_save, web_listings_submit;
web_handler web_listings_station_add, web_listings_station_set;

#endif
