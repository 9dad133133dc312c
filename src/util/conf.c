#include "util/conf.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/guard.h"
#include "util/text.h"

#ifndef PREP_DATADIR
#define PREP_DATADIR "/usr/local/share/prep"
#endif
#ifndef PREP_LIBEXECDIR
#define PREP_LIBEXECDIR "/usr/local/libexec/prep"
#endif

enum kind { TEXT, URL, MAIL_URL, MAILBOX, NUMBER, YESNO, HEADING };

struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *initial; /* as it would stand in the file */
    int64_t min, max;
    const char *help;
};

#define AT(member) offsetof(struct conf, member)
#define T(member, initial, help)                                                       \
    {                                                                                  \
#member, TEXT, AT(member), initial, 0, 0, help                                 \
    }
#define A(member, kind, initial, help)                                                 \
    {                                                                                  \
#member, kind, AT(member), initial, 0, 0, help                                 \
    }
#define N(member, initial, min, max, help)                                             \
    {                                                                                  \
#member, NUMBER, AT(member), #initial, min, max, help                          \
    }
#define B(member, initial, help)                                                       \
    {                                                                                  \
#member, YESNO, AT(member), initial, 0, 1, help                                \
    }
#define H(title)                                                                       \
    {                                                                                  \
        NULL, HEADING, 0, NULL, 0, 0, title                                            \
    }

static const struct setting settings[] = {
    H("Places"),
    T(site_name, "Prep", "The name on every page and mail."),
    A(base_url, URL, "http://127.0.0.1:8080",
        "The site's address without a slash at the end: links in mails and return "
        "addresses begin with it."),
    T(data_dir, "/var/lib/prep",
        "Folder of the database, the photos, the documents and the secret key."),
    T(run_dir, "/run/prep", "Folder of the FastCGI sockets."),
    T(template_dir, "",
        "Folder of the page templates. Empty: where they were installed."),
    T(static_dir, "",
        "Folder that nginx serves as /static/. Empty: where it was installed."),
    T(media_program, "",
        "The program that decodes photos. Empty: where it was installed; off: no "
        "photos."),

    H("Processes"),
    N(web_workers, 2, 1, 64, "Workers for pages; as many as cores."),
    N(book_workers, 1, 1, 8,
        "Workers for booking and webhooks. One is as fast as two and steadier."),
    N(auth_workers, 1, 1, 16,
        "Workers that hash passwords (about 20 MB each while hashing)."),
    N(slow_workers, 4, 1, 64, "Workers that wait for others: Stripe, uploads."),
    B(jobs, "yes", "Run the jobs process under `prep serve`."),
    N(max_requests, 100000, 100, 100000000,
        "A worker is replaced after so many requests."),
    N(request_max_s, 60, 5, 3600,
        "A worker that is at one request for so many seconds is killed and replaced."),
    N(slow_request_max_s, 120, 5, 3600, "... and one of those that wait for others."),

    H("Booking"),
    N(hold_s, 600, 5, 3600, "How long a slot is held for payment, in seconds."),
    N(max_open_holds, 5, 1, 100000, "Holds that one vendor may have at a time."),
    N(max_days_ahead, 365, 7, 730, "How far ahead a kitchen can be booked."),
    N(vendor_fee_bp, 2000, 0, 10000,
        "Service fee on base and cleaning, in hundredths of a percent."),
    N(host_fee_bp, 2000, 0, 10000,
        "Fee on the host's base, in hundredths of a percent."),
    N(default_tax_bp, 850, 0, 5000,
        "Tax where the table of jurisdictions has no row, in hundredths of a percent."),

    H("Accounts"),
    N(session_idle_s, 1209600, 300, 7776000,
        "Vendors and hosts are logged out after so long without a visit."),
    N(session_total_s, 2592000, 3600, 31536000, "... and after so long in any case."),
    N(staff_idle_s, 1800, 60, 86400, "The same for admins and support."),
    N(staff_total_s, 28800, 600, 604800, "... and in any case."),
    N(login_tries, 10, 1, 100000,
        "Failed logins allowed per account, and five times as many per address, in 15 "
        "minutes."),
    N(password_mem_kib, 19456, 8192, 65536,
        "Memory of one Argon2id hash (two passes)."),

    H("Mail"),
    A(mail_from, MAILBOX, "Prep <no-reply@localhost>", "The sender of every mail."),
    T(maildir, "",
        "Mail is written to this Maildir when no smtp_url is set. Empty: "
        "data_dir/mail."),
    A(smtp_url, MAIL_URL, "",
        "smtps://host or smtp://host:587 (STARTTLS); empty: Maildir."),
    T(smtp_user, "", "The account at the mail server."),
    T(smtp_password_file, "", "A file, mode 0600, that holds its password."),

    H("Stripe"),
    A(stripe_api_base, URL, "https://api.stripe.com",
        "Stripe, or the local sandbox's address."),
    A(stripe_js_url, URL, "https://js.stripe.com/endive/stripe.js",
        "The card form's script."),
    T(stripe_publishable_key, "", "pk_test_... or pk_live_..."),
    T(stripe_secret_key_file, "",
        "A file, mode 0600, that holds the secret or restricted key."),
    T(stripe_webhook_secret_file, "",
        "A file, mode 0600, with the secret of the webhook endpoint of our own "
        "account (/stripe/webhook); during a rotation two, one a line."),
    T(stripe_webhook_connect_secret_file, "",
        "The same for the endpoint of connected accounts (/stripe/webhook-connect)."),

    H("Map"),
    T(geo_attribution, "Places from GeoNames (geonames.org), CC BY 4.0",
        "A line under the map: the place data that comes with Prep asks for it. Other "
        "data may ask for another, or for none."),
};

