#include "mail/mime.h"

#include <string.h>

#include "mail/encode.h"
#include "util/civil.h"
#include "util/guard.h"

enum { HEADER_LINE_MAX = 900 };

static const char alphanumeric[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool only(const char *s, size_t n, const char *others)
{
    for (size_t i = 0; i < n; i++)
        if (strchr(alphanumeric, s[i]) == NULL && strchr(others, s[i]) == NULL)
            return false;
    return n > 0;
}

bool mail_address_ok(const char *address)
{
    const char *at = address == NULL ? NULL : strrchr(address, '@');
    if (at == NULL || strlen(address) > MAIL_ADDRESS_BYTES_MAX)
        return false;
    size_t local = (size_t)(at - address), domain = strlen(at + 1);
    return local <= 64 && only(address, local, "!#$%&'*+-/=?^_`{|}~.") &&
           address[0] != '.' && at[-1] != '.' && strstr(address, "..") == NULL &&
           only(at + 1, domain, "-.") && at[1] != '.' && at[1] != '-' &&
           at[domain] != '.' && at[domain] != '-';
}

const char *mail_address_of(struct arena *a, const char *mailbox)
{
    const char *open = mailbox == NULL ? NULL : strrchr(mailbox, '<');
    const char *address = mailbox;
    if (open != NULL) {
        size_t n = strlen(open + 1);
        if (n == 0 || open[n] != '>')
            return NULL;
        address = arena_strndup(a, open + 1, n - 1);
    }
    return mail_address_ok(address) ? address : NULL;
}

/* ---- headers ---- */

enum result mail_header_add(struct buf *out, const char *name, const char *value)
{
    if (!encode_is_plain(value) || strlen(value) > HEADER_LINE_MAX)
        return R_INVALID;
    buf_printf(out, "%s: %s\r\n", name, value);
    return OK;
}

enum result mail_header_add_text(
    struct buf *out, struct arena *a, const char *name, const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return R_INVALID;
    if (!text_utf8_ok(text, strlen(text)))
        return R_INVALID;
    buf_printf(out, "%s: %s\r\n", name, encode_words(a, text));
    return OK;
}

/* "Name <address>": the name quoted, or in encoded-words. */
static enum result add_mailbox(struct buf *out, struct arena *a, const char *header,
    const char *display, const char *address)
{
    if (text_empty(display))
        return mail_header_add(out, header, address);
    if (strlen(display) > MAIL_SUBJECT_BYTES_MAX)
        return R_INVALID;
    struct buf line;
    buf_init(&line, 4096);
    enum result r = mail_header_add_text(&line, a, header, display);
    if (r == OK && encode_is_plain(display) && strstr(line.at, "=?") == NULL) {
        buf_clear(&line);
        buf_printf(&line, "%s: \"", header);
        for (const char *p = display; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                buf_addc(&line, '\\');
            buf_addc(&line, *p);
        }
        buf_adds(&line, "\"\r\n");
    }
    if (r == OK) {
        line.n -= 2; /* the line's end comes after the address */
        bool fits = line.n + strlen(address) + 3 <= 76;
        buf_add(out, line.at, line.n);
        buf_printf(out, fits ? " <%s>\r\n" : "\r\n <%s>\r\n", address);
    }
    buf_free(&line);
    return r;
}

/* What stands before the '<', without the quotes a person may have put. */
static char *display_of(struct arena *a, const char *mailbox)
{
    const char *open = strrchr(mailbox, '<');
    char *name = text_trim(
        arena_strndup(a, mailbox, open == NULL ? 0 : (size_t)(open - mailbox)));
    size_t n = strlen(name);
    if (n >= 2 && name[0] == '"' && name[n - 1] == '"') {
        name[n - 1] = '\0';
        name++;
    }
    return name;
}

static enum result add_headers(
    struct buf *out, struct arena *a, const struct mail *m, const char *from)
{
    TRY(add_mailbox(out, a, "From", display_of(a, m->from), from));
    TRY(add_mailbox(out, a, "To", m->to_name, m->to));
    TRY(mail_header_add_text(out, a, "Subject", m->subject));
    TRY(mail_header_add(out, "Date", civil_format_mail(a, m->at)));
    TRY(mail_header_add(
        out, "Message-ID", arena_printf(a, "<%s@%s>", m->uid, strrchr(from, '@') + 1)));
    TRY(mail_header_add(out, "MIME-Version", "1.0"));
    TRY(mail_header_add(out, "Auto-Submitted", "auto-generated"));
    if (m->unsubscribe != NULL)
        TRY(mail_header_add(
            out, "List-Unsubscribe", arena_printf(a, "<%s>", m->unsubscribe)));
    return OK;
}

/* ---- bodies ---- */

static void add_part(struct buf *out, const char *type, const char *text)
{
    bool simple = encode_is_simple(text);
    buf_printf(out,
        "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n",
        type, simple ? "7bit" : "quoted-printable");
    if (simple)
        encode_lines(out, text);
    else
        encode_quoted(out, text);
}

/* base64 and quoted-printable cannot write "=_", a simple text has no line that
 * begins with "--": no boundary is ever found inside a part. */
static void add_bodies(struct buf *out, const struct mail *m)
{
    if (m->html == NULL) {
        add_part(out, "plain", m->text);
        return;
    }
    buf_printf(out,
        "Content-Type: multipart/alternative; boundary=\"=_alt-%s\"\r\n\r\n"
        "--=_alt-%s\r\n",
        m->uid, m->uid);
    add_part(out, "plain", m->text);
    buf_printf(out, "--=_alt-%s\r\n", m->uid);
    add_part(out, "html", m->html);
    buf_printf(out, "--=_alt-%s--\r\n", m->uid);
}

static enum result add_attachment(
    struct buf *out, struct arena *a, const struct mail_attachment *f)
{
    if (!only(f->filename, strlen(f->filename), ".-_"))
        return R_INVALID;
    TRY(mail_header_add(out, "Content-Type", f->type));
    TRY(mail_header_add(out, "Content-Disposition",
        arena_printf(a, "attachment; filename=\"%s\"", f->filename)));
    TRY(mail_header_add(out, "Content-Transfer-Encoding", "base64"));
    buf_adds(out, "\r\n");
    encode_base64(out, f->bytes, true);
    return OK;
}

static enum result add_content(struct buf *out, struct arena *a, const struct mail *m)
{
    if (m->attachment_count == 0) {
        add_bodies(out, m);
        return OK;
    }
    buf_printf(out,
        "Content-Type: multipart/mixed; boundary=\"=_mix-%s\"\r\n\r\n--=_mix-%s\r\n",
        m->uid, m->uid);
    add_bodies(out, m);
    for (size_t i = 0; i < m->attachment_count; i++) {
        buf_printf(out, "--=_mix-%s\r\n", m->uid);
        TRY(add_attachment(out, a, &m->attachments[i]));
    }
    buf_printf(out, "--=_mix-%s--\r\n", m->uid);
    return OK;
}

enum result mail_write(
    struct buf *out, struct arena *a, const struct mail *m, const char **why)
{
    const char *from = mail_address_of(a, m->from);
    *why = "";
    if (from == NULL)
        *why = "The sender is not an e-mail address.";
    else if (!mail_address_ok(m->to))
        *why = "The recipient is not an e-mail address.";
    else if (text_empty(m->uid) || strlen(m->uid) > 48 ||
             !only(m->uid, strlen(m->uid), "-_"))
        *why = "The mail's uid cannot be a Message-ID.";
    else if (strlen(m->subject) > MAIL_SUBJECT_BYTES_MAX ||
             m->attachment_count > MAIL_ATTACHMENTS_MAX)
        *why = "The subject is too long, or the attachments are too many.";
    else if (!text_utf8_ok(m->text, strlen(m->text)) ||
             (m->html != NULL && !text_utf8_ok(m->html, strlen(m->html))))
        *why = "The text is not UTF-8.";
    else if (add_headers(out, a, m, from) != OK || add_content(out, a, m) != OK)
        *why = "A header would hold a control character.";
    else if (!buf_ok(out))
        *why = "The mail is too long.";
    return **why == '\0' ? OK : R_INVALID;
}
