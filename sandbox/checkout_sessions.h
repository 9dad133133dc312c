/* /v1/checkout/sessions, in mode payment on Stripe's own page. */
#ifndef SANDBOX_CHECKOUT_SESSIONS_H
#define SANDBOX_CHECKOUT_SESSIONS_H

#include "payment_intents.h"

enum result checkout_sessions_create(struct call *c);
enum result checkout_sessions_retrieve(struct call *c);
enum result checkout_sessions_expire(struct call *c);
enum result checkout_sessions_list(struct call *c);

/* The payment intent of the session, made when the customer first pays. */
struct object *checkout_sessions_intent(struct call *c, struct object *session);

/* If PI belongs to a session and has succeeded, the session is complete. */
void checkout_sessions_settle(struct call *c, const struct object *pi);

/* Where the customer goes after paying. */
const char *checkout_sessions_success_url(struct call *c, const struct object *session);

/* Expires the session if its time is past; all sessions whose time is past. */
void checkout_sessions_expire_due(struct call *c, struct object *session);
void checkout_sessions_tick(struct call *c);

#endif
