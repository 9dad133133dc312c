/* Every page of the site: method, path, handler, who may, how many queries. */
#include "web/routes.h"

#include "util/guard.h"
#include "web/accounts.h"
#include "web/admin.h"
#include "web/admin_disputes.h"
#include "web/admin_listings.h"
#include "web/admin_payments.h"
#include "web/agenda.h"
#include "web/availability.h"
#include "web/bookings.h"
#include "web/calendars.h"
#include "web/cancellations.h"
#include "web/checkout.h"
#include "web/dashboard.h"
#include "web/documents.h"
#include "web/earnings.h"
#include "web/home.h"
#include "web/kitchens.h"
#include "web/listings.h"
#include "web/messages.h"
#include "web/metrics.h"
#include "web/photos.h"
#include "web/receipts.h"
#include "web/search.h"
#include "web/stripe.h"

/* clang-format off */
#define GET(pattern)  { HTTP_GET, pattern }
#define POST(pattern) { HTTP_POST, pattern }

const struct route routes[] = {
    /* the house (home.c, metrics.c) */
    { GET("/"),                  web_home,               ANYONE, 10 },
    { GET("/healthz"),           web_healthz,            ANYONE, 0, ROUTE_SLIM },
    { GET("/readyz"),            web_readyz,             ANYONE, 1, ROUTE_SLIM },
    { GET("/metrics"),           web_metrics,            ANYONE, 11, ROUTE_SLIM },
    { GET("/terms"),             web_terms,              ANYONE, 2 },
    { GET("/dashboard"),         web_dashboard,          MEMBER, 8 },
    { GET("/notices"),           web_notices,            MEMBER, 4 },
    { POST("/notices/read"),     web_notices_read,       MEMBER, 3 },

    /* finding a kitchen (search.c, kitchens.c) */
    { GET("/search"),            web_search,             ANYONE, 16 },
    { GET("/listings/:id_slug"), web_kitchen,            ANYONE, 15 },

    /* accounts (accounts.c) */
    { GET("/signup"),            web_signup,             ANYONE, 2 },
    { POST("/signup"),           web_signup_post,        ANYONE, 10 },
    { GET("/signup/done"),       web_signup_done,        ANYONE, 2 },
    { GET("/verify"),            web_verify,             ANYONE, 3 },
    { POST("/verify"),           web_verify_post,        ANYONE, 10 },
    { POST("/verify/send"),      web_verify_send,        MEMBER, 6 },
    { GET("/login"),             web_login,              ANYONE, 2 },
    { POST("/login"),            web_login_post,         ANYONE, 12 },
    { POST("/logout"),           web_logout,             MEMBER, 4 },
    { GET("/forgot-password"),   web_forgot,             ANYONE, 2 },
    { POST("/forgot-password"),  web_forgot_post,        ANYONE, 8 },
    { GET("/forgot-password/done"), web_forgot_done,     ANYONE, 2 },
    { GET("/reset-password"),    web_reset,              ANYONE, 3 },
    { POST("/reset-password"),   web_reset_post,         ANYONE, 12 },
    { GET("/account"),           web_account,            MEMBER, 6 },
    { POST("/account"),          web_account_post,       MEMBER, 8 },
    { POST("/account/password"), web_account_password,   MEMBER, 12 },
    { POST("/account/sessions"), web_account_sessions,   MEMBER, 4 },

    /* one's bookings for calendar programs (calendars.c) */
    { GET("/calendar/:token.ics"), web_calendar,         ANYONE, 2, ROUTE_SLIM | ROUTE_SECRET },
    { POST("/account/calendar"), web_calendar_renew,     VENDOR | HOST, 4 },

    /* the host's time and money (agenda.c, earnings.c) */
    { GET("/admin/bookings"),    web_agenda_all,         STAFF, 4 },
    { GET("/host/calendar"),     web_agenda_calendar,    HOST, 3 },
    { GET("/host/earnings"),     web_earnings,           HOST, 12, ROUTE_STRIPE },
    { GET("/host/earnings.csv"), web_earnings_csv,       HOST, 30 },

    /* messages (messages.c) */
    { GET("/messages"),          web_messages,           MEMBER, 3 },
    { GET("/messages/:id"),      web_messages_thread,    MEMBER, 4 },
    { POST("/messages/:id"),     web_messages_send,      VENDOR | HOST, 10 },

    /* the host's listings (listings.c) */
    { GET("/host/listings"),                 web_listings,             HOST, 3 },
    { GET("/host/listings/new"),             web_listings_new,         HOST, 2 },
    { POST("/host/listings/new"),            web_listings_create,      HOST, 51, 0, 160 << 10 },
    { GET("/host/listings/:id/edit"),        web_listings_edit,        HOST, 7 },
    { POST("/host/listings/:id/edit"),       web_listings_save,        HOST, 54, 0, 160 << 10 },
    { POST("/host/listings/:id/submit"),     web_listings_submit,      HOST, 12 },
    { POST("/host/listings/:id/stations"),   web_listings_station_add, HOST, 12 },
    { POST("/host/listings/:id/stations/set"), web_listings_station_set, HOST, 12 },

    /* opening hours (availability.c) */
    { GET("/host/listings/:id/availability"),             web_availability,                  HOST, 5 },
    { POST("/host/listings/:id/availability"),            web_availability_save,             HOST, 52 },
    { POST("/host/listings/:id/availability/exceptions"), web_availability_exception_add,    HOST, 9 },
    { POST("/host/listings/:id/availability/remove"),     web_availability_exception_remove, HOST, 6 },

    /* photos (photos.c) */
    { GET("/host/listings/:id/photos"),            web_photos,          HOST, 4 },
    { POST("/host/listings/:id/photos"),           web_photos_upload,   HOST, 75, ROUTE_UPLOAD, 3 << 20 },
    { POST("/host/listings/:id/photos/move"),      web_photos_move,     HOST, 15 },
    { POST("/host/listings/:id/photos/describe"),  web_photos_describe, HOST, 6 },
    { POST("/host/listings/:id/photos/remove"),    web_photos_remove,   HOST, 7 },

    /* papers (documents.c) */
    { GET("/host/listings/:id/documents"),   web_documents,             HOST, 6 },
    { POST("/host/listings/:id/documents"),  web_documents_upload,      HOST, 11, ROUTE_UPLOAD, 12 << 20 },
    { GET("/documents/:id/file"),            web_document_file,         HOST | STAFF, 3 },
    { GET("/admin/documents"),               web_admin_documents,       STAFF, 3 },
    { GET("/admin/documents/:id"),           web_admin_document,        STAFF, 4 },
    { POST("/admin/documents/:id"),          web_admin_document_decide, STAFF, 18 },

    /* staff (admin.c, admin_listings.c) */
    { GET("/admin"),                         web_admin,                STAFF, 7 },
    { GET("/admin/listings"),                web_admin_listings,       STAFF, 3 },
    { GET("/admin/listings/:id"),            web_admin_listing,        STAFF, 11 },
    { POST("/admin/listings/:id"),           web_admin_listing_decide, STAFF, 18 },
    { GET("/admin/users"),                   web_admin_users,          STAFF, 3 },
    { GET("/admin/users/:id"),               web_admin_user,           STAFF, 4 },
    { POST("/admin/users/:id"),              web_admin_user_set,       STAFF, 8 },
    { GET("/admin/audit"),                   web_admin_audit,          STAFF, 3 },
    { GET("/admin/jobs"),                    web_admin_jobs,           STAFF, 3 },
    { GET("/admin/mail"),                    web_admin_mail,           STAFF, 3 },

    /* money, for staff (admin_payments.c, admin_disputes.c) */
    { GET("/admin/payments"),                     web_admin_payments,       STAFF, 7 },
    { POST("/admin/payments/refunds/:id"),        web_admin_refund,         ADMIN, 40 },
    { POST("/admin/payments/transfers/:id"),      web_admin_transfer,       ADMIN, 10 },
    { POST("/admin/payments/warnings/:source"),   web_admin_warning,        ADMIN, 16 },
    { POST("/admin/payments/calls/:uid"),         web_admin_call,           ADMIN, 60 },
    { POST("/admin/payments/differences/:id"),    web_admin_difference,     ADMIN, 10 },
    { GET("/admin/disputes/:dispute"),            web_admin_dispute,        STAFF, 9 },
    { POST("/admin/disputes/:dispute"),           web_admin_dispute_answer, ADMIN, 16, 0, 160 << 10 },

    /* booking and paying (book.c, bookings.c, cancellations.c, checkout.c, receipts.c) */
    { POST("/listings/:id/book"),          web_book_post,            VENDOR, 40 },
    { GET("/bookings"),                    web_bookings,             VENDOR, 5 },
    { GET("/bookings/:id"),                web_booking,              MEMBER, 23 },
    { GET("/bookings/:id/calendar.ics"),   web_booking_calendar,     MEMBER, 3 },
    { GET("/bookings/:id/receipt"),        web_receipt,              MEMBER, 6 },
    { GET("/bookings/:id/cancel"),         web_cancellation,         VENDOR | HOST | ADMIN, 8 },
    { POST("/bookings/:id/cancel"),        web_cancellation_post,    VENDOR | HOST | ADMIN, 60 },
    { POST("/host/bookings/:id/no_show"),  web_host_booking_no_show, HOST, 20 },
    { POST("/admin/bookings/:id/transfer"), web_admin_send_owed,     ADMIN, 14 },
    { POST("/admin/bookings/:id/refund"),  web_booking_refund,       ADMIN, 40 },
    { GET("/checkout/:id"),                web_checkout,             VENDOR, 5, ROUTE_STRIPE },
    { POST("/checkout/:id/intent"),        web_checkout_intent,      VENDOR, 40 },
    { POST("/checkout/:id/hosted"),        web_checkout_hosted,      VENDOR, 40 },
    { GET("/checkout/:id/return"),         web_checkout_return,      VENDOR, 4 },
    { POST("/checkout/:id/check"),         web_checkout_check,       VENDOR, 40 },
    { POST("/checkout/:id/cancel"),        web_checkout_leave,       VENDOR, 40 },
    { GET("/host/bookings"),               web_host_bookings,        HOST, 6 },
    { POST("/host/bookings/:id/accept"),   web_host_booking_accept,  HOST, 10 },
    { POST("/host/bookings/:id/decline"),  web_host_booking_decline, HOST, 16 },

    /* Stripe (stripe.c) */
    { POST("/stripe/webhook"),             web_stripe_webhook,       ANYONE, 40, ROUTE_RAW | ROUTE_SLIM },
    { POST("/stripe/webhook-connect"),     web_stripe_webhook_connect, ANYONE, 40, ROUTE_RAW | ROUTE_SLIM },
    { GET("/host/stripe"),                 web_host_stripe,          HOST, 7, ROUTE_STRIPE },
    { GET("/host/stripe/return"),          web_host_stripe_return,   HOST, 7, ROUTE_STRIPE },
    { GET("/host/stripe/refresh"),         web_host_stripe_refresh,  HOST, 3 },
    { POST("/host/stripe/connect"),        web_host_stripe_connect,  HOST, 16 },
    { POST("/host/stripe/check"),          web_host_stripe_check,    HOST, 40 },
    { POST("/host/stripe/login"),          web_host_stripe_login,    HOST, 3 },

    { { 0 } },
};
/* clang-format on */

size_t routes_count(void)
{
    return COUNT_OF(routes) - 1;
}
