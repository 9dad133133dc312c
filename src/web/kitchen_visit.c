#include "web/kitchen_visit.h"

#include "domain/availability.h"
#include "domain/bookings.h"
#include "domain/pricing.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "web/times.h"

enum { FEW_STARTS = 4, DAY_S = 86400, WEEKDAYS = 7 };

static const struct field fields[] = {
    TIMES_FIELDS(false),
    { "space_id", FIELD_ID, "Space" },
    { "guest_count", FIELD_INT, "People working", .min = 1, .max = 500 },
    { "purpose", FIELD_TEXT, "What you will make", .max = PURPOSE_MAX },
    { "special_requests", FIELD_LINES, "Anything the host should know",
        .max = SPECIAL_REQUESTS_MAX },
};

/* ---- reading ---- */

static void choose_space(struct kitchen_visit *v)
{
    int64_t wanted = form_int(&v->f, "space_id");
    v->space = v->spaces[0];
    for (size_t i = 0; i < v->spaces_n; i++)
        if (v->spaces[i].id == wanted) {
            v->space = v->spaces[i];
            return;
        }
    if (wanted != 0)
        form_set_error(
            &v->f, "space_id", "This kitchen has no such space. Choose one of these.");
}

static void check_room(struct ctx *c, struct kitchen_visit *v)
{
    if (form_int(&v->f, "guest_count") > v->space.capacity)
        form_set_error(&v->f, "guest_count",
            ctx_printf(
                c, "There is room for %lld people.", (long long)v->space.capacity));
}

void kitchen_visit_read(
    struct ctx *c, struct kitchen_visit *v, const struct params *params)
{
    /* What is wrong is in the form; a post has a key and a token beside these fields.
     */
    enum result r = form_read_query(c->arena, fields, COUNT_OF(fields), params, &v->f);
    CHECK((r == OK) == form_ok(&v->f));
    choose_space(v);
    check_room(c, v);
    v->length_min = v->k.min_min;
    if (!form_has(&v->f, "date") || !form_has(&v->f, "start") ||
        !form_has(&v->f, "end"))
        return;
    if (!times_of_form(&v->f, v->zone, &v->start_at, &v->end_at))
        return;
    v->timed = true;
    int64_t length_min = (v->end_at - v->start_at) / 60;
    if (length_min >= v->k.min_min && length_min <= v->k.max_min &&
        length_min % v->k.step_min == 0)
        v->length_min = length_min;
}

enum result kitchen_visit_judge(struct ctx *c, struct kitchen_visit *v)
{
    if (!v->timed || !form_ok(&v->f))
        return OK;
    enum result r = availability_check(c, &v->k, &v->space, v->start_at, v->end_at);
    if (r != R_INVALID && r != R_CONFLICT)
        return r;
    form_set_error(&v->f, "start", c->message);
    fail_clear(c);
    return OK;
}

/* ---- the calendar ---- */

/* A link to this page that keeps what else was typed into its form, as far as it is
 * right; there are many of them on it, so nothing that strangers put into the address.
 */
static const char *link_to(struct ctx *c, const struct kitchen_visit *v,
    const char *query, const char *fragment)
{
    const char *rest = "";
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const char *name = fields[i].name;
        if (!times_is_field(name) && form_has(&v->f, name))
            rest = ctx_printf(
                c, "%s&%s=%s", rest, name, text_url(c->arena, form_raw(&v->f, name)));
    }
    return ctx_printf(c, "%s?%s%s#%s", v->path, query, rest, fragment);
}

struct month {
    int year, month;
};

static int months_between(struct month a, struct month b)
{
    return (b.year - a.year) * 12 + b.month - a.month;
}

static struct month month_at(const struct zone *z, int64_t at)
{
    struct civil t;
    zone_civil(z, at, &t);
    return (struct month) { t.year, t.month };
}

