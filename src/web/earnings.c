#include "web/earnings.h"

#include <stdlib.h>

#include "domain/earnings.h"
#include "domain/host_accounts.h"
#include "domain/transfers.h"
#include "util/csv.h"
#include "util/guard.h"
#include "util/zone.h"
#include "web/money_words.h"

enum { PER_PAGE = 25, CSV_CHUNK = 500, CSV_LINES_MAX = 12000 };
enum { YEAR_MIN = 2020, YEAR_MAX = 2100 };

static const char *local(struct ctx *c, const char *timezone, int64_t at)
{
    const struct zone *z = zone_find(timezone);
    CHECK(z != NULL);
    return zone_format(c->arena, z, at);
}

/* ---- at the top -------------------------------------------------------------------
 */

static void stat(struct view *list, const char *label, const char *value,
    const char *note, const char *url)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "value", value);
    view_text(item, "note", note);
    view_text(item, "url", url);
}

static const char *bookings_count(struct ctx *c, int64_t n)
{
    return ctx_printf(c, n == 1 ? "%lld booking" : "%lld bookings", (long long)n);
}

static enum result show_stats(
    struct ctx *c, struct web *w, const struct earnings_month *months)
{
    struct earnings_sums sums;
    struct cents sent = { 0 };
    TRY(earnings_sums(c, &sums));
    for (int i = 0; i < EARNINGS_MONTHS; i++)
        sent = cents_add(sent, months[i].net);
    struct view *list = view_list(w->view, "stats");
    stat(list, "Coming up", cents_format(c->arena, sums.upcoming.amount),
        bookings_count(c, sums.upcoming.n), "/host/earnings?show=upcoming");
    stat(list, "On its way", cents_format(c->arena, sums.scheduled.amount),
        bookings_count(c, sums.scheduled.n), "/host/earnings?show=scheduled");
    if (sums.held.n > 0)
        stat(list, "Held", cents_format(c->arena, sums.held.amount),
            bookings_count(c, sums.held.n), "/host/earnings?show=held");
    stat(list, "Sent", cents_format(c->arena, sent), "in the last 12 months",
        "/host/earnings?show=sent");
    stat(list, "Owed by you", cents_format(c->arena, sums.debt),
        sums.debt.n > 0 ? "kept from the next transfers" : "nothing",
        "/host/earnings?show=debts");
    return OK;
}

static const char *month_name(struct ctx *c, const struct earnings_month *m)
{
    return ctx_printf(c, "%s %d", civil_month_name(m->month), m->year);
}

/* Bars in 360 x 160 above a line at 136 (templates/host/earnings_chart). */
static void show_chart(
    struct ctx *c, struct web *w, const struct earnings_month *months)
{
    enum { LEFT = 6, STEP = 29, WIDTH = 20, BASE = 136, HEIGHT = 112, HALF = 30 };
    int most = 0;
    struct cents all = { 0 };
    for (int i = 0; i < EARNINGS_MONTHS; i++) {
        all = cents_add(all, months[i].net);
        if (months[i].net.n > months[most].net.n)
            most = i;
    }
    int64_t top = months[most].net.n;
    struct view *list = view_list(w->view, "bars");
    for (int i = 0; i < EARNINGS_MONTHS; i++) {
        int64_t height = top > 0 ? months[i].net.n * HEIGHT / top : 0;
        int middle = LEFT + i * STEP + WIDTH / 2;
        struct view *item = view_item(list);
        view_int(item, "x", LEFT + (int64_t)i * STEP);
        view_int(item, "y", BASE - height);
        view_int(item, "width", WIDTH);
        view_int(item, "height", height);
        view_int(item, "middle", middle);
        view_textf(item, "label", "%.3s", civil_month_name(months[i].month));
        view_text(item, "month", month_name(c, &months[i]));
        view_text(item, "value", cents_format(c->arena, months[i].net));
        view_bool(item, "is_most", i == most);
        view_int(item, "value_x",
            middle < HALF         ? HALF
            : middle > 360 - HALF ? 360 - HALF
                                  : middle);
        view_int(item, "value_y", BASE - height - 6);
    }
    view_bool(w->view, "has_chart", top > 0);
    view_text(w->view, "chart_sum", cents_format(c->arena, all));
    view_text(w->view, "chart_most", month_name(c, &months[most]));
    view_text(w->view, "chart_top", cents_format(c->arena, months[most].net));
}