static const struct setting *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (settings[i].kind != HEADING && text_is(settings[i].name, name))
            return &settings[i];
    return NULL;
}

/* ---- addresses: what is wrong would show only in mails that nobody can answer and in
 * links that lead nowhere ---- */

/* A name or number of a host, perhaps with a port. */
static bool is_host(const char *s, size_t n)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-.";
    size_t host, port = 0;
    if (n > 1 && *s == '[') {
        host = strspn(s, "[0123456789abcdefABCDEF:.");
        host = host < n && s[host] == ']' ? host + 1 : 0;
    } else {
        host = strspn(s, letters);
    }
    if (host == 0 || host > n || *s == '.' || *s == '-')
        return false;
    if (host == n)
        return true;
    port = s[host] == ':' ? strspn(s + host + 1, "0123456789") : 0;
    return port > 0 && port <= 5 && host + 1 + port == n;
}

/* One of two SCHEMES, a host, perhaps a path; nothing that a link cannot go on from. */
static bool is_url(const char *s, const char *const schemes[2], bool path)
{
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(schemes[i]);
        if (!text_starts(s, schemes[i]))
            continue;
        size_t host_n = strcspn(s + n, "/");
        const char *rest = s + n + host_n;
        return is_host(s + n, host_n) && strpbrk(rest, " \t?#\"<>\\") == NULL &&
               (path || *rest == '\0') && !text_ends(s, "/");
    }
    return false;
}

/* "Prep <no-reply@prep.example>" or the address alone; localhost has no dot. */
static bool is_mailbox(const char *s)
{
    size_t n = strlen(s);
    const char *open = strrchr(s, '<');
    if (open != NULL) {
        if (strchr(s, '>') != s + n - 1 || strchr(s, '<') != open ||
            text_has_control(s))
            return false;
        n -= (size_t)(open + 1 - s) + 1;
        s = open + 1;
    }
    const char *at = memchr(s, '@', n);
    if (at == NULL || at == s || strcspn(s, " \t\r\n,;:\"()<>\\") < n)
        return false;
    size_t host_n = n - (size_t)(at + 1 - s);
    return host_n > 0 && at[host_n] != '.' && strcspn(at + 1, ":[") >= host_n &&
           is_host(at + 1, host_n);
}

