#include "http/local_path.h"

#include <string.h>

#include "http/chars.h"
#include "util/text.h"

bool http_local_path_ok(const char *path)
{
    if (path == NULL || path[0] != '/' || path[1] == '/')
        return false;
    size_t n = strnlen(path, LOCAL_PATH_BYTES_MAX + 1);
    return n <= LOCAL_PATH_BYTES_MAX && text_utf8_ok(path, n) &&
           strchr(path, '\\') == NULL && !chars_have_hidden(path, "");
}
