#include "web/show.h"

#include <string.h>

#include "domain/catalogue.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/text.h"

const char *show_when(struct ctx *c, int64_t at)
{
    struct civil t = civil_of_seconds(at);
    return ctx_printf(c, "%s, %s UTC", civil_format_date(c->arena, &t),
        civil_format_time(c->arena, &t));
}

const char *show_when_in(struct ctx *c, const struct zone *z, int64_t at)
{
    return z == NULL ? show_when(c, at) : zone_format(c->arena, z, at);
}

const char *show_iso(struct ctx *c, int64_t at)
{
    struct civil t = civil_of_seconds(at);
    return ctx_printf(c, "%sT%s:%02dZ", civil_format_iso(c->arena, &t),
        civil_format_time(c->arena, &t), t.second);
}

const char *show_ago(struct ctx *c, int64_t at)
{
    static const struct {
        int64_t s;
        const char *one, *many;
    } units[] = {
        { 86400, "day", "days" },
        { 3600, "hour", "hours" },
        { 60, "minute", "minutes" },
    };
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        int64_t n = (c->now_at - at) / units[i].s;
        if (n >= 1)
            return ctx_printf(
                c, "%lld %s ago", (long long)n, n == 1 ? units[i].one : units[i].many);
    }
    return "just now";
}

const char *show_day(struct ctx *c, int64_t day)
{
    struct civil t = civil_of_days(day);
    return civil_format_date(c->arena, &t);
}

const char *show_span(struct ctx *c, int64_t start_min, int64_t end_min)
{
    if (start_min == 0 && end_min == 1440)
        return "all day";
    bool next_day = end_min > 1440;
    int64_t end = next_day ? end_min - 1440 : end_min;
    return ctx_printf(c, "%02d:%02d to %02d:%02d%s", (int)start_min / 60,
        (int)start_min % 60, (int)end / 60, (int)end % 60,
        next_day ? " the next day" : "");
}

const char *show_bytes(struct ctx *c, int64_t bytes)
{
    if (bytes >= 1000000)
        return ctx_printf(c, "%.1f MB", (double)bytes / 1e6);
    return ctx_printf(c, "%lld kB", (long long)(bytes + 999) / 1000);
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
    return text_in_words(words, COUNT_OF(words), state);
}

const char *show_action(const char *action)
{
    static const char *const words[][2] = {
        { "kitchen.create", "Listing written" },
        { "kitchen.save", "Description changed" },
        { "kitchen.submit", "Sent for approval" },
        { "kitchen.approve", "Approved" },
        { "kitchen.request_changes", "Changes requested" },
        { "kitchen.reject", "Rejected" },
        { "kitchen.suspend", "Suspended" },
        { "kitchen.restore", "Active again" },
        { "kitchen.add_station", "Station added" },
        { "kitchen.open_station", "Station opened" },
        { "kitchen.close_station", "Station closed" },
        { "kitchen.set_week", "Weekly hours set" },
        { "kitchen.add_exception", "Dated exception added" },
        { "kitchen.remove_exception", "Dated exception removed" },
        { "photo.add", "Photo added" },
        { "photo.describe", "Photo described" },
        { "photo.move", "Photos rearranged" },
        { "photo.remove", "Photo removed" },
        { "document.upload", "Paper uploaded" },
        { "document.approve", "Paper approved" },
        { "document.reject", "Paper rejected" },
        { "document.expire", "Paper expired" },
        { "document.supersede", "Paper replaced by a newer one" },
        { "account.register", "Signed up" },
        { "account.verify", "Confirmed the address" },
        { "account.login", "Logged in" },
        { "account.logout", "Logged out" },
        { "account.logout_others", "Logged out everywhere else" },
        { "account.forgot", "Asked for a new password" },
        { "account.password", "Changed the password" },
        { "account.update", "Changed the details" },
        { "account.grant", "Role granted" },
        { "calendar.renew", "New address of the calendar" },
        { "account.suspend", "Suspended" },
        { "account.restore", "Restored" },
    };
    return text_in_words(words, COUNT_OF(words), action);
}

enum result show_decisions(
    struct ctx *c, struct view *v, const struct kitchen *k, audit_decisions_of *read)
{
    enum { DECISIONS_MAX = 50 };
    const struct zone *z = zone_find(k->timezone);
    struct audit_row *rows;
    size_t n;
    TRY(read(c, k->id, DECISIONS_MAX, &rows, &n));
    struct view *list = view_list(v, "events");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        const char *paper =
            text_is(rows[i].subject, "kitchen")
                ? ""
                : ctx_printf(
                      c, "%s: ", catalogue_label(CATALOGUE_DOCUMENTS, rows[i].subject));
        view_text(item, "when", show_when_in(c, z, rows[i].at));
        view_text(item, "when_iso", show_iso(c, rows[i].at));
        view_textf(item, "text", "%s%s%s%s", paper, show_action(rows[i].action),
            text_empty(rows[i].detail) ? "" : ": ", rows[i].detail);
        view_text(item, "who", "");
        view_bool(item, "is_now", i == 0);
    }
    view_bool(v, "has_events", n > 0);
    return OK;
}
