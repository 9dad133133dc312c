#include "web/availability.h"

#include <stdio.h>

#include "domain/availability.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/show.h"

enum {
    DAYS = 7,
    ROWS = WINDOWS_MAX / DAYS, /* of a day */
    ROWS_SHOWN = 2,            /* at least; one more than are in use */
    DAY_MIN = 1440,
    WEEK_MIN = DAYS * DAY_MIN,
};

/* ---- the weekly windows: fields open_DAY_ROW and close_DAY_ROW ---------------------
 */

static const char *const ends[] = { "open", "close" };

static const struct field *week_fields(size_t *n)
{
    static struct field fields[DAYS * ROWS * 2];
    static char names[DAYS * ROWS * 2][16], labels[DAYS * ROWS * 2][24];
    static size_t count;
    for (; count < COUNT_OF(fields); count++) {
        int end = (int)count % 2, row = (int)count / 2 % ROWS,
            day = (int)count / 2 / ROWS;
        snprintf(names[count], sizeof names[count], "%s_%d_%d", ends[end], day, row);
        snprintf(labels[count], sizeof labels[count], "%s, %s", civil_weekday_name(day),
            end == 0 ? "opens" : "closes");
        fields[count] = (struct field) { .name = names[count],
            .kind = FIELD_TIME,
            .label = labels[count],
            .hour_24 = end == 1 };
    }
    *n = count;
    return fields;
}

static const char *name_of(struct ctx *c, int end, int64_t day, int row)
{
    return ctx_printf(c, "%s_%d_%d", ends[end], (int)day, row);
}

static const char *clock_of(struct ctx *c, int64_t minute)
{
    return ctx_printf(c, "%02d:%02d", (int)minute / 60 % 24, (int)minute % 60);
}

static void week_of(
    struct ctx *c, const struct weekly_window *windows, size_t n, struct form *f)
{
    size_t fields_n;
    const struct field *fields = week_fields(&fields_n);
    int used[DAYS] = { 0 };
    form_fresh(c->arena, fields, fields_n, f);
    for (size_t i = 0; i < n; i++) {
        int row = used[windows[i].weekday]++;
        CHECK(row < ROWS);
        form_fill(f, name_of(c, 0, windows[i].weekday, row),
            clock_of(c, windows[i].start_min));
        form_fill(
            f, name_of(c, 1, windows[i].weekday, row), clock_of(c, windows[i].end_min));
    }
}

/* Two windows as minutes of the week, which goes round. */
static bool overlap(const struct weekly_window *a, const struct weekly_window *b)
{
    int64_t shift = (b->weekday - a->weekday) * DAY_MIN;
    for (int64_t turn = -WEEK_MIN; turn <= WEEK_MIN; turn += WEEK_MIN)
        if (a->start_min < b->end_min + shift + turn &&
            b->start_min + shift + turn < a->end_min)
            return true;
    return false;
}

/* One row of the form: false if it is blank or wrong. */
static bool read_row(
    struct ctx *c, struct form *f, int day, int row, struct weekly_window *out)
{
    const char *open = name_of(c, 0, day, row), *close = name_of(c, 1, day, row);
    bool opens = form_has(f, open), closes = form_has(f, close);
    if (opens != closes && form_error(f, open) == NULL && form_error(f, close) == NULL)
        form_set_error(f, opens ? close : open, "Enter both times, or neither.");
    if (!opens || !closes)
        return false;
    *out = (struct weekly_window) { day, form_int(f, open), form_int(f, close) };
    if (out->start_min % SLOT_MIN != 0)
        form_set_error(f, open, "Choose a quarter hour, such as 07:15.");
    if (out->end_min % SLOT_MIN != 0)
        form_set_error(f, close, "Choose a quarter hour, such as 22:30.");
    if (out->end_min <= out->start_min)
        out->end_min += DAY_MIN;
    return true;
}

