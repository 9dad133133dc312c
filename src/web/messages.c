#include "web/messages.h"

#include <string.h>

#include "domain/messages.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "util/zone.h"
#include "web/show.h"

enum { PER_PAGE = 20, GIST_BYTES = 120 };

static const struct field fields[] = {
    { "body", FIELD_LINES, "Message", .required = true, .max = MESSAGE_MAX },
    FIELD_ONCE,
};

/* The beginning of a message, cut between characters. */
static const char *gist(struct ctx *c, const char *body)
{
    size_t n = strlen(body);
    if (n <= GIST_BYTES)
        return body;
    n = GIST_BYTES;
    while (((unsigned char)body[n] & 0xc0) == 0x80)
        n--;
    return ctx_printf(c, "%.*s…", (int)n, body);
}

enum result web_messages(struct ctx *c, struct web *w)
{
    struct message_thread *rows;
    size_t n;
    TRY(messages_threads(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, last_id);
    struct view *list = view_list(w->view, "threads");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_textf(item, "url", "/messages/%lld", (long long)rows[i].booking_id);
        view_text(item, "title", rows[i].title);
        view_text(item, "with", rows[i].with);
        view_text(item, "gist", gist(c, rows[i].body));
        view_text(item, "when",
            show_when_in(c, zone_find(rows[i].timezone), rows[i].last_at));
        view_text(item, "when_iso", show_iso(c, rows[i].last_at));
    }
    return web_page(c, w, 200, "messages/list");
}

static enum result show_thread(struct ctx *c, struct web *w, const struct booking *b,
    const struct form *f, int status)
{
    struct message *rows;
    size_t n;
    const struct zone *z = zone_find(b->timezone);
    CHECK(z != NULL);
    TRY(messages_of(c, b, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "messages");
    for (size_t i = n; i-- > 0;) { /* the oldest first, as in a conversation */
        struct view *item = view_item(list);
        view_text(item, "author", rows[i].mine ? "You" : rows[i].sender);
        view_text(item, "when", zone_format(c->arena, z, rows[i].created_at));
        view_text(item, "when_iso", show_iso(c, rows[i].created_at));
        view_text(item, "body", rows[i].body);
        view_bool(item, "is_mine", rows[i].mine);
    }
    bool vendor = c->actor.user_id == b->vendor_id;
    view_int(w->view, "booking_id", b->id);
    view_text(w->view, "kitchen", b->title);
    view_text(w->view, "with", vendor ? b->host_name : b->vendor_name);
    view_text(w->view, "booked_for", bookings_when(c, b));
    view_bool(w->view, "can_write", vendor || c->actor.user_id == b->host_id);
    web_show_form(c, w, f);
    return web_page(c, w, status, "messages/thread");
}

enum result web_messages_thread(struct ctx *c, struct web *w)
{
    struct booking b;
    struct form f;
    TRY(bookings_get(c, web_id(w), &b));
    form_fresh(c->arena, fields, COUNT_OF(fields), &f);
    form_fill(&f, "idempotency_key", rand_uid(c->arena));
    return show_thread(c, w, &b, &f, 200);
}

enum result web_messages_send(struct ctx *c, struct web *w)
{
    struct booking b;
    struct form f;
    TRY(bookings_get(c, web_id(w), &b));
    web_form(c, w, fields, COUNT_OF(fields), &f);
    if (!form_ok(&f))
        return show_thread(c, w, &b, &f, 422);
    enum result r =
        messages_send(c, &b, form_text(&f, "body"), form_text(&f, "idempotency_key"));
    if (r == R_INVALID) { /* only a key that sent something else: PC-KEY-422 */
        web_used(c, &f,
            "This form sent another message before (PC-KEY-422). To send this one as "
            "well, press the button once more.");
        return show_thread(c, w, &b, &f, 422);
    }
    TRY(r);
    return web_redirect(w, ctx_printf(c, "/messages/%lld#write", (long long)b.id));
}
