#include "stripe/form.h"

#include <string.h>

#include "util/guard.h"

static const char words[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static void open_pair(struct buf *form, const char *key)
{
    CHECK(*key != '\0' && strpbrk(key, "&=+%# \r\n") == NULL);
    if (form->n > 0)
        buf_addc(form, '&');
    buf_adds(form, key);
    buf_addc(form, '=');
}

void stripe_form_text(struct buf *form, const char *key, const char *value)
{
    if (value == NULL)
        return;
    open_pair(form, key);
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        if (strchr(words, c) != NULL || strchr("-._~", c) != NULL)
            buf_addc(form, *value);
        else
            buf_printf(form, "%%%02X", c);
    }
}

void stripe_form_int(struct buf *form, const char *key, int64_t n)
{
    open_pair(form, key);
    buf_add_int(form, n);
}

void stripe_form_bool(struct buf *form, const char *key, bool truth)
{
    stripe_form_text(form, key, truth ? "true" : "false");
}

void stripe_form_cents(struct buf *form, const char *key, struct cents amount)
{
    stripe_form_int(form, key, amount.n);
}
