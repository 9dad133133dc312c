/* Messages: the list of threads, one thread, writing. */
#ifndef WEB_MESSAGES_H
#define WEB_MESSAGES_H

#include "web/web.h"

web_handler web_messages, web_messages_thread, web_messages_send;

#endif
