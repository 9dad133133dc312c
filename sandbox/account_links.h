/* /v1/account_links and /v1/accounts/{account}/login_links, and the pages they lead
 * to: the onboarding of a host, and a glance at his dashboard. */
#ifndef SANDBOX_ACCOUNT_LINKS_H
#define SANDBOX_ACCOUNT_LINKS_H

#include "objects.h"

enum result account_links_create(struct call *c);
enum result account_links_create_login(struct call *c);

/* GET /connect/{link}: opens once, then leads to the link's refresh_url. */
void account_links_open(struct call *c);

/* GET and POST /onboarding/{visit}: the form. */
void account_links_show_form(struct call *c);
void account_links_take_form(struct call *c);

/* GET /express/{link} */
void account_links_show_dashboard(struct call *c);

#endif
