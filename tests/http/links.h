/* Going over the whole site as one person: every link from the front page and the
 * dashboard, through nginx. */
#ifndef HTTP_LINKS_H
#define HTTP_LINKS_H

#include "http/client.h"

/* Visits all as EMAIL ("vendor@demo.test"; NULL: nobody), and shows each page of HTML
 * to EACH, if not NULL, while it is what C was answered last. The number of visits. */
typedef void (*links_page)(void *arg, struct client *c, const char *path);
int links_follow(struct client *c, const char *email, links_page each, void *arg);

#endif
