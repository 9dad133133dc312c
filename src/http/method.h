/* The methods that the site knows; everything else is answered with 405. */
#ifndef HTTP_METHOD_H
#define HTTP_METHOD_H

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

#endif