static const char *wrong_address(const struct setting *s, const char *value)
{
    static const char *const web[] = { "https://", "http://" };
    static const char *const mail[] = { "smtps://", "smtp://" };
    if (s->kind == URL && !is_url(value, web, true))
        return "an address such as https://prep.example, without a slash at the end";
    if (s->kind == MAIL_URL && *value != '\0' && !is_url(value, mail, false))
        return "an address such as smtps://mail.example or smtp://mail.example:587";
    if (s->kind == MAILBOX && !is_mailbox(value))
        return "a mailbox such as Prep <no-reply@prep.example>";
    return NULL;
}

static enum result set(struct arena *a, struct conf *c, const struct setting *s,
    const char *value, struct buf *why)
{
    const char *wanted = wrong_address(s, value);
    void *at = (char *)c + s->offset;
    int64_t n;
    switch (s->kind) {
    case URL:
    case MAIL_URL:
    case MAILBOX:
        if (wanted != NULL) {
            buf_printf(why, "%s must be %s, not \"%.80s\"", s->name, wanted, value);
            return R_INVALID;
        }
        /* fall through */
    case TEXT:
        if (!text_utf8_ok(value, strlen(value))) {
            buf_printf(why, "%s is not valid UTF-8", s->name);
            return R_INVALID;
        }
        *(const char **)at = arena_strdup(a, value);
        return OK;
    case NUMBER:
        if (!text_int(value, s->min, s->max, &n)) {
            buf_printf(why,
                "%s must be a whole number from %lld to %lld, not \"%.40s\"", s->name,
                (long long)s->min, (long long)s->max, value);
            return R_INVALID;
        }
        *(int64_t *)at = n;
        return OK;
    case YESNO:
        if (!text_is(value, "yes") && !text_is(value, "no")) {
            buf_printf(why, "%s must be yes or no, not \"%.40s\"", s->name, value);
            return R_INVALID;
        }
        *(bool *)at = text_is(value, "yes");
        return OK;
    case HEADING:
        break;
    }
    return R_FAULT;
}

enum result conf_set(struct arena *a, struct conf *c, const char *name,
    const char *value, struct buf *why)
{
    const struct setting *s = find(name);
    if (s == NULL) {
        buf_printf(why, "no such setting: \"%.60s\"", name);
        return R_INVALID;
    }
    return set(a, c, s, value, why);
}

/* One line of the file, already without its newline. */
static enum result read_line(
    struct arena *a, struct conf *c, char *line, bool *seen, struct buf *why)
{
    line = text_trim(line);
    if (*line == '\0' || *line == '#')
        return OK;
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        buf_printf(why, "expected `name = value`");
        return R_INVALID;
    }
    *equals = '\0';
    const char *name = text_trim(line);
    const struct setting *s = find(name);
    if (s == NULL) {
        buf_printf(why, "no such setting: \"%.60s\"", name);
        return R_INVALID;
    }
    if (seen[s - settings]) {
        buf_printf(why, "%s is set twice", name);
        return R_INVALID;
    }
    seen[s - settings] = true;
    return set(a, c, s, text_trim(equals + 1), why);
}

/* Places that the build knows, where the file leaves them open. */
static void fill_places(struct arena *a, struct conf *c)
{
    if (text_empty(c->template_dir))
        c->template_dir = PREP_DATADIR "/templates";
    if (text_empty(c->static_dir))
        c->static_dir = PREP_DATADIR "/static";
    if (text_empty(c->media_program))
        c->media_program = PREP_LIBEXECDIR "/prep-media";
    if (text_empty(c->maildir))
        c->maildir = arena_printf(a, "%s/mail", c->data_dir);
    if (text_is(c->media_program, "off"))
        c->media_program = "";
}

