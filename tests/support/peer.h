/* A small real server on 127.0.0.1 that answers by a script, for tests of what
 * talks to outside services. It runs in a child process; peer_stop ends it. */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include <stddef.h>
#include <sys/types.h>

struct peer {
    int port;
    pid_t pid;
    int heard_fd;
    char heard[256 * 1024]; /* what peer_heard read */
};

/* Serves HTTP: the Nth request gets ANSWERS[N] byte for byte, then the connection
 * is closed. An empty text closes without an answer; NULL ends the script, and
 * requests after it are read but never answered. */
void peer_start(struct peer *p, const char *const *answers);

/* Serves SMTP to one client, taking everything; with EXTENSIONS in its EHLO. */
void peer_start_smtp(struct peer *p, const char *extensions);

/* The same played by the test itself, so that who asks waits for as long as the test
 * likes: a socket that listens; one request of it, read; its answer. */
int peer_listen(int *port);
int peer_take(int listener);
void peer_answer(int client, const char *answer);

/* A port of 127.0.0.1 that nobody listens on. */
int peer_free_port(void);

/* All that came in, once the script has been played (or the client closed). */
const char *peer_heard(struct peer *p);

void peer_stop(struct peer *p);

#endif
