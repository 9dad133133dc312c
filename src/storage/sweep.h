/* Files that were to be kept for a moment only, and stayed: their worker died. */
#ifndef STORAGE_SWEEP_H
#define STORAGE_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "util/result.h"

/* Removes from FOLDER all that was last changed before BEFORE_AT, folders with what is
 * in them. Links are not followed. A FOLDER that is not there has nothing; R_FAULT if
 * something could not be removed. *N is how much went. */
enum result sweep_folder(const char *folder, int64_t before_at, size_t *n);

#endif