static void read_week(
    struct ctx *c, struct form *f, struct weekly_window *out, size_t *n)
{
    *n = 0;
    for (int day = 0; day < DAYS; day++)
        for (int row = 0; row < ROWS; row++) {
            struct weekly_window w;
            if (!read_row(c, f, day, row, &w))
                continue;
            for (size_t i = 0; i < *n; i++)
                if (overlap(&out[i], &w))
                    form_set_error(f, name_of(c, 0, day, row),
                        ctx_printf(c, "This overlaps %s, %s. Make them one.",
                            civil_weekday_name((int)out[i].weekday),
                            show_span(c, out[i].start_min, out[i].end_min)));
            out[(*n)++] = w;
        }
}

static int rows_used(struct ctx *c, const struct form *f, int day)
{
    int used = 0;
    for (int row = 0; row < ROWS; row++)
        for (int end = 0; end < 2; end++)
            if (*form_raw(f, name_of(c, end, day, row)) != '\0')
                used = row + 1;
    return used;
}

static void show_week(struct ctx *c, struct web *w, const struct form *f)
{
    struct view *week = view_list(w->view, "week");
    for (int day = 0; day < DAYS; day++) {
        struct view *item = view_item(week);
        view_text(item, "day", civil_weekday_name(day));
        struct view *windows = view_list(item, "windows");
        int rows = rows_used(c, f, day) + 1;
        rows = rows < ROWS_SHOWN ? ROWS_SHOWN : rows > ROWS ? ROWS : rows;
        for (int row = 0; row < rows; row++) {
            const char *open = name_of(c, 0, day, row),
                       *close = name_of(c, 1, day, row);
            const char *error = form_error(f, open);
            struct view *v = view_item(windows);
            view_text(v, "id", ctx_printf(c, "f-%s", open));
            view_text(v, "open_name", open);
            view_text(v, "open_value", form_raw(f, open));
            view_text(v, "close_name", close);
            view_text(v, "close_value", form_raw(f, close));
            view_text(v, "error", error != NULL ? error : form_error(f, close));
        }
    }
}

/* ---- the exceptions ---- */

static const char *const kinds[] = { "close", "open", NULL };
static const char *const kind_labels[] = { "Closed then", "Open then" };
static const struct field exception_fields[] = {
    { "date", FIELD_DATE, "Date", .required = true },
    { "kind", FIELD_CHOICE, "What", .required = true, .choices = kinds },
    { "start", FIELD_TIME, "From" },
    { "end", FIELD_TIME, "To", .hour_24 = true },
    { "note", FIELD_TEXT, "Note", .max = 60 },
};
static const struct field remove_fields[] = {
    { "day", FIELD_INT, "Date", .required = true, .min = 0, .max = 1000000 },
    { "start_min", FIELD_INT, "From", .required = true, .min = 0, .max = DAY_MIN },
};

static void fresh_exception(struct ctx *c, struct form *f)
{
    form_fresh(c->arena, exception_fields, COUNT_OF(exception_fields), f);
    form_fill(f, "kind", kinds[0]);
}

static bool read_exception(
    struct ctx *c, struct web *w, struct form *f, struct hours_exception *out)
{
    web_form(c, w, exception_fields, COUNT_OF(exception_fields), f);
    bool starts = form_has(f, "start"), ends_too = form_has(f, "end");
    if (starts != ends_too && form_ok(f))
        form_set_error(f, starts ? "end" : "start",
            "Enter both times, or neither for the whole day.");
    if (form_int(f, "start") % SLOT_MIN != 0)
        form_set_error(f, "start", "Choose a quarter hour, such as 07:15.");
    if (form_int(f, "end") % SLOT_MIN != 0)
        form_set_error(f, "end", "Choose a quarter hour, such as 22:30.");
    if (!form_ok(f))
        return false;
    struct civil date = form_date(f, "date");
    *out = (struct hours_exception) {
        .day = civil_days(date.year, date.month, date.day),
        .start_min = starts ? form_int(f, "start") : 0,
        .end_min = starts ? form_int(f, "end") : DAY_MIN,
        .opens = text_is(form_text(f, "kind"), "open"),
        .note = form_text(f, "note"),
    };
    if (out->end_min <= out->start_min)
        out->end_min += DAY_MIN;
    return true;
}