static enum result read_file(
    struct arena *a, const char *file, struct conf *out, struct buf *why)
{
    FILE *f = fopen(file, "re");
    if (f == NULL) {
        buf_printf(why, "%s: %s", file, strerror(errno));
        return R_INVALID;
    }
    bool seen[COUNT_OF(settings)] = { false };
    char line[2048];
    enum result r = OK;
    for (int number = 1; r == OK && fgets(line, sizeof line, f) != NULL; number++) {
        struct buf reason;
        buf_init(&reason, 512);
        if (strlen(line) == sizeof line - 1) {
            buf_adds(&reason, "the line is too long");
            r = R_INVALID;
        } else {
            r = read_line(a, out, line, seen, &reason);
        }
        if (r != OK)
            buf_printf(why, "%s:%d: %s", file, number, reason.at);
        buf_free(&reason);
    }
    fclose(f);
    return r;
}

enum result conf_read(
    struct arena *a, const char *file, struct conf *out, struct buf *why)
{
    *out = (struct conf) { 0 };
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (settings[i].kind != HEADING)
            TRY(set(a, out, &settings[i], settings[i].initial, why));
    if (file != NULL)
        TRY(read_file(a, file, out, why));
    fill_places(a, out);
    return OK;
}

static int lines_of(const char *text)
{
    int n = 0;
    while (*text != '\0') {
        size_t line = strcspn(text, "\r\n");
        n += line > 0;
        text += line + (text[line] != '\0');
    }
    return n;
}

static enum result read_secret(
    struct arena *a, const char *file, int lines_max, const char **out, struct buf *why)
{
    *out = "";
    if (text_empty(file))
        return OK;
    FILE *f = fopen(file, "re");
    struct stat st;
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        buf_printf(why, "%s: %s", file, strerror(errno));
        if (f != NULL)
            fclose(f);
        return R_INVALID;
    }
    char text[1024];
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    char *secret = text_trim(text);
    if ((st.st_mode & 077) != 0) {
        buf_printf(why, "%s: others may read it; chmod 600 it", file);
        return R_INVALID;
    }
    if (*secret == '\0') {
        buf_printf(why, "%s: is empty", file);
        return R_INVALID;
    }
    if (lines_of(secret) > lines_max) {
        buf_printf(why, "%s: has more than %d lines", file, lines_max);
        return R_INVALID;
    }
    *out = arena_strdup(a, secret);
    return OK;
}

enum result conf_read_secrets(struct arena *a, struct conf *c, struct buf *why)
{
    const struct {
        const char *file;
        int lines_max;
        const char **out;
    } files[] = {
        { c->stripe_secret_key_file, 1, &c->stripe_secret_key },
        { c->stripe_webhook_secret_file, 2, &c->stripe_webhook_secrets },
        { c->stripe_webhook_connect_secret_file, 2,
            &c->stripe_webhook_connect_secrets },
    };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        TRY(read_secret(a, files[i].file, files[i].lines_max, files[i].out, why));
    return OK;
}

void conf_print_missing(const struct conf *c, struct buf *out)
{
    const struct {
        const char *name, *value, *without;
    } wanted[] = {
        { "stripe_secret_key_file", c->stripe_secret_key_file, "nothing can be paid" },
        { "stripe_publishable_key", c->stripe_publishable_key,
            "the card form does not open" },
        { "stripe_webhook_secret_file", c->stripe_webhook_secret_file,
            "Stripe's events of payments are refused, and seen only by the job "
            "`sweep`" },
        { "stripe_webhook_connect_secret_file", c->stripe_webhook_connect_secret_file,
            "Stripe's events of hosts' accounts are refused" },
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (text_empty(wanted[i].value))
            buf_printf(out, "%s is missing: %s\n", wanted[i].name, wanted[i].without);
}

void conf_print_example(struct buf *out)
{
    buf_adds(out, "# prep.conf: the settings, each with its default. Printed by\n"
                  "# `prep check --example`. Lines are `name = value`.\n");
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const struct setting *s = &settings[i];
        if (s->kind == HEADING) {
            buf_printf(out, "\n# ---- %s ----\n", s->help);
            continue;
        }
        buf_printf(out, "\n# %s", s->help);
        if (s->kind == NUMBER)
            buf_printf(out, " (%lld to %lld)", (long long)s->min, (long long)s->max);
        buf_printf(out, "\n#%s =%s%s\n", s->name, *s->initial ? " " : "", s->initial);
    }
}
