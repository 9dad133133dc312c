/* Checks for bugs. They stay on in production: a worker that has lost its
 * footing is better restarted than believed. */
#ifndef UTIL_GUARD_H
#define UTIL_GUARD_H

/* Aborts the process with file, line and TEXT on standard error. */
_Noreturn void guard_failed(const char *file, int line, const char *text);

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition))                                                              \
            guard_failed(__FILE__, __LINE__, #condition);                              \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
