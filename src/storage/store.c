#include "storage/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "util/text.h"

enum { CHUNK_BYTES = 64 * 1024 };

static enum result fault(const char *what, const char *path)
{
    log_error("store", "%s %s: %s", what, path, strerror(errno));
    return R_FAULT;
}

static bool hash_ok(const char *hash)
{
    return hash != NULL && strlen(hash) == STORE_HASH_LENGTH &&
           strspn(hash, "0123456789abcdef") == STORE_HASH_LENGTH;
}

const char *store_name(struct arena *a, const char *hash, const char *suffix)
{
    CHECK(strpbrk(suffix, "/") == NULL);
    return hash_ok(hash) ? arena_printf(a, "%.2s/%s%s", hash, hash, suffix) : NULL;
}

static const char *path_of(
    const struct store *s, struct arena *a, const char *hash, const char *suffix)
{
    const char *name = store_name(a, hash, suffix);
    return name == NULL ? NULL : arena_printf(a, "%s/%s", s->root, name);
}

static bool make_folder(const struct store *s, const char *path)
{
    return mkdir(path, s->is_public ? 0755 : 0750) == 0 || errno == EEXIST;
}

/* ---- copying and hashing ---- */

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, bytes, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        bytes += k;
        n -= (size_t)k;
    }
    return true;
}

enum copied { COPIED, NOT_READ, NOT_WRITTEN };

/* From one to the other (to may be -1: nowhere), hashing on the way. */
static enum copied copy(int from, int to, EVP_MD_CTX *digest)
{
    static char chunk[CHUNK_BYTES];
    for (;;) {
        ssize_t n = read(from, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NOT_READ;
        if (n == 0)
            return COPIED;
        CHECK(EVP_DigestUpdate(digest, chunk, (size_t)n) == 1);
        if (to >= 0 && !write_all(to, chunk, (size_t)n))
            return NOT_WRITTEN;
    }
}

/* Copies and hashes; *HASH is set only if all went well. */
static enum copied copy_file(
    struct arena *a, const char *source, int to, const char **hash)
{
    int from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return NOT_READ;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    CHECK(digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1);
    enum copied end = copy(from, to, digest);
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    CHECK(EVP_DigestFinal_ex(digest, sum, &n) == 1);
    EVP_MD_CTX_free(digest);
    close(from);
    if (end == COPIED)
        *hash = text_hex(a, sum, n);
    return end;
}

enum result store_hash_file(struct arena *a, const char *path, const char **hash)
{
    return copy_file(a, path, -1, hash) == COPIED ? OK : R_NOT_FOUND;
}

/* ---- putting in ---- */

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    return close(fd) == 0 && synced;
}

/* SOURCE as a synced temporary file. */
static enum result put_temporary(const struct store *s, struct arena *a,
    const char *source, const char *tmp, const char **hash)
{
    if (!make_folder(s, s->root) || !make_folder(s, arena_printf(a, "%s/tmp", s->root)))
        return fault("cannot make", s->root);
    int fd =
        open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, s->is_public ? 0644 : 0640);
    if (fd < 0)
        return fault("cannot make", tmp);
    enum copied end = copy_file(a, source, fd, hash);
    bool synced = end == COPIED && !FAULT("store.sync") && fsync(fd) == 0;
    bool closed = close(fd) == 0;
    if (end == NOT_READ)
        return R_NOT_FOUND;
    return synced && closed ? OK : fault("cannot write", tmp);
}

static enum result put(const struct store *s, struct arena *a, const char *source,
    const char *name_hash, const char *suffix, const char **hash)
{
    const char *tmp = arena_printf(a, "%s/tmp/%s", s->root, rand_uid(a));
    enum result r = put_temporary(s, a, source, tmp, hash);
    if (r == OK) {
        const char *final =
            path_of(s, a, name_hash == NULL ? *hash : name_hash, suffix);
        CHECK(final != NULL);
        const char *folder =
            arena_strndup(a, final, (size_t)(strrchr(final, '/') - final));
        if (!make_folder(s, folder) || FAULT("store.rename") ||
            rename(tmp, final) != 0 || !sync_folder(folder) || !sync_folder(s->root))
            r = fault("cannot place", final);
    }
    if (r != OK && unlink(tmp) != 0 && errno != ENOENT)
        log_warn("store", "left behind %s: %s", tmp, strerror(errno));
    return r;
}

enum result store_put_file(
    const struct store *s, struct arena *a, const char *source, const char **hash)
{
    return put(s, a, source, NULL, "", hash);
}

enum result store_put_variant(const struct store *s, struct arena *a,
    const char *source, const char *hash, const char *suffix)
{
    const char *own_hash;
    CHECK(hash_ok(hash));
    return put(s, a, source, hash, suffix, &own_hash);
}

/* ---- taking out ---- */

enum result store_open(const struct store *s, struct arena *a, const char *hash,
    const char *suffix, int *fd, int64_t *bytes)
{
    const char *path = path_of(s, a, hash, suffix);
    struct stat st;
    if (path == NULL)
        return R_NOT_FOUND;
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0)
        return errno == ENOENT ? R_NOT_FOUND : fault("cannot open", path);
    if (fstat(opened, &st) != 0) {
        close(opened);
        return fault("cannot stat", path);
    }
    *fd = opened;
    *bytes = st.st_size;
    return OK;
}

bool store_exists(
    const struct store *s, struct arena *a, const char *hash, const char *suffix)
{
    const char *path = path_of(s, a, hash, suffix);
    return path != NULL && access(path, F_OK) == 0;
}

enum result store_remove(
    const struct store *s, struct arena *a, const char *hash, const char *suffix)
{
    const char *path = path_of(s, a, hash, suffix);
    if (path == NULL || unlink(path) == 0 || errno == ENOENT)
        return OK;
    return fault("cannot remove", path);
}

/* ---- work on the way in ---- */

const char *store_make_folder(const struct store *s, struct arena *a)
{
    const char *folder = arena_printf(a, "%s/tmp/%s", s->root, rand_uid(a));
    if (make_folder(s, s->root) && make_folder(s, arena_printf(a, "%s/tmp", s->root)) &&
        mkdir(folder, 0700) == 0)
        return folder;
    log_error("store", "cannot make %s: %s", folder, strerror(errno));
    return NULL;
}

void store_drop_folder(struct arena *a, const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (!text_is(e->d_name, ".") && !text_is(e->d_name, "..") &&
            unlink(arena_printf(a, "%s/%s", folder, e->d_name)) != 0)
            log_warn("store", "cannot remove %s in %s", e->d_name, folder);
    if (d != NULL)
        closedir(d);
    if (rmdir(folder) != 0)
        log_warn("store", "cannot remove %s: %s", folder, strerror(errno));
}
