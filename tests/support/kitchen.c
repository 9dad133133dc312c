#include "support/kitchen.h"

#include <check.h>
#undef fail

#include "domain/availability.h"
#include "domain/listings.h"

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

static enum result add_papers(struct ctx *c, void *arg)
{
    static const char *const kinds[] = { "health_permit", "business_license",
        "insurance" };
    const int *n = arg;
    TRY(db_begin(c->db));
    for (int i = 0; i < 3; i++) {
        struct query *q = db_query(c->db, Q_COMPLIANCE_SUPERSEDE);
        bind_int(q, "kitchen_id", 1);
        bind_text(q, "kind", kinds[i]);
        bind_int(q, "id", INT64_MAX);
        TRY(query_run(q));
        if (i >= *n)
            continue;
        q = db_query(c->db, Q_DEMO_ADD_PAPER);
        bind_int(q, "kitchen_id", 1);
        bind_text(q, "kind", kinds[i]);
        bind_text(q, "state", "approved");
        bind_text(q, "number", "HP-4711");
        bind_text(q, "authority", "Austin Public Health");
        bind_int(q, "issued_day", c->now_at / 86400 - 10);
        bind_int(q, "expires_day", c->now_at / 86400 + 300);
        bind_text(q, "hash", "-");
        bind_int(q, "bytes", 1);
        bind_text(q, "file_name", "paper.pdf");
        bind_null(q, "decided_by");
        bind_null(q, "decided_at");
        bind_int(q, "now_at", c->now_at);
        TRY(query_run(q));
    }
    TRY(listings_refresh(c, 1));
    return db_commit(c->db);
}

void kitchen_papers(struct site *site, int n)
{
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, add_papers, &n, NULL), OK);
}

static enum result activate(struct ctx *c, void *arg)
{
    (void)arg;
    struct kitchen k;
    struct weekly_window windows[7];
    for (int day = 0; day < 7; day++)
        windows[day] = (struct weekly_window) { day, 0, 1440 };
    TRY(kitchens_get(c, 1, &k));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_DEMO_ACTIVATE_HOST);
    bind_int(q, "user_id", k.host_id);
    bind_text(q, "uid", "host-account-of-listing-1");
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(db_commit(c->db));
    TRY(availability_set_week(c, 1, windows, 7));
    return listings_act(c, 1, LISTING_APPROVE, "");
}

void kitchen_activate(struct site *site)
{
    kitchen_papers(site, 3);
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, activate, NULL, NULL), OK);
}
