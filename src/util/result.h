/* How a function that can fail says so. The words for the person, and the
 * detail for the log, travel beside it (app/ctx.h: fail). */
#ifndef UTIL_RESULT_H
#define UTIL_RESULT_H

enum [[nodiscard]] result { OK,
    R_NOT_FOUND, /* no such thing, or not yours: the two look alike outside */
    R_DENIED,    /* known person, not allowed */
    R_LOGIN,     /* nobody is logged in, and somebody has to be */
    R_INVALID,   /* the input is wrong; the fields say where */
    R_CONFLICT,  /* right input, but the world has moved on */
    R_GONE,      /* was there once: expired link, used token */
    R_LIMITED,   /* too many tries */
    R_BUSY,      /* try again in a moment */
    R_UPSTREAM,  /* an outside service failed */
    R_FAULT,     /* our own mistake, or our own machine's */
    R__MAX };

/* Leaves the calling function with the result of E unless it is OK. */
#define TRY(E)                                                                         \
    do {                                                                               \
        enum result try_ = (E);                                                        \
        if (try_ != OK)                                                                \
            return try_;                                                               \
    } while (0)

/* The result's name in lower case, for logs and tests. Never NULL. */
const char *result_name(enum result r);

#endif
