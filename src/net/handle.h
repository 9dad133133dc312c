/* The curl handle itself, for the one other protocol that is spoken through it
 * (mail/smtp.c). */
#ifndef NET_HANDLE_H
#define NET_HANDLE_H

#include <curl/curl.h>

#include "net/net.h"

/* The process's handle, as new, with every limit set that all protocols share;
 * PROTOCOLS as libcurl lists them ("smtp,smtps"). Aborts if a transaction is open
 * or the process is not the one that made N. */
CURL *net_handle(
    struct net *n, const char *protocols, int64_t connect_ms, int64_t total_ms);

/* Sets an option that cannot fail unless the library is not what we built for. */
#define NET_SET(handle, option, value)                                                 \
    CHECK(curl_easy_setopt((handle), (option), (value)) == CURLE_OK)

/* What a transfer's end means for the other side. */
enum net_class net_class_of(CURL *handle, CURLcode code);

#endif
