#include "support/queries.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/guard.h"

void queries_record(const char *program)
{
    char file[4096];
    const char *folder = getenv("BUILDDIR");
    if (folder == NULL)
        return;
    CHECK((size_t)snprintf(file, sizeof file, "%s/%s.queries", folder, program) <
          sizeof file);
    unlink(file);
    CHECK(setenv("PREP_QUERIES_RUN", file, 1) == 0);
}
