/* Stripe's webhooks, and a host's account there. */
#ifndef WEB_STRIPE_H
#define WEB_STRIPE_H

#include "web/web.h"

web_handler web_stripe_webhook, web_stripe_webhook_connect;
web_handler web_host_stripe, web_host_stripe_connect, web_host_stripe_return;
web_handler web_host_stripe_refresh, web_host_stripe_check, web_host_stripe_login;

#endif
