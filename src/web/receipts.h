/* The receipt of a paid booking, made to be printed. */
#ifndef WEB_RECEIPTS_H
#define WEB_RECEIPTS_H

#include "web/web.h"

web_handler web_receipt;

#endif
