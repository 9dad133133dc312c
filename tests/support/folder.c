#include "support/folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/guard.h"

static size_t counted;

char *folder_make(struct arena *a)
{
    const char *parent = getenv("TMPDIR");
    char *folder = arena_printf(a, "%s/prep-test-XXXXXX", parent ? parent : "/tmp");
    CHECK(mkdtemp(folder) != NULL);
    return folder;
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    CHECK(st != NULL && kind >= 0 && at != NULL);
    return remove(path);
}

void folder_drop(const char *folder)
{
    CHECK(nftw(folder, drop_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static int count_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    CHECK(path != NULL && st != NULL && at != NULL);
    counted += kind == FTW_F;
    return 0;
}

size_t folder_count(const char *folder)
{
    counted = 0;
    CHECK(nftw(folder, count_one, 16, FTW_PHYS) == 0);
    return counted;
}

void folder_write(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "we");
    CHECK(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

char *folder_read(struct arena *a, const char *path, size_t *n)
{
    FILE *f = fopen(path, "re");
    struct stat st;
    CHECK(f != NULL && fstat(fileno(f), &st) == 0);
    char *bytes = arena_alloc(a, (size_t)st.st_size + 1);
    *n = fread(bytes, 1, (size_t)st.st_size, f);
    fclose(f);
    return bytes;
}
