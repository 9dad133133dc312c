/* The Markdown that a host may write in a description, as HTML that is safe to show:
 * paragraphs, emphasis, lists, quotes, code and links to http, https and mailto.
 * Headings go below the page's own; pictures leave their description; HTML is left
 * out. */
#ifndef WEB_MARKDOWN_H
#define WEB_MARKDOWN_H

#include "util/arena.h"

/* TEXT (UTF-8) as HTML for view_safe(). */
const char *markdown_html(struct arena *a, const char *text);

#endif
