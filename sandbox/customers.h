/* /v1/customers. */
#ifndef SANDBOX_CUSTOMERS_H
#define SANDBOX_CUSTOMERS_H

#include "objects.h"

enum result customers_create(struct call *c);
enum result customers_retrieve(struct call *c);
enum result customers_update(struct call *c);
enum result customers_delete(struct call *c);
enum result customers_list(struct call *c);

#endif
