#include "web/agenda.h"

#include <stdio.h>

#include "domain/agenda.h"
#include "util/guard.h"
#include "util/text.h"
#include "util/zone.h"

enum { ROWS_MAX = 500, DAY_S = 86400, YEAR_MIN = 2020, YEAR_MAX = 2100 };

/* ?month=2026-12, or this month. */
static struct civil asked_month(struct ctx *c, const struct web *w)
{
    struct civil month;
    const char *typed = params_get(w->req.query, "month");
    if (typed == NULL || !civil_parse_date(ctx_printf(c, "%s-01", typed), &month) ||
        month.year < YEAR_MIN || month.year > YEAR_MAX)
        month = civil_of_seconds(c->now_at);
    month.day = 1;
    return month;
}

static const char *month_url(struct ctx *c, const struct civil *month, int by)
{
    int n = month->year * 12 + month->month - 1 + by;
    return ctx_printf(c, "/host/calendar?month=%04d-%02d", n / 12, n % 12 + 1);
}

static struct view *show_row(
    struct ctx *c, struct view *list, const struct agenda_row *row)
{
    const struct zone *z = zone_find(row->timezone);
    CHECK(z != NULL);
    struct view *item = view_item(list);
    view_textf(item, "url", "/bookings/%lld", (long long)row->booking_id);
    view_textf(item, "hours", "%s to %s", zone_format_clock(c->arena, z, row->start_at),
        zone_format_clock(c->arena, z, row->end_at));
    view_textf(item, "kitchen", "%s, %s", row->title, row->space);
    view_text(item, "vendor", row->vendor);
    view_text(item, "state", bookings_state_name(row->state));
    view_text(item, "state_label", bookings_state_label(row->state));
    return item;
}

/* Only the rows that begin in that month where their kitchen stands. */
static size_t keep_month(struct agenda_row *rows, size_t n, const struct civil *month)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct civil start;
        const struct zone *z = zone_find(rows[i].timezone);
        CHECK(z != NULL);
        zone_civil(z, rows[i].start_at, &start);
        if (start.year == month->year && start.month == month->month)
            rows[kept++] = rows[i];
    }
    return kept;
}

/* One group for each local date, in order. */
static void show_days(
    struct ctx *c, struct web *w, const struct agenda_row *rows, size_t n)
{
    struct view *days = view_list(w->view, "days"), *list = NULL;
    const char *last = "";
    for (size_t i = 0; i < n; i++) {
        const struct zone *z = zone_find(rows[i].timezone);
        CHECK(z != NULL);
        const char *date = zone_format_date(c->arena, z, rows[i].start_at);
        if (!text_is(date, last)) {
            struct view *day = view_item(days);
            view_text(day, "date", date);
            list = view_list(day, "rows");
            last = date;
        }
        show_row(c, list, &rows[i]);
    }
    view_bool(w->view, "any", n > 0);
}

enum result web_agenda_calendar(struct ctx *c, struct web *w)
{
    struct civil month = asked_month(c, w);
    int64_t from_at = civil_days(month.year, month.month, 1) * DAY_S;
    int64_t to_at =
        from_at + (int64_t)civil_month_days(month.year, month.month) * DAY_S;
    struct agenda_row *rows;
    size_t n;
    /* Months begin up to 14 hours before and after UTC's. */
    TRY(agenda_between(c, from_at - DAY_S, to_at + DAY_S, ROWS_MAX, &rows, &n));
    n = keep_month(rows, n, &month);
    show_days(c, w, rows, n);
    view_textf(w->view, "month", "%s %d", civil_month_name(month.month), month.year);
    view_text(w->view, "prev_url", month_url(c, &month, -1));
    view_text(w->view, "next_url", month_url(c, &month, 1));
    return web_page(c, w, 200, "host/calendar");
}

enum result web_agenda_all(struct ctx *c, struct web *w)
{
    enum { PER_PAGE = 30 };
    struct agenda_row *rows;
    size_t n;
    TRY(agenda_all(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, booking_id);
    struct view *list = view_list(w->view, "rows");
    for (size_t i = 0; i < n; i++) {
        const struct zone *z = zone_find(rows[i].timezone);
        CHECK(z != NULL);
        struct view *item = show_row(c, list, &rows[i]);
        view_text(item, "date", zone_format_date(c->arena, z, rows[i].start_at));
        view_int(item, "booking_id", rows[i].booking_id);
        view_text(item, "amount", cents_format(c->arena, rows[i].host));
    }
    return web_page(c, w, 200, "admin/bookings");
}
