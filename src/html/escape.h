/* Text into the places of an HTML page. */
#ifndef HTML_ESCAPE_H
#define HTML_ESCAPE_H

#include "util/buf.h"

/* For element content and quoted attributes: & < > " and ' become references. */
void escape_html(struct buf *out, const char *text, size_t n);

/* For JSON inside <script type="application/json">: < > & and the line separators
 * U+2028 and U+2029 become \u escapes, so nothing can end the element. */
void escape_json_island(struct buf *out, const char *json, size_t n);

#endif
