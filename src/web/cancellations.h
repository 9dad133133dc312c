/* The page on which a booking is canceled: what goes back, before it happens. */
#ifndef WEB_CANCELLATIONS_H
#define WEB_CANCELLATIONS_H

#include "web/web.h"

web_handler web_cancellation, web_cancellation_post;

#endif