static enum result show_exceptions(
    struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct hours_exception *rows;
    size_t n;
    const struct zone *z = zone_find(k->timezone);
    CHECK(z != NULL);
    int64_t today = hours_date(z, c->now_at);
    TRY(availability_exceptions(
        c, k->id, today, today + c->conf->max_days_ahead + 2, &rows, &n));
    struct view *list = view_list(w->view, "exceptions");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "on_day", rows[i].day);
        view_int(item, "start_min", rows[i].start_min);
        view_text(item, "when", show_day(c, rows[i].day));
        view_textf(item, "what", "%s %s", rows[i].opens ? "open" : "closed",
            show_span(c, rows[i].start_min, rows[i].end_min));
        view_text(item, "about", rows[i].note);
    }
    view_bool(w->view, "any_exceptions", n > 0);
    struct civil first = civil_of_days(today);
    view_text(w->view, "today", civil_format_iso(c->arena, &first));
    return OK;
}

/* ---- the page ---- */

/* FAILED is the form that the errors on the page are of. */
static enum result show(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *week, const struct form *exception, const struct form *failed,
    int status)
{
    web_show_form(c, w, exception);
    web_options(c, w, exception, "kind", kinds, kind_labels, COUNT_OF(kind_labels));
    web_show_form(c, w, week);
    if (failed == exception)
        web_show_errors(c, w, failed);
    show_week(c, w, week);
    TRY(show_exceptions(c, w, k));
    view_int(w->view, "id", k->id);
    view_text(w->view, "listing_title", k->title);
    view_text(w->view, "timezone", k->timezone);
    return web_page(c, w, status, "host/availability");
}

static enum result saved_week(struct ctx *c, const struct kitchen *k, struct form *out)
{
    struct weekly_window *windows;
    size_t n;
    TRY(availability_week(c, k->id, &windows, &n));
    week_of(c, windows, n, out);
    return OK;
}

static enum result back(struct ctx *c, struct web *w, const char *fragment)
{
    return web_redirect(w, ctx_printf(c, "/host/listings/%lld/availability%s",
                               (long long)web_id(w), fragment));
}

enum result web_availability(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form week, exception;
    TRY(kitchens_own(c, web_id(w), &k));
    TRY(saved_week(c, &k, &week));
    fresh_exception(c, &exception);
    return show(c, w, &k, &week, &exception, &week, 200);
}

enum result web_availability_save(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form week, exception;
    struct weekly_window *windows = arena_array(c->arena, WINDOWS_MAX, sizeof *windows);
    size_t n, fields_n;
    const struct field *fields = week_fields(&fields_n);
    TRY(kitchens_own(c, web_id(w), &k));
    web_form(c, w, fields, fields_n, &week);
    read_week(c, &week, windows, &n);
    if (form_ok(&week)) {
        TRY(availability_set_week(c, k.id, windows, n));
        web_flash(c, w, "ok", "Saved. Bookings that exist already stay as they are.");
        return back(c, w, "");
    }
    fresh_exception(c, &exception);
    return show(c, w, &k, &week, &exception, &week, 422);
}

enum result web_availability_exception_add(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form week, exception;
    struct hours_exception e;
    TRY(kitchens_own(c, web_id(w), &k));
    enum result r = R_INVALID;
    if (read_exception(c, w, &exception, &e)) {
        r = availability_add_exception(c, k.id, &e);
        if (r == OK) {
            web_flash(
                c, w, "ok", "Added. Bookings that exist already stay as they are.");
            return back(c, w, "#exceptions");
        }
        if (r != R_INVALID && r != R_CONFLICT)
            return r;
        web_refused(c, &exception, "date", NULL);
    }
    TRY(saved_week(c, &k, &week));
    return show(c, w, &k, &week, &exception, &exception, r == R_CONFLICT ? 409 : 422);
}

enum result web_availability_exception_remove(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, remove_fields, COUNT_OF(remove_fields), &f);
    if (!form_ok(&f))
        return fail(
            c, R_INVALID, "Open the page again and choose the exception there.");
    TRY(availability_remove_exception(
        c, web_id(w), form_int(&f, "day"), form_int(&f, "start_min")));
    web_flash(c, w, "ok", "Removed. The weekly hours count again on that date.");
    return back(c, w, "#exceptions");
}
