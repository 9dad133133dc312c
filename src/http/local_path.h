/* Where a redirect may go when a browser named the place ("next="). */
#ifndef HTTP_LOCAL_PATH_H
#define HTTP_LOCAL_PATH_H

#include <stdbool.h>

enum { LOCAL_PATH_BYTES_MAX = 2000 };

/* True if PATH leads nowhere but to this site: well-formed UTF-8 that starts with
 * exactly one '/', without a backslash (browsers take it for a slash) and without
 * control characters. NULL is not a path. */
bool http_local_path_ok(const char *path);

#endif
