/* HTTP on the loopback: reads requests, hands them on, ends them as told. One
 * thread: server_run() waits for connections, webhooks and the clock at once. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include "call.h"

struct server;

/* Listens on 127.0.0.1:PORT; 0 picks a free one. NULL and a line on standard error
 * if that cannot be. */
struct server *server_open(struct sandbox *box, uint16_t port);
uint16_t server_port(const struct server *s);

/* Serves until *STOP is set (by a signal). */
void server_run(struct server *s, const volatile int *stop);
void server_close(struct server *s);

#endif
