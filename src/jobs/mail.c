/* The outbox: a row becomes a message by its templates mail/<kind>.subject and .txt,
 * with the row's fields and full_name, site_name and base_url as keys. Beside the text
 * stands the same as HTML, by mail/layout.html. Fields ics_* become an attachment. */
#include <string.h>

#include "domain/outbox.h"
#include "html/view.h"
#include "jobs/job.h"
#include "jobs/letter.h"
#include "mail/ics.h"
#include "mail/send.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

enum { LEASE_S = 300, PART_MAX_BYTES = 256 * 1024 };

static enum result find(struct ctx *c, struct batch *b)
{
    struct query *q = db_query(c->db, Q_OUTBOX_DUE);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "max", JOB_BATCH);
    enum result r;
    for (QUERY_EACH(q, r))
        job_add_id(b, col_int(q, "id"));
    return query_end(r);
}

static enum result read_fields(struct ctx *c, const struct outbox_mail *m,
    const struct json **fields, struct view **view)
{
    TRY(json_read(c->arena, m->fields, strlen(m->fields), fields));
    struct view *v = *view = view_new(c->arena);
    view_text(v, "full_name", m->to_name);
    view_text(v, "site_name", c->conf->site_name);
    view_text(v, "base_url", c->conf->base_url);
    json_each(f, *fields) view_text(v, f->key, f->text);
    return OK;
}

/* One part of the mail. */
static enum result render(struct ctx *c, const struct templates *templates,
    const char *kind, const char *part, const struct view *view, const char **out,
    const char **error)
{
    const char *name = ctx_printf(c, "mail/%s.%s", kind, part);
    struct buf text, why;
    *error = "there is no template of this kind";
    if (!templates_has(templates, name))
        return R_FAULT;
    buf_init(&text, PART_MAX_BYTES);
    buf_init(&why, 1024);
    enum result r = templates_render(templates, name, view, &text, &why);
    if (r == OK)
        *out = text_trim(arena_strndup(c->arena, text.at, text.n));
    else
        *error = arena_strdup(c->arena, why.at);
    buf_free(&text);
    buf_free(&why);
    return r;
}

static struct span calendar(
    struct ctx *c, const struct outbox_mail *m, const struct json *f)
{
    bool canceled = !text_empty(json_text(f, "ics_canceled"));
    struct ics_event e = {
        .canceled = canceled,
        .sequence = canceled ? 1 : 0,
        .uid = ics_uid(c->arena, json_text(f, "ics_uid"), c->conf->base_url),
        .stamped_at = m->created_at,
        .summary = json_text(f, "ics_summary"),
        .location = json_text(f, "ics_location"),
        .url = ctx_printf(c, "%s%s", c->conf->base_url, json_text(f, "path")),
    };
    struct buf ics;
    if (!text_int(json_text(f, "ics_start_at"), 0, INT64_MAX, &e.start_at) ||
        !text_int(json_text(f, "ics_end_at"), 0, INT64_MAX, &e.end_at))
        return (struct span) { NULL, 0 };
    buf_init(&ics, PART_MAX_BYTES);
    ics_begin(&ics, NULL);
    ics_add(&ics, &e);
    ics_end(&ics);
    struct span bytes = { arena_strndup(c->arena, ics.at, ics.n), ics.n };
    buf_free(&ics);
    return bytes;
}

static enum result send_mail(struct ctx *c, const struct mail *m, const char **error)
{
    const struct conf *conf = c->conf;
    struct mail_transport transport = {
        .net = c->net,
        .maildir = text_empty(conf->maildir) ? ctx_printf(c, "%s/mail", conf->data_dir)
                                             : conf->maildir,
        .smtp_url = conf->smtp_url,
        .smtp_user = conf->smtp_user,
        .smtp_password_file = conf->smtp_password_file,
    };
    return mail_send(&transport, c->arena, m, error);
}

static enum result deliver(struct ctx *c, const struct templates *templates,
    const struct outbox_mail *row, const char **error)
{
    const struct json *fields;
    struct view *view;
    struct mail m = {
        .from = c->conf->mail_from,
        .to = row->to_email,
        .to_name = row->to_name,
        .uid = row->uid,
        .at = c->now_at,
    };
    *error = "its fields are no JSON";
    TRY(read_fields(c, row, &fields, &view));
    TRY(render(c, templates, row->kind, "subject", view, &m.subject, error));
    TRY(render(c, templates, row->kind, "txt", view, &m.text, error));
    struct view *letter = view_new(c->arena);
    view_text(letter, "subject", m.subject);
    view_text(letter, "site_name", c->conf->site_name);
    letter_show(c, m.text, ctx_printf(c, "Open on %s", c->conf->site_name), letter);
    TRY(render(c, templates, "layout", "html", letter, &m.html, error));
    struct mail_attachment invite = { .filename = "booking.ics",
        .type = MAIL_ICS_TYPE };
    if (json_text(fields, "ics_uid") != NULL) {
        invite.bytes = calendar(c, row, fields);
        m.attachments = &invite;
        m.attachment_count = invite.bytes.n > 0;
    }
    return send_mail(c, &m, error);
}

/* The items only say how many are due: outbox_take hands out which. */
static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    struct outbox_mail *mails;
    const char *error = "";
    size_t n;
    TRY(outbox_take(c, 1, LEASE_S, &mails, &n));
    if (n == 0)
        return OK;
    enum result r = deliver(c, item->templates, &mails[0], &error);
    if (r == OK)
        return outbox_sent(c, mails[0].id);
    log_warn(
        "mail", "%s to user, try %d: %s", mails[0].kind, mails[0].tries + 1, error);
    TRY(outbox_failed(c, mails[0].id, error, r == R_INVALID));
    return fail(c, r, "%s", error);
}

const struct job job_mail = { "mail", 1, false, find, work };
