/* The public page of one kitchen: what it is, when it is free, what it costs. */
#ifndef WEB_KITCHENS_H
#define WEB_KITCHENS_H

#include "web/web.h"

web_handler web_kitchen;

#endif
