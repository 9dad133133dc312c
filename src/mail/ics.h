/* iCalendar (RFC 5545) for mails and calendar feeds: CRLF, lines folded at 75
 * octets between characters, texts escaped, times in UTC so that no zone table is
 * needed. */
#ifndef MAIL_ICS_H
#define MAIL_ICS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"

struct ics_event {
    const char *uid;  /* the same for each version of the event, "booking-x@host" */
    int64_t sequence; /* grows with each version */
    int64_t stamped_at, start_at, end_at;
    const char *summary;
    const char *description, *location, *url; /* may be NULL */
    bool canceled;
};

/* "NAME@HOST", the host from the site's address BASE_URL. */
const char *ics_uid(struct arena *a, const char *name, const char *base_url);

/* begin, any number of events, end. NAME is the calendar's, or NULL. */
void ics_begin(struct buf *out, const char *name);
void ics_add(struct buf *out, const struct ics_event *event);
void ics_end(struct buf *out);

#endif
