#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "storage/media.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/sniff.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

const char *const media_variants[] = { "-w320.jpg", "-w800.jpg", "-w1600.jpg", NULL };

static const char unreadable[] =
    "This picture cannot be read. Open it on your device, save it again as a JPEG "
    "and upload that.";

/* ---- the process ---- */

/* Starts PROGRAM SOURCE FOLDER with its two outputs in files of FOLDER, nothing
 * else open, no signal blocked and none of our environment. */
static pid_t start(
    struct arena *a, const char *program, const char *source, const char *folder)
{
    char *const arguments[] = { arena_strdup(a, program), arena_strdup(a, source),
        arena_strdup(a, folder), NULL };
    char *const environment[] = { arena_strdup(a, "LC_ALL=C"),
        arena_strdup(a, "VIPS_NOVECTOR=1"), arena_strdup(a, "MALLOC_ARENA_MAX=1"),
        NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int flags = O_WRONLY | O_CREAT | O_EXCL;
    CHECK(sigemptyset(&none) == 0 && sigfillset(&all) == 0);
    CHECK(posix_spawn_file_actions_init(&files) == 0);
    CHECK(posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0);
    CHECK(posix_spawn_file_actions_addopen(
              &files, 1, arena_printf(a, "%s/out", folder), flags, 0600) == 0);
    CHECK(posix_spawn_file_actions_addopen(
              &files, 2, arena_printf(a, "%s/err", folder), flags, 0600) == 0);
    CHECK(posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0);
    CHECK(posix_spawnattr_init(&attributes) == 0);
    CHECK(posix_spawnattr_setsigmask(&attributes, &none) == 0);
    CHECK(posix_spawnattr_setsigdefault(&attributes, &all) == 0);
    CHECK(posix_spawnattr_setflags(
              &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0);
    pid_t pid;
    int failed =
        posix_spawn(&pid, program, &files, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (failed == 0)
        return pid;
    log_error("media", "cannot start %s: %s", program, strerror(failed));
    return -1;
}

/* Waits at most MEDIA_TIMEOUT_MS, then kills. The wait status, or -1. */
static int finish(pid_t pid)
{
    int pidfd = pidfd_open(pid, 0), status = -1;
    struct pollfd ended = { .fd = pidfd, .events = POLLIN };
    int n = 0;
    do
        n = pidfd < 0 ? 0 : poll(&ended, 1, MEDIA_TIMEOUT_MS);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        kill(pid, SIGKILL);
    pid_t waited;
    do
        waited = waitpid(pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    if (pidfd >= 0)
        close(pidfd);
    return waited == pid ? status : -1;
}

/* The first line of a file of the folder, "" if there is none. */
static char *first_line(struct arena *a, const char *folder, const char *name)
{
    char line[256] = "";
    FILE *f = fopen(arena_printf(a, "%s/%s", folder, name), "re");
    if (f == NULL || fgets(line, sizeof line, f) == NULL)
        line[0] = '\0';
    if (f != NULL)
        fclose(f);
    line[strcspn(line, "\r\n")] = '\0';
    return arena_strdup(a, line);
}

/* "1600 1200 jpeg" */
static bool read_size(struct arena *a, const char *line, struct media_photo *out)
{
    const char *blank = strchr(line, ' ');
    const char *second = blank == NULL ? NULL : strchr(blank + 1, ' ');
    int64_t width, height;
    if (second == NULL ||
        !text_int(arena_strndup(a, line, (size_t)(blank - line)), 1, 100000, &width) ||
        !text_int(arena_strndup(a, blank + 1, (size_t)(second - blank - 1)), 1, 100000,
            &height))
        return false;
    out->width = (int)width;
    out->height = (int)height;
    return true;
}

/* Exit status 0: made; 1: refused, with a sentence; a signal: the picture drove it
 * past its limits; anything else: our machine's trouble. */
static enum result decode(struct arena *a, const char *program, const char *source,
    const char *folder, struct media_photo *out, const char **why)
{
    pid_t pid = start(a, program, source, folder);
    if (pid < 0)
        return R_FAULT;
    int status = finish(pid);
    const char *said = first_line(a, folder, "err");
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
        read_size(a, first_line(a, folder, "out"), out))
        return OK;
    log_warn("media", "status %d: %s", status, said);
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
        *said != '\0') {
        *why = said;
        return R_INVALID;
    }
    if (status != -1 && WIFSIGNALED(status)) {
        *why = unreadable;
        return R_INVALID;
    }
    return R_FAULT;
}

/* ---- keeping ---- */

/* What a look at the file alone can refuse. */
static const char *objection(const char *source)
{
    struct stat st;
    enum sniff type = sniff_file(source);
    if (type != SNIFF_JPEG && type != SNIFF_PNG && type != SNIFF_WEBP)
        return "Photos must be JPEG, PNG or WebP pictures. This file is none of them.";
    if (stat(source, &st) != 0)
        return unreadable;
    if (st.st_size > MEDIA_PHOTO_BYTES_MAX)
        return "This photo is larger than 2 MB. Make it smaller and upload it again.";
    return NULL;
}

static enum result keep(
    const struct store *s, struct arena *a, const char *folder, const char *hash)
{
    for (const char *const *v = media_variants; *v != NULL; v++) {
        const char *made = arena_printf(a, "%s/%s", folder, *v + 1);
        if (store_put_variant(s, a, made, hash, *v) != OK) {
            log_error("media", "cannot keep %s", made);
            return R_FAULT;
        }
    }
    return OK;
}

enum result media_keep_photo(const struct store *s, struct arena *a,
    const char *program, const char *source, struct media_photo *out, const char **why)
{
    *out = (struct media_photo) { .hash = "" };
    *why = objection(source);
    if (*why != NULL)
        return R_INVALID;
    *why = "";
    TRY(store_hash_file(a, source, &out->hash));
    const char *folder = store_make_folder(s, a);
    if (folder == NULL)
        return R_FAULT;
    enum result r = decode(a, program, source, folder, out, why);
    if (r == OK)
        r = keep(s, a, folder, out->hash);
    store_drop_folder(a, folder);
    return r;
}

enum result media_drop_photo(const struct store *s, struct arena *a, const char *hash)
{
    for (const char *const *v = media_variants; *v != NULL; v++)
        TRY(store_remove(s, a, hash, *v));
    return OK;
}
