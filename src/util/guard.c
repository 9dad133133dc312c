#include "util/guard.h"

#include <stdio.h>
#include <stdlib.h>

void guard_failed(const char *file, int line, const char *text)
{
    fprintf(stderr,
        "{\"level\":\"fatal\",\"event\":\"check_failed\",\"at\":\"%s:%d\"}\n", file,
        line);
    fprintf(stderr, "prep: check failed at %s:%d: %s\n", file, line, text);
    abort();
}
