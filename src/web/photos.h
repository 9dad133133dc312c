/* The host's photos of a kitchen: upload, order, words, removal. */
#ifndef WEB_PHOTOS_H
#define WEB_PHOTOS_H

#include "web/web.h"

web_handler web_photos, web_photos_upload;
web_handler web_photos_move, web_photos_describe, web_photos_remove;

#endif
