#include "web/markdown.h"

#include <cmark.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { HEADING_FIRST = 3, HEADING_LAST = 6 };

static bool address_ok(const char *url)
{
    return url != NULL &&
           (text_starts(url, "https://") || text_starts(url, "http://") ||
               text_starts(url, "mailto:"));
}

/* Puts what NODE holds in its place. */
static void unwrap(cmark_node *node)
{
    for (cmark_node *child; (child = cmark_node_first_child(node)) != NULL;)
        CHECK(cmark_node_insert_before(node, child));
    cmark_node_free(node);
}

static bool is_html(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    return type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
}

static void tame(cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_IMAGE:
        unwrap(node);
        break;
    case CMARK_NODE_LINK:
        if (!address_ok(cmark_node_get_url(node)))
            unwrap(node);
        break;
    case CMARK_NODE_HEADING: {
        int level = cmark_node_get_heading_level(node) + HEADING_FIRST - 1;
        CHECK(cmark_node_set_heading_level(
            node, level < HEADING_LAST ? level : HEADING_LAST));
        break;
    }
    default:
        break;
    }
}

const char *markdown_html(struct arena *a, const char *text)
{
    cmark_node *document = cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
    CHECK(document != NULL);
    cmark_iter *each = cmark_iter_new(document);
    /* A node may go when it is left; leaves, such as HTML, are only entered. */
    for (cmark_event_type event; (event = cmark_iter_next(each)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(each);
        if (is_html(node))
            cmark_node_free(node);
        else if (event == CMARK_EVENT_EXIT)
            tame(node);
    }
    cmark_iter_free(each);
    char *html = cmark_render_html(document, CMARK_OPT_SAFE);
    const char *kept = arena_strdup(a, html);
    free(html);
    cmark_node_free(document);
    return kept;
}