/* The month asked for, moved to where something can be booked. */
static struct month chosen_month(struct ctx *c, const struct web *w,
    const struct kitchen_visit *v, struct month first, struct month last)
{
    struct month m = first;
    struct civil date;
    const char *asked = params_get(w->req.query, "month");
    if (asked != NULL && civil_parse_date(ctx_printf(c, "%s-01", asked), &date))
        m = (struct month) { date.year, date.month };
    else if (form_has(&v->f, "date"))
        m = (struct month) { form_date(&v->f, "date").year,
            form_date(&v->f, "date").month };
    if (months_between(first, m) < 0)
        return first;
    return months_between(m, last) < 0 ? last : m;
}

static const char *month_link(
    struct ctx *c, const struct kitchen_visit *v, struct month m, int step)
{
    int months = m.year * 12 + m.month - 1 + step;
    return link_to(
        c, v, ctx_printf(c, "month=%04d-%02d", months / 12, months % 12 + 1), "when");
}

static void show_date(struct ctx *c, const struct kitchen_visit *v, struct view *item,
    const struct availability_month *m, int index, int64_t chosen_day)
{
    int64_t day = m->first_day + index;
    struct civil date = civil_of_days(day);
    int starts = m->starts[index];
    const char *query =
        v->timed ? times_on(c->arena, &v->f, &date)
                 : ctx_printf(c, "date=%s", civil_format_iso(c->arena, &date));
    view_textf(item, "label", "%d", date.day);
    view_textf(item, "title", "%s %d %s, %d start%s", civil_weekday_name(date.weekday),
        date.day, civil_month_name(date.month), starts, starts == 1 ? "" : "s");
    view_text(item, "url", starts == 0 ? "" : link_to(c, v, query, "when"));
    view_bool(item, "is_few", starts > 0 && starts <= FEW_STARTS);
    view_bool(item, "is_shut", !m->open[index]);
    view_bool(item, "is_today", day == hours_date(v->zone, c->now_at));
    view_bool(item, "is_selected", day == chosen_day);
}

static void show_blank(struct view *item)
{
    static const char *const off[] = { "is_few", "is_shut", "is_today", "is_selected" };
    view_text(item, "label", "");
    view_text(item, "title", "");
    view_text(item, "url", "");
    for (size_t i = 0; i < COUNT_OF(off); i++)
        view_bool(item, off[i], false);
}

static void show_weeks(struct ctx *c, const struct kitchen_visit *v, struct view *weeks,
    const struct availability_month *m, int64_t chosen_day)
{
    int before = civil_of_days(m->first_day).weekday;
    struct view *days = NULL;
    int cells = (before + m->days + WEEKDAYS - 1) / WEEKDAYS * WEEKDAYS;
    for (int i = 0; i < cells; i++) {
        if (i % WEEKDAYS == 0)
            days = view_list(view_item(weeks), "days");
        struct view *item = view_item(days);
        if (i < before || i >= before + m->days)
            show_blank(item);
        else
            show_date(c, v, item, m, i - before, chosen_day);
    }
}

static enum result show_starts(struct ctx *c, const struct kitchen_visit *v,
    struct view *list, const struct availability_day *d)
{
    for (size_t i = 0; i < d->starts_n; i++) {
        struct quote q;
        int64_t start_at = d->starts[i].start_at,
                end_at = start_at + v->length_min * 60;
        const char *time = zone_format_clock(c->arena, v->zone, start_at);
        TRY(pricing_quote(c, &v->k, &v->space, start_at, end_at, &q));
        struct view *item = view_item(list);
        view_text(item, "time", time);
        view_textf(item, "title", "%s, %g h for %s", time, (double)v->length_min / 60,
            cents_format(c->arena, q.total));
        const char *query = times_query(c->arena, v->zone, start_at, end_at);
        view_text(item, "url", d->starts[i].free ? link_to(c, v, query, "book") : "");
        view_bool(item, "is_selected", v->timed && start_at == v->start_at);
    }
    return OK;
}

static enum result show_day(
    struct ctx *c, struct web *w, const struct kitchen_visit *v, int64_t day)
{
    struct availability_day d;
    struct civil date = civil_of_days(day);
    TRY(availability_day(c, &v->k, &v->space, day, v->length_min, &d));
    struct view *out = view_object(w->view, "day");
    view_textf(out, "label", "%s %d %s", civil_weekday_name(date.weekday), date.day,
        civil_month_name(date.month));
    view_bool(out, "has_starts", d.starts_n > 0);
    return show_starts(c, v, view_list(out, "starts"), &d);
}

