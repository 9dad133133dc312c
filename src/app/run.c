#include "app/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

enum { UNIT_MAX_BYTES = 64 * 1024 * 1024 };

static bool secret_path(char *path, size_t n, const char *dir)
{
    return (size_t)snprintf(path, n, "%s/secret.key", dir) < n;
}

enum result app_make_secret(const char *dir, struct buf *why)
{
    char path[4096];
    unsigned char secret[32];
    if (!secret_path(path, sizeof path, dir))
        return R_FAULT;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return OK;
    rand_bytes(secret, sizeof secret);
    bool written =
        fd >= 0 && write(fd, secret, sizeof secret) == sizeof secret && fsync(fd) == 0;
    if (!written)
        buf_printf(why, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return written ? OK : R_FAULT;
}

static enum result read_secret(struct app *app, struct buf *why)
{
    char path[4096];
    struct stat st;
    if (!secret_path(path, sizeof path, app->conf.data_dir))
        return R_FAULT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 077) == 0 &&
                read(fd, app->secret, sizeof app->secret) == sizeof app->secret;
    if (!good)
        buf_printf(why,
            "%s must hold 32 bytes and be readable by its owner only: `prep migrate` "
            "makes it",
            path);
    if (fd >= 0)
        close(fd);
    return good ? OK : R_FAULT;
}

enum result app_open(struct app *app, struct buf *why)
{
    TRY(read_secret(app, why));
    TRY(db_open(app->conf.data_dir, &app->db, why));
    app->arena = arena_new(UNIT_MAX_BYTES);
    return OK;
}

void app_close(struct app *app)
{
    db_close(app->db);
    arena_free(app->arena);
    app->db = NULL;
    app->arena = NULL;
}

#ifdef PREP_DEBUG
static int64_t ahead_s(void)
{
    static int fd = -2;
    char text[32];
    int64_t s = 0;
    if (fd == -2) {
        const char *file = getenv("PREP_CLOCK");
        fd = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    }
    ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = '\0';
    return text_int(text_trim(text), 0, INT64_C(1) << 40, &s) ? s : 0;
}
#else
static int64_t ahead_s(void)
{
    return 0;
}
#endif

int64_t app_now(const struct app *app)
{
    return app->fixed_now_at != 0 ? app->fixed_now_at : (int64_t)time(NULL) + ahead_s();
}

struct ctx app_begin(struct app *app, enum db_mode mode)
{
    db_unit(app->db, app->arena, mode);
    return (struct ctx) {
        .arena = app->arena,
        .db = app->db,
        .net = app->net,
        .conf = &app->conf,
        .request_id = "",
        .now_at = app_now(app),
        .actor = { .role = ROLE_SYSTEM, .full_name = "", .email = "" },
        .secret = app->secret,
    };
}

void app_end(struct app *app)
{
    db_unit_end(app->db);
    arena_reset(app->arena);
}

enum result app_run(
    struct app *app, enum db_mode mode, app_work *fn, void *arg, struct buf *error)
{
    struct ctx c = app_begin(app, mode);
    enum result r = fn(&c, arg);
    if (r != OK && error != NULL)
        buf_adds(
            error, c.failed == r && c.message != NULL ? c.message : result_name(r));
    app_end(app);
    return r;
}
