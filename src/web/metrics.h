/* What monitoring reads: numbers in Prometheus' text format (version 0.0.4). */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include "web/web.h"

/* For this machine alone: to everybody else there is no such page. */
web_handler web_metrics;

#endif
