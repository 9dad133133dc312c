#include "web/show.h"

#include <string.h>

#include "util/civil.h"
#include "util/guard.h"

const char *show_when(struct ctx *c, int64_t at)
{
    struct civil t = civil_of_seconds(at);
    return ctx_printf(
        c, "%s, %s UTC", civil_format_date(c->arena, &t), civil_format_time(c->arena, &t));
}

const char *show_iso(struct ctx *c, int64_t at)
{
    struct civil t = civil_of_seconds(at);
    return ctx_printf(
        c, "%sT%s:00Z", civil_format_iso(c->arena, &t), civil_format_time(c->arena, &t));
}

const char *show_browser(const char *user_agent)
{
    /* The first that fits: most browsers also claim to be the ones below them. */
    static const struct {
        const char *part, *name;
    } browsers[] = {
        { "iPhone", "A browser on an iPhone" },
        { "iPad", "A browser on an iPad" },
        { "Android", "A browser on Android" },
        { "Edg/", "Edge" },
        { "Firefox/", "Firefox" },
        { "Chrome/", "Chrome" },
        { "Safari/", "Safari" },
        { "curl/", "curl" },
    };
    for (size_t i = 0; i < COUNT_OF(browsers); i++)
        if (strstr(user_agent, browsers[i].part) != NULL)
            return browsers[i].name;
    return "A browser";
}

const char *show_state(const char *state)
{
    static const char *const words[][2] = {
        { "draft", "Draft" },
        { "pending_approval", "Waiting for approval" },
        { "active", "Active" },
        { "changes_requested", "Changes requested" },
        { "rejected", "Rejected" },
        { "suspended", "Suspended" },
        { "pending", "Waiting" },
        { "approved", "Approved" },
        { "expired", "Expired" },
        { "superseded", "Replaced" },
        { "requested", "Requested" },
        { "held", "Held for payment" },
        { "confirmed", "Confirmed" },
        { "completed", "Completed" },
        { "declined", "Declined" },
        { "canceled", "Canceled" },
        { "no_show", "Nobody came" },
        { "processing", "Processing" },
        { "succeeded", "Paid" },
        { "failed", "Failed" },
        { "refunded", "Refunded" },
        { "late", "Paid too late" },
        { "deleted", "Deleted" },
        { "queued", "Queued" },
        { "sent", "Sent" },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i][0], state) == 0)
            return words[i][1];
    return state;
}