/* The day asked for if it is in the month, else the first that has a start. */
static int64_t chosen_day(
    const struct kitchen_visit *v, const struct availability_month *m)
{
    struct civil date = form_date(&v->f, "date");
    int64_t day = civil_days(date.year, date.month, date.day);
    if (form_has(&v->f, "date") && day >= m->first_day && day < m->first_day + m->days)
        return day;
    for (int i = 0; i < m->days; i++)
        if (m->starts[i] > 0)
            return m->first_day + i;
    return -1;
}

enum result kitchen_visit_show_calendar(
    struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    struct availability_month month;
    struct month first = month_at(v->zone, c->now_at);
    struct month last = month_at(v->zone, c->now_at + c->conf->max_days_ahead * DAY_S);
    struct month m = chosen_month(c, w, v, first, last);
    TRY(availability_month(
        c, &v->k, &v->space, m.year, m.month, v->length_min, &month));
    int64_t day = chosen_day(v, &month);
    struct view *out = view_object(w->view, "month");
    view_textf(out, "label", "%s %d", civil_month_name(m.month), m.year);
    view_text(
        out, "prev_url", months_between(first, m) > 0 ? month_link(c, v, m, -1) : "");
    view_text(
        out, "next_url", months_between(m, last) > 0 ? month_link(c, v, m, 1) : "");
    show_weeks(c, v, view_list(out, "weeks"), &month, day);
    if (day >= 0)
        return show_day(c, w, v, day);
    view_bool(w->view, "day", false);
    return OK;
}

/* ---- the quote ---- */

static void line(struct ctx *c, struct view *list, const char *label,
    struct cents amount, bool total)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "amount", cents_format(c->arena, amount));
    view_bool(item, "is_total", total);
}

static const char *base_label(struct ctx *c, const struct quote *q)
{
    double peak_h = (double)(q->minutes - q->offpeak_minutes) / 60;
    double offpeak_h = (double)q->offpeak_minutes / 60;
    const char *peak =
        ctx_printf(c, "%g h at %s", peak_h, cents_format(c->arena, q->rate));
    if (q->offpeak_minutes == 0)
        return peak;
    const char *offpeak = ctx_printf(
        c, "%g h off-peak at %s", offpeak_h, cents_format(c->arena, q->offpeak_rate));
    return q->offpeak_minutes == q->minutes ? offpeak
                                            : ctx_printf(c, "%s, %s", peak, offpeak);
}

static void show_lines(struct ctx *c, struct view *out, const struct quote *q)
{
    struct view *list = view_list(out, "lines");
    line(c, list, base_label(c, q), q->base, false);
    if (q->cleaning.n > 0)
        line(c, list, "Cleaning", q->cleaning, false);
    line(c, list, "Service fee", q->service_fee, false);
    line(c, list, "Tax", q->tax, false);
    line(c, list, "Total", q->total, true);
}

static void show_ladder(struct ctx *c, struct view *out, const struct kitchen_visit *v,
    const struct quote *q)
{
    struct ladder_row rows[LADDER_MAX];
    struct terms terms = pricing_terms(q, c->now_at, v->start_at);
    size_t n = pricing_ladder(&terms, c->now_at, rows);
    struct view *list = view_list(out, "ladder");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        bool last = rows[i].bp == 0 && i > 0;
        view_text(item, "until",
            last ? "after that"
                 : ctx_printf(c, "until %s, %s",
                       zone_format_date(c->arena, v->zone, rows[i].until_at),
                       zone_format_clock(c->arena, v->zone, rows[i].until_at)));
        view_textf(item, "share", "%lld %%", (long long)(rows[i].bp / 100));
        view_text(item, "amount", cents_format(c->arena, rows[i].refund.total));
        view_bool(item, "is_now", i == 0);
    }
}

