/* One dispute for staff: its facts, what was said to the bank, and the answer to send.
 */
#ifndef WEB_ADMIN_DISPUTES_H
#define WEB_ADMIN_DISPUTES_H

#include "web/web.h"

web_handler web_admin_dispute, web_admin_dispute_answer;

#endif
