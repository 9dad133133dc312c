/* A folder of its own for each test that writes files. */
#ifndef SUPPORT_FOLDER_H
#define SUPPORT_FOLDER_H

#include <stddef.h>

#include "util/arena.h"

/* A new folder below the system's place for temporary files. */
char *folder_make(struct arena *a);

/* Removes the folder with all that is in it. */
void folder_drop(const char *folder);

/* How many files, at any depth, it holds. */
size_t folder_count(const char *folder);

void folder_write(const char *path, const void *bytes, size_t n);

/* The file's bytes, NUL-terminated. */
char *folder_read(struct arena *a, const char *path, size_t *n);

#endif
