/* Sign-up, login, links from mails, one's own account. */
#ifndef WEB_ACCOUNTS_H
#define WEB_ACCOUNTS_H

#include "web/web.h"

web_handler web_signup, web_signup_post, web_signup_done;
web_handler web_verify, web_verify_post, web_verify_send;
web_handler web_login, web_login_post, web_logout;
web_handler web_forgot, web_forgot_post, web_forgot_done, web_reset, web_reset_post;
web_handler web_account, web_account_post, web_account_password, web_account_sessions;

#endif
