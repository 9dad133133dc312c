/* The fixed lists that a kitchen is described with. An item's place in its list
 * is its number in the database (a bit of a mask, kitchen_equipment.item), so
 * items are appended, never moved or taken out. */
#ifndef DOMAIN_CATALOGUE_H
#define DOMAIN_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

struct catalogue_item {
    const char *key;   /* in forms and URLs: "convection_oven" */
    const char *label; /* for people: "Convection oven" */
};

enum catalogue {
    CATALOGUE_EQUIPMENT,
    CATALOGUE_FEATURES,
    CATALOGUE_KITCHEN_TYPES,
    CATALOGUE_REGIONS, /* US states by their two letters */
    CATALOGUE_POLICIES,
    CATALOGUE_DOCUMENTS,
    CATALOGUE__MAX
};

/* The list, ended by an item without key. */
const struct catalogue_item *catalogue_list(enum catalogue which, size_t *n);

/* The place of KEY in the list, or -1. */
int catalogue_find(enum catalogue which, const char *key);

/* The label of KEY, or KEY itself if it is not in the list. */
const char *catalogue_label(enum catalogue which, const char *key);

/* The keys alone, for a form's field (NULL-ended). */
const char *const *catalogue_keys(enum catalogue which);

#endif
