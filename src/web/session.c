#include "web/session.h"

#include <string.h>

#include "domain/sessions.h"
#include "util/rand.h"
#include "util/seal.h"
#include "util/text.h"

static const char session_cookie[] = "prep", browser_cookie[] = "browser";
enum { TOKEN_LENGTH = 43, BROWSER_MAX_AGE_S = 86400, FLASH_MAX_AGE_S = 300 };

static bool is_token(const char *s)
{
    return s != NULL && strlen(s) == TOKEN_LENGTH;
}

enum result session_load(struct ctx *c, struct web *w, bool *stale)
{
    *stale = false;
    c->actor = (struct actor) { .role = ROLE_NOBODY, .full_name = "", .email = "" };
    const char *token = cookie_get(&w->cookies, session_cookie);
    if (!is_token(token))
        return OK;
    struct session s;
    enum result r = sessions_find(c, token, &s);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    c->actor = s.actor;
    w->session_token = token;
    *stale = s.stale;
    return OK;
}

void session_load_browser(struct web *w)
{
    const char *token = cookie_get(&w->cookies, browser_cookie);
    w->browser_token = is_token(token) ? token : NULL;
}

const char *web_csrf(struct ctx *c, struct web *w)
{
    if (w->session_token != NULL)
        return seal_mac(c->arena, c->secret, "csrf-session", w->session_token);
    if (w->browser_token == NULL) {
        w->browser_token = rand_token(c->arena);
        cookie_set(
            w->res, c->arena, browser_cookie, w->browser_token, BROWSER_MAX_AGE_S);
    }
    return seal_mac(c->arena, c->secret, "csrf-browser", w->browser_token);
}

static bool same_site(const struct ctx *c, const struct request *req)
{
    if (req->sec_fetch_site != NULL)
        return text_is(req->sec_fetch_site, "same-origin") ||
               text_is(req->sec_fetch_site, "none");
    if (req->origin != NULL)
        return text_is(req->origin, c->conf->base_url);
    return true; /* an old browser or a program: the token alone decides */
}

enum result session_check_csrf(struct ctx *c, struct web *w)
{
    const char *sent = params_get(&w->post, "csrf");
    bool good = false;
    if (w->session_token != NULL)
        good = seal_mac_ok(c->arena, c->secret, "csrf-session", w->session_token, sent);
    else if (w->browser_token != NULL)
        good = seal_mac_ok(c->arena, c->secret, "csrf-browser", w->browser_token, sent);
    if (good && same_site(c, &w->req))
        return OK;
    return fail_code(c, R_DENIED, "PC-FORM-403",
        "This form is no longer valid, so nothing was changed. Open the page again and "
        "send it anew.");
}

void web_set_session(struct ctx *c, struct web *w, const char *token)
{
    if (token == NULL) {
        cookie_set(w->res, c->arena, session_cookie, "", 0);
        response_header(w->res, "Clear-Site-Data", "\"cache\"");
    } else {
        cookie_set(w->res, c->arena, session_cookie, token, c->conf->session_total_s);
    }
    cookie_set(w->res, c->arena, browser_cookie, "", 0);
}

/* The flash line travels as MAC.KIND.TEXT, the text in hexadecimal. */
void web_flash(struct ctx *c, struct web *w, const char *kind, const char *text)
{
    const char *line =
        ctx_printf(c, "%s.%s", kind, text_hex(c->arena, text, strlen(text)));
    const char *mac = seal_mac(c->arena, c->secret, "flash", line);
    cookie_set(
        w->res, c->arena, "flash", ctx_printf(c, "%s.%s", mac, line), FLASH_MAX_AGE_S);
    w->flash_keep = true;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

void session_load_flash(struct ctx *c, struct web *w)
{
    const char *cookie = cookie_get(&w->cookies, "flash");
    if (cookie == NULL || strlen(cookie) <= TOKEN_LENGTH || cookie[TOKEN_LENGTH] != '.')
        return;
    const char *mac = arena_strndup(c->arena, cookie, TOKEN_LENGTH);
    char *line = arena_strdup(c->arena, cookie + TOKEN_LENGTH + 1);
    char *dot = strchr(line, '.');
    if (dot == NULL || !seal_mac_ok(c->arena, c->secret, "flash", line, mac))
        return;
    *dot = '\0';
    char *text = dot + 1; /* our own encoding: the MAC says so */
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(hex_digit(text[2 * i]) * 16 + hex_digit(text[2 * i + 1]));
    text[n] = '\0';
    w->flash_kind = line;
    w->flash_text = text;
}