/* Why the person looking cannot press the button; NULL: they can. */
static const char *refusal(const struct ctx *c)
{
    if (c->actor.user_id == 0)
        return "You come back to this page, with everything you typed.";
    if (c->actor.role != ROLE_VENDOR)
        return "Only vendors' accounts book kitchens.";
    return c->actor.verified
               ? NULL
               : "Confirm your e-mail address first: open the link we sent you.";
}

static void show_button(
    struct ctx *c, struct web *w, struct view *out, const struct kitchen_visit *v)
{
    const char *refused = refusal(c);
    const char *here = ctx_printf(
        c, "%s?%s", v->path, params_with(c->arena, w->req.query, "month", NULL));
    bool must_confirm = c->actor.role == ROLE_VENDOR && !c->actor.verified;
    view_bool(out, "can_book", refused == NULL);
    view_text(out, "refused", refused);
    view_text(out, "login_url",
        c->actor.user_id != 0
            ? ""
            : ctx_printf(c, "/login?next=%s", text_url(c->arena, here)));
    view_text(out, "send_link_next", must_confirm ? here : "");
    view_bool(out, "is_request", !v->k.instant_book);
    view_textf(out, "book_url", "/listings/%lld/book", (long long)v->k.id);
    view_text(out, "idempotency_key", rand_uid(c->arena));
    struct view *hidden = view_list(out, "hidden");
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        struct view *item = view_item(hidden);
        const char *value = form_raw(&v->f, fields[i].name);
        view_text(item, "name", fields[i].name);
        view_text(item, "value",
            text_is(fields[i].name, "space_id")
                ? ctx_printf(c, "%lld", (long long)v->space.id)
                : value);
    }
}

static enum result show_offer(
    struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    struct quote q;
    TRY(pricing_quote(c, &v->k, &v->space, v->start_at, v->end_at, &q));
    struct view *out = view_object(w->view, "quote");
    view_text(
        out, "when_label", times_label(c->arena, v->zone, v->start_at, v->end_at));
    view_text(out, "total", cents_format(c->arena, q.total));
    show_lines(c, out, &q);
    show_ladder(c, out, v, &q);
    show_button(c, w, out, v);
    return OK;
}

static void show_spaces(struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    const char **values = arena_array(c->arena, v->spaces_n, sizeof *values);
    const char **labels = arena_array(c->arena, v->spaces_n, sizeof *labels);
    for (size_t i = 0; i < v->spaces_n; i++) {
        values[i] = ctx_printf(c, "%lld", (long long)v->spaces[i].id);
        labels[i] = ctx_printf(c, "%s, %s an hour", v->spaces[i].name,
            cents_format(c->arena, v->spaces[i].rate));
    }
    web_options(c, w, &v->f, "space_id", values, labels, v->spaces_n);
}

/* The choice between two times that clocks show alike; without one, no field. */
static void show_fold(struct ctx *c, struct web *w, const struct kitchen_visit *v,
    const char *field, bool twice, int64_t first, int64_t second)
{
    view_bool(w->view, ctx_printf(c, "has_%s", field), twice);
    if (!twice)
        return;
    const char *labels[] = {
        ctx_printf(c, "the first %s", zone_format_clock(c->arena, v->zone, first)),
        ctx_printf(c, "the second %s", zone_format_clock(c->arena, v->zone, second)),
    };
    web_options(c, w, &v->f, field, times_folds, labels, COUNT_OF(labels));
}

static void show_more_times(struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    int64_t first = 0, second = 0;
    bool twice = times_start_twice(&v->f, v->zone, &first, &second);
    show_fold(c, w, v, "start_fold", twice, first, second);
    twice = times_end_twice(&v->f, v->zone, &first, &second);
    show_fold(c, w, v, "end_fold", twice, first, second);
    view_bool(w->view, "has_end_date",
        *form_raw(&v->f, "end_date") != '\0' || form_error(&v->f, "end") != NULL);
}

enum result kitchen_visit_show_quote(
    struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    web_show_form(c, w, &v->f);
    show_more_times(c, w, v);
    show_spaces(c, w, v);
    if (v->timed && form_ok(&v->f))
        return show_offer(c, w, v);
    view_bool(w->view, "quote", false);
    return OK;
}