/* ---- lists ------------------------------------------------------------------------
 */

static struct view *show_row(struct ctx *c, struct view *list, int64_t booking_id,
    const char *title, const char *vendor, struct cents amount)
{
    struct view *item = view_item(list);
    view_textf(item, "url", "/bookings/%lld", (long long)booking_id);
    view_text(item, "kitchen", title);
    view_text(item, "vendor", vendor);
    view_text(item, "amount", cents_format(c->arena, amount));
    view_text(item, "id", "");
    return item;
}

/* Of a booking that is not over. */
static const char *note_ahead(struct ctx *c, const struct earnings_booking *b)
{
    if (b->owed.n <= 0)
        return "Nothing of it is left for you.";
    if (!text_empty(b->frozen))
        return ctx_printf(c, "Held: %s.", money_words_frozen(b->frozen, SIDE_HOST));
    return ctx_printf(
        c, "Leaves on %s.", local(c, b->timezone, b->end_at + TRANSFERS_WAIT_S));
}

static enum result list_upcoming(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] enum earnings_kind kind)
{
    struct earnings_booking *rows;
    size_t n;
    TRY(earnings_upcoming(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, booking_id);
    for (size_t i = 0; i < n; i++) {
        const struct earnings_booking *row = &rows[i];
        struct view *item =
            show_row(c, list, row->booking_id, row->title, row->vendor, row->owed);
        view_text(item, "when", local(c, row->timezone, row->start_at));
        view_text(item, "note", note_ahead(c, row));
    }
    return OK;
}

static const char *held_words(struct ctx *c, const struct earnings_transfer *t)
{
    if (text_is(t->state, "failed"))
        return "It could not be sent. We are looking into it.";
    return text_is(t->held_for, "account")
               ? "Held: Stripe cannot pay your account yet."
               : ctx_printf(c, "Held: %s.", money_words_frozen(t->frozen, SIDE_HOST));
}

/* What is said of a transfer, in the list of its kind. */
static const char *note_of(
    struct ctx *c, const struct earnings_transfer *t, enum earnings_kind kind)
{
    const char *offset = cents_format(c->arena, t->offset),
               *reversed = cents_format(c->arena, t->reversed);
    if (kind == EARNINGS_SCHEDULED)
        return ctx_printf(c, "Leaves on %s.", local(c, t->timezone, t->due_at));
    if (kind == EARNINGS_HELD)
        return held_words(c, t);
    if (kind == EARNINGS_REVERSED)
        return ctx_printf(c, "Of %s that was sent.", cents_format(c->arena, t->amount));
    return ctx_printf(c, "%s%s%s%s", t->offset.n > 0 ? offset : "",
        t->offset.n > 0 ? " was kept for what you owed. " : "",
        t->reversed.n > 0 ? reversed : "",
        t->reversed.n > 0 ? " was taken back since." : "");
}

static enum result list_transfers(
    struct ctx *c, struct web *w, struct view *list, enum earnings_kind kind)
{
    struct earnings_transfer *rows;
    size_t n;
    TRY(earnings_transfers(c, kind, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        const struct earnings_transfer *t = &rows[i];
        struct view *item = show_row(c, list, t->booking_id, t->title, t->vendor,
            kind == EARNINGS_REVERSED ? t->reversed : t->amount);
        view_text(item, "when",
            t->sent_at == 0
                ? ""
                : ctx_printf(c, "Sent on %s", local(c, t->timezone, t->sent_at)));
        view_text(item, "note", note_of(c, t, kind));
        view_text(item, "id", t->transfer_id);
    }
    return OK;
}

static enum result list_debts(struct ctx *c, struct web *w, struct view *list,
    [[maybe_unused]] enum earnings_kind kind)
{
    struct debt *rows;
    size_t n;
    TRY(debts_page(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    for (size_t i = 0; i < n; i++) {
        struct view *item =
            show_row(c, list, rows[i].booking_id, rows[i].title, "", rows[i].amount);
        view_text(item, "when", local(c, rows[i].timezone, rows[i].at));
        view_text(item, "note", money_words_debt(c, &rows[i], SIDE_HOST));
    }
    return OK;
}

static const struct tab {
    const char *value, *label, *empty;
    enum result (*list)(
        struct ctx *c, struct web *w, struct view *list, enum earnings_kind kind);
    enum earnings_kind kind;
} tabs[] = {
    { "upcoming", "Coming up", "Nobody has booked and paid yet.", list_upcoming, 0 },
    { "scheduled", "On its way", "Nothing is on its way to you.", list_transfers,
        EARNINGS_SCHEDULED },
    { "held", "Held", "Nothing is held.", list_transfers, EARNINGS_HELD },
    { "sent", "Sent", "Nothing was sent yet.", list_transfers, EARNINGS_SENT },
    { "reversed", "Taken back", "Nothing was taken back.", list_transfers,
        EARNINGS_REVERSED },
    { "debts", "Debts", "You never owed anything.", list_debts, 0 },
};

static enum result show_list(struct ctx *c, struct web *w)
{
    const struct tab *chosen = &tabs[0];
    struct view *list = view_list(w->view, "tabs");
    for (size_t i = 0; i < COUNT_OF(tabs); i++)
        if (text_is(tabs[i].value, params_get(w->req.query, "show")))
            chosen = &tabs[i];
    for (size_t i = 0; i < COUNT_OF(tabs); i++) {
        struct view *item = view_item(list);
        view_text(item, "url", ctx_printf(c, "%s?show=%s", w->req.path, tabs[i].value));
        view_text(item, "label", tabs[i].label);
        view_bool(item, "is_here", chosen == &tabs[i]);
    }
    view_text(w->view, "list_label", chosen->label);
    view_text(w->view, "empty", chosen->empty);
    return chosen->list(c, w, view_list(w->view, "rows"), chosen->kind);
}

enum result web_earnings(struct ctx *c, struct web *w)
{
    struct earnings_month months[EARNINGS_MONTHS];
    struct host_account account = { .requirements = "" };
    enum result r = host_accounts_get(c, &account);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    TRY(earnings_months(c, months));
    TRY(show_stats(c, w, months));
    show_chart(c, w, months);
    TRY(show_list(c, w));
    view_bool(w->view, "transfers_active", account.transfers_active);
    view_int(w->view, "this_year", months[EARNINGS_MONTHS - 1].year);
    view_int(w->view, "last_year", months[EARNINGS_MONTHS - 1].year - 1);
    return web_page(c, w, 200, "host/earnings");
}

/* ---- the file ---------------------------------------------------------------------
 */

/* "1795651200 1795737600", as local times. */
static const char *sent_times(struct ctx *c, const struct zone *z, const char *ats)
{
    const char *times = "";
    while (*ats != '\0') {
        char *end;
        const char *time = zone_format_iso(c->arena, z, strtoll(ats, &end, 10));
        times = *times == '\0' ? time : ctx_printf(c, "%s %s", times, time);
        ats = end + (*end == ' ');
    }
    return times;
}

static void add_line(struct ctx *c, struct csv *csv, const struct earnings_line *line)
{
    const struct zone *z = zone_find(line->timezone);
    CHECK(z != NULL);
    csv_int(csv, line->booking_id);
    csv_text(csv, line->title);
    csv_text(csv, line->vendor);
    csv_plain(csv, zone_format_iso(c->arena, z, line->start_at));
    csv_plain(csv, zone_format_iso(c->arena, z, line->end_at));
    csv_cents(csv, line->base);
    csv_cents(csv, line->cleaning);
    csv_cents(csv, line->fee);
    csv_cents(csv, line->refunds);
    csv_cents(csv, line->net);
    csv_text(csv, line->transfer_ids);
    csv_plain(csv, sent_times(c, z, line->sent_ats));
    csv_cents(csv, line->reversed);
    csv_plain(csv, line->state);
    csv_cents(csv, line->disputes);
    csv_cents(csv, line->sent);
    csv_cents(csv, line->kept);
    csv_cents(csv, line->debt);
    csv_cents(csv, line->open);
    csv_end(csv);
}

static void add_heading(struct csv *csv)
{
    static const char *const names[] = { "booking", "kitchen", "vendor", "start", "end",
        "gross base", "cleaning", "host fee", "refunds", "host net", "transfer id",
        "sent at", "reversed", "state", "disputes", "sent", "kept for debts",
        "became a debt", "open" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        csv_plain(csv, names[i]);
    csv_end(csv);
}

/* All of a year or, MONTH not 0, of a month of it; false if that is too long for one
 * file: an answer stands in memory, and is made in one read. */
static enum result add_lines(
    struct ctx *c, struct csv *csv, int year, int month, bool *fits)
{
    const struct earnings_line *after = NULL;
    struct earnings_line *rows;
    size_t n, all = 0;
    do {
        TRY(earnings_year(c, year, month, after, CSV_CHUNK, &rows, &n));
        for (size_t i = 0; i < n; i++)
            if (rows[i].year == year && (month == 0 || rows[i].month == month))
                add_line(c, csv, &rows[i]);
        all += n;
        after = n > 0 ? &rows[n - 1] : NULL;
    } while (n == CSV_CHUNK && all < CSV_LINES_MAX && buf_ok(csv->out));
    *fits = n < CSV_CHUNK && buf_ok(csv->out);
    return OK;
}

/* The error page leads to the months. */
static enum result too_long(struct ctx *c, struct web *w, int year, int month)
{
    if (month != 0)
        return fail(c, R_INVALID,
            "%s %d has more bookings than one file takes. Write to us.",
            civil_month_name(month), year);
    struct view *list = view_list(w->view, "options");
    view_text(w->view, "options_title", "Month by month");
    view_bool(w->view, "has_options", true);
    for (int m = 1; m <= 12; m++) {
        struct view *item = view_item(list);
        view_textf(item, "label", "%s %d", civil_month_name(m), year);
        view_text(item, "note", "CSV file");
        view_textf(item, "url", "/host/earnings.csv?year=%d&month=%d", year, m);
    }
    return fail(c, R_INVALID,
        "%d has more bookings than one file takes. Take it month by month.", year);
}

enum result web_earnings_csv(struct ctx *c, struct web *w)
{
    int64_t year, month;
    bool fits;
    struct csv csv = { .out = &w->res->body };
    if (!text_int(params_get(w->req.query, "year"), YEAR_MIN, YEAR_MAX, &year))
        year = civil_of_seconds(c->now_at).year;
    if (!text_int(params_get(w->req.query, "month"), 1, 12, &month))
        month = 0;
    add_heading(&csv);
    TRY(add_lines(c, &csv, (int)year, (int)month, &fits));
    if (!fits)
        return too_long(c, w, (int)year, (int)month);
    response_header(w->res, "Content-Type", "text/csv; charset=utf-8");
    response_attachment(
        w->res, month == 0 ? ctx_printf(c, "prep-earnings-%lld.csv", (long long)year)
                           : ctx_printf(c, "prep-earnings-%lld-%02d.csv",
                                 (long long)year, (int)month));
    return OK;
}
