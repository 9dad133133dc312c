/* Delivery into a Maildir: a file in tmp/, synced, then moved to new/, so a reader
 * never sees half a mail and a crash loses none that was reported delivered. */
#ifndef MAIL_MAILDIR_H
#define MAIL_MAILDIR_H

#include <stdint.h>

#include "util/arena.h"
#include "util/result.h"
#include "util/text.h"

/* Makes FOLDER with tmp/, new/ and cur/ where they are missing (its parent must be
 * there). R_FAULT, with the reason in *WHY, if something cannot be written. */
enum result maildir_deliver(struct arena *a, const char *folder, struct span message,
    int64_t now_at, const char **why);

#endif
