#include "web/photos.h"

#include "domain/kitchens.h"
#include "domain/photos.h"
#include "util/guard.h"
#include "util/text.h"

static const struct field upload_fields[] = {
    { "photos", FIELD_TEXT, "Photos" }, /* the files themselves come as uploads */
};

/* WORDS is a form that describes one photo, with what is wrong, or NULL. */
static enum result show_page(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, const struct form *words, int status)
{
    struct photo *rows;
    size_t n;
    TRY(photos_of(c, k->id, &rows, &n));
    struct view *list = view_list(w->view, "photos");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "photo_id", rows[i].id);
        view_int(item, "number", (int64_t)i + 1);
        view_text(item, "url", photos_url(c->arena, rows[i].hash, 320));
        view_text(item, "medium_url", photos_url(c->arena, rows[i].hash, 800));
        view_text(item, "large_url", photos_url(c->arena, rows[i].hash, 1600));
        view_text(item, "alt", rows[i].alt);
        bool typed = words != NULL && form_int(words, "photo_id") == rows[i].id;
        view_text(item, "words", typed ? form_raw(words, "alt") : rows[i].alt);
        view_text(item, "error", typed ? form_error(words, "alt") : "");
        view_bool(item, "is_cover", i == 0);
        view_bool(item, "is_last", i + 1 == n);
    }
    view_bool(w->view, "any", n > 0);
    view_bool(w->view, "room", n < PHOTOS_MAX);
    view_bool(w->view, "switched_off", !photos_on(c));
    view_int(w->view, "left", PHOTOS_MAX - (int64_t)n);
    view_int(w->view, "id", k->id);
    view_text(w->view, "listing_title", k->title);
    web_show_form(c, w, f);
    return web_page(c, w, status, "host/photos");
}

static enum result back(struct ctx *c, struct web *w)
{
    return web_redirect(
        w, ctx_printf(c, "/host/listings/%lld/photos", (long long)web_id(w)));
}

enum result web_photos(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    TRY(kitchens_own(c, web_id(w), &k));
    form_fresh(c->arena, upload_fields, COUNT_OF(upload_fields), &f);
    return show_page(c, w, &k, &f, NULL, 200);
}

/* ---- upload ---- */

/* Adds what can be added; *REFUSED gets a line for each file that cannot. */
static enum result add_all(struct ctx *c, const struct kitchen *k,
    const struct upload *files, size_t n, size_t *added, const char **refused)
{
    *added = 0;
    *refused = "";
    for (size_t i = 0; i < n; i++) {
        enum result r =
            photos_add(c, k->id, files[i].path, files[i].filename, files[i].bytes);
        if (r == OK) {
            (*added)++;
            continue;
        }
        if (r != R_INVALID && r != R_CONFLICT)
            return r;
        *refused = ctx_printf(c, "%s%s%s: %s", *refused, **refused == '\0' ? "" : " ",
            files[i].filename, c->message);
        fail_clear(c);
    }
    return OK;
}

static const char *in_words(struct ctx *c, size_t added)
{
    return ctx_printf(
        c, added == 1 ? "%zu photo is added." : "%zu photos are added.", added);
}

enum result web_photos_upload(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    size_t n, added;
    const char *refused;
    TRY(kitchens_own(c, web_id(w), &k));
    web_form(c, w, upload_fields, COUNT_OF(upload_fields), &f);
    const struct upload *files = multipart_uploads(w->uploads, &n);
    for (size_t i = 0; i < n; i++)
        if (!text_is(files[i].name, "photos"))
            form_set_error(&f, NULL, "This form has a field that we do not know.");
    if (n == 0)
        form_set_error(&f, "photos", "Choose one or more photos.");
    if (!form_ok(&f))
        return show_page(c, w, &k, &f, NULL, 422);
    TRY(add_all(c, &k, files, n, &added, &refused));
    if (*refused != '\0') {
        form_set_error(&f, "photos",
            added == 0 ? refused
                       : ctx_printf(c, "%s Not this: %s", in_words(c, added), refused));
        return show_page(c, w, &k, &f, NULL, 422);
    }
    web_flash(c, w, "ok", in_words(c, added));
    return back(c, w);
}

/* ---- order, words, removal ---- */

static const char *const moves[] = { "up", "down", "cover", NULL };
static const struct field move_fields[] = {
    { "photo_id", FIELD_ID, "Photo", .required = true },
    { "to", FIELD_CHOICE, "Where to", .required = true, .choices = moves },
};
static const struct field describe_fields[] = {
    { "photo_id", FIELD_ID, "Photo", .required = true },
    { "alt", FIELD_TEXT, "What it shows", .max = PHOTO_ALT_MAX },
};

/* Only a form that no browser of ours sends ends here. */
static enum result refuse(struct ctx *c, const struct form *f)
{
    size_t n;
    const struct form_error *errors = form_errors(f, &n);
    CHECK(n > 0);
    return fail(c, R_INVALID, "%s", errors[0].sentence);
}

enum result web_photos_move(struct ctx *c, struct web *w)
{
    static const enum photo_move kinds[] = { PHOTO_UP, PHOTO_DOWN, PHOTO_COVER };
    struct form f;
    web_form(c, w, move_fields, COUNT_OF(move_fields), &f);
    if (!form_ok(&f))
        return refuse(c, &f);
    size_t i = 0;
    while (!text_is(moves[i], form_text(&f, "to")))
        i++;
    TRY(photos_move(c, web_id(w), form_int(&f, "photo_id"), kinds[i]));
    return back(c, w);
}

/* Words that are too long, beside their photo. */
static enum result show_words(struct ctx *c, struct web *w, const struct form *words)
{
    struct kitchen k;
    struct form f;
    TRY(kitchens_own(c, web_id(w), &k));
    form_fresh(c->arena, upload_fields, COUNT_OF(upload_fields), &f);
    form_take_errors(&f, words); /* no field of its: the summary */
    return show_page(c, w, &k, &f, words, 422);
}

enum result web_photos_describe(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, describe_fields, COUNT_OF(describe_fields), &f);
    if (!form_ok(&f))
        return form_has(&f, "photo_id") ? show_words(c, w, &f) : refuse(c, &f);
    TRY(photos_describe(c, web_id(w), form_int(&f, "photo_id"), form_text(&f, "alt")));
    web_flash(c, w, "ok", "Saved.");
    return back(c, w);
}

enum result web_photos_remove(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, describe_fields, 1, &f);
    if (!form_ok(&f))
        return refuse(c, &f);
    TRY(photos_remove(c, web_id(w), form_int(&f, "photo_id")));
    web_flash(c, w, "ok", "The photo is removed.");
    return back(c, w);
}
