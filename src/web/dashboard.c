#include "web/dashboard.h"

#include <string.h>

#include "domain/bookings.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/bookings.h"

enum { SHOWN = 3 }; /* of each list; the rest is a page away */

struct tile {
    unsigned who;
    const char *url, *label, *value, *note;
};

static const struct tile tiles[] = {
    { VENDOR, "/search", "Search", "Find a kitchen",
        "Real openings, one price with everything in it." },
    { VENDOR, "/bookings", "Bookings", "Your bookings",
        "What is coming up, what it cost, how to get in." },
    { HOST, "/host/listings", "Listings", "Your kitchens",
        "Description, hours, photos and papers." },
    { HOST, "/host/bookings", "Bookings", "Who is coming",
        "Requests to answer and the days ahead." },
    { HOST, "/host/earnings", "Earnings", "Your money",
        "What is coming, what was sent, as a chart and a file." },
    { STAFF, "/admin", "Queues", "What waits for you",
        "Listings and papers to look at." },
    { MEMBER, "/notices", "Notices", "What is new", "Bookings, papers and messages." },
    { MEMBER, "/account", "Account", "You", "Your details, password and sessions." },
};

static void show_tiles(struct ctx *c, struct web *w)
{
    struct view *list = view_list(w->view, "tiles");
    for (size_t i = 0; i < COUNT_OF(tiles); i++) {
        if (!(tiles[i].who & web_who(c)))
            continue;
        struct view *item = view_item(list);
        view_text(item, "url", tiles[i].url);
        view_text(item, "label", tiles[i].label);
        view_text(item, "value", tiles[i].value);
        view_text(item, "note", tiles[i].note);
    }
}

static enum result show_bookings(struct ctx *c, struct web *w, bool as_host)
{
    struct booking *rows;
    size_t n = 0;
    if (as_host)
        TRY(bookings_requests(c, SHOWN, &rows, &n));
    bookings_show_rows(c, view_list(w->view, "requests"), rows, n);
    view_bool(w->view, "has_requests", n > 0);
    const struct bookings_filter f = { .as_host = as_host };
    TRY(bookings_list(c, &f, SHOWN, &rows, &n));
    bookings_show_rows(c, view_list(w->view, "bookings"), rows, n);
    view_bool(w->view, "has_bookings", n > 0);
    return OK;
}

enum result web_dashboard(struct ctx *c, struct web *w)
{
    size_t first = strcspn(c->actor.full_name, " ");
    bool host = c->actor.role == ROLE_HOST;
    view_text(
        w->view, "first_name", arena_strndup(c->arena, c->actor.full_name, first));
    view_bool(w->view, "unverified", !c->actor.verified);
    view_text(w->view, "send_link_next", "/dashboard");
    view_bool(w->view, "has_requests", false);
    view_bool(w->view, "has_bookings", false);
    if (host || c->actor.role == ROLE_VENDOR)
        TRY(show_bookings(c, w, host));
    show_tiles(c, w);
    return web_page(c, w, 200, "home/dashboard");
}
