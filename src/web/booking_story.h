/* What became of a booking's money, as dated sentences for one of its sides. For
 * booking_money.c alone, which puts them in order. */
#ifndef WEB_BOOKING_STORY_H
#define WEB_BOOKING_STORY_H

#include "domain/bookings.h"
#include "domain/freezes.h"
#include "domain/ledger.h"
#include "util/zone.h"
#include "web/money_words.h"

enum { LINES_MAX = 200, IDS_MAX = 3 };

struct line {
    int64_t at; /* its place in the order */
    bool ahead; /* still to come: the date stands in the sentence */
    bool held;
    const char *text;
    struct {
        const char *label, *id;
    } ids[IDS_MAX];
    size_t ids_n, place;
};

struct money {
    struct ctx *c;
    const struct booking *b;
    const struct zone *zone;
    enum side side;
    struct ledger_row *rows;
    size_t rows_n;
    struct cents payable; /* what the host still has to get; below 0: too much */
    struct freeze *freezes;
    size_t freezes_n;
    bool paid, applied; /* money came; it is the booking's: the story finds out */
    bool disputed;      /* a bank looks at it now; likewise */
    struct line lines[LINES_MAX];
    size_t n;
};

/* Adds all sentences to M, whose other members but paid, applied and disputed are
 * filled in. */
enum result booking_story_tell(struct money *m);

#endif
