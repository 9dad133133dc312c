/* Paying for a held booking. */
#ifndef WEB_CHECKOUT_H
#define WEB_CHECKOUT_H

#include "web/web.h"

web_handler web_checkout, web_checkout_intent, web_checkout_hosted, web_checkout_return;
web_handler web_checkout_check, web_checkout_leave;

#endif
