#include "support/kitchen.h"

#include <check.h>
#undef fail

const char kitchen_form[] =
    "title=Copper+Pot&description=Bright+%2A%2Aovens%2A%2A+and+a+walk-in+%3Cscript%3E+"
    "cooler."
    "&kitchen_type=bakery&address=1+Oak+St&city=Austin&state=TX&postal_code=78701&lat="
    "30.2672"
    "&lng=-97.7431&timezone=America%2FChicago&square_feet=900&capacity=4&features="
    "parking"
    "&restrictions=&hourly_rate=50.00&offpeak_rate=&cleaning_fee=25&deposit=&min_hours="
    "2"
    "&max_hours=24&step_min=30&notice_hours=24&buffer_before_min=0&buffer_after_min=30"
    "&cancellation_policy=moderate&booking_mode=instant&qty_range=2";

void kitchen_list(struct browser *host)
{
    browser_get(host, "/host/listings/new");
    ck_assert_int_eq(browser_post(host, "/host/listings/new", kitchen_form), 303);
}

void kitchen_submit(struct browser *host)
{
    browser_get(host, "/host/listings/1/edit");
    ck_assert_int_eq(browser_post(host, "/host/listings/1/submit", ""), 303);
}
