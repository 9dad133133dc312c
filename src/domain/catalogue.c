#include "domain/catalogue.h"

#include "util/guard.h"
#include "util/text.h"

static const struct catalogue_item equipment[] = {
    { "range", "Gas range" },
    { "convection_oven", "Convection oven" },
    { "deck_oven", "Deck oven" },
    { "combi_oven", "Combi oven" },
    { "pizza_oven", "Pizza oven" },
    { "griddle", "Griddle" },
    { "grill", "Char grill" },
    { "fryer", "Deep fryer" },
    { "wok_range", "Wok range" },
    { "steamer", "Steamer" },
    { "tilt_skillet", "Tilt skillet" },
    { "stock_pot_burner", "Stock pot burner" },
    { "planetary_mixer", "Planetary mixer, 20 qt" },
    { "large_mixer", "Floor mixer, 60 qt" },
    { "dough_sheeter", "Dough sheeter" },
    { "proofer", "Proofer" },
    { "blast_chiller", "Blast chiller" },
    { "walk_in_cooler", "Walk-in cooler" },
    { "walk_in_freezer", "Walk-in freezer" },
    { "reach_in_cooler", "Reach-in cooler" },
    { "ice_machine", "Ice machine" },
    { "dishwasher", "Commercial dishwasher" },
    { "three_compartment_sink", "Three-compartment sink" },
    { "prep_table", "Stainless prep table" },
    { "food_processor", "Food processor" },
    { "slicer", "Meat slicer" },
    { "vacuum_sealer", "Vacuum sealer" },
    { "smoker", "Smoker" },
    { "ice_cream_machine", "Ice cream machine" },
    { "espresso_machine", "Espresso machine" },
    { "exhaust_hood", "Type I exhaust hood" },
    { "sheet_pan_rack", "Sheet pan rack" },
    { "dry_storage", "Dry storage cage" },
    { "loading_dock", "Loading dock" },
    { 0 },
};
static const struct catalogue_item features[] = {
    { "parking", "Parking" },
    { "truck_parking", "Food truck parking" },
    { "restroom", "Restroom" },
    { "wifi", "Wi-Fi" },
    { "air_conditioning", "Air conditioning" },
    { "grease_disposal", "Grease disposal" },
    { "trash_service", "Trash service" },
    { "security_cameras", "Security cameras" },
    { "keyless_entry", "Keyless entry" },
    { "ground_floor", "Ground floor" },
    { "freight_elevator", "Freight elevator" },
    { "gluten_free", "Gluten-free only" },
    { "nut_free", "Nut-free only" },
    { "kosher", "Kosher supervised" },
    { "halal", "Halal" },
    { 0 },
};
static const struct catalogue_item kitchen_types[] = {
    { "commissary", "Commissary kitchen" },
    { "restaurant", "Restaurant kitchen" },
    { "bakery", "Bakery" },
    { "catering", "Catering kitchen" },
    { "ghost", "Delivery kitchen" },
    { "community", "Community kitchen" },
    { "church", "Church or school kitchen" },
    { "teaching", "Teaching kitchen" },
    { "food_truck", "Food truck commissary" },
    { 0 },
};
static const struct catalogue_item regions[] = {
    { "AL", "Alabama" },
    { "AK", "Alaska" },
    { "AZ", "Arizona" },
    { "AR", "Arkansas" },
    { "CA", "California" },
    { "CO", "Colorado" },
    { "CT", "Connecticut" },
    { "DE", "Delaware" },
    { "DC", "District of Columbia" },
    { "FL", "Florida" },
    { "GA", "Georgia" },
    { "HI", "Hawaii" },
    { "ID", "Idaho" },
    { "IL", "Illinois" },
    { "IN", "Indiana" },
    { "IA", "Iowa" },
    { "KS", "Kansas" },
    { "KY", "Kentucky" },
    { "LA", "Louisiana" },
    { "ME", "Maine" },
    { "MD", "Maryland" },
    { "MA", "Massachusetts" },
    { "MI", "Michigan" },
    { "MN", "Minnesota" },
    { "MS", "Mississippi" },
    { "MO", "Missouri" },
    { "MT", "Montana" },
    { "NE", "Nebraska" },
    { "NV", "Nevada" },
    { "NH", "New Hampshire" },
    { "NJ", "New Jersey" },
    { "NM", "New Mexico" },
    { "NY", "New York" },
    { "NC", "North Carolina" },
    { "ND", "North Dakota" },
    { "OH", "Ohio" },
    { "OK", "Oklahoma" },
    { "OR", "Oregon" },
    { "PA", "Pennsylvania" },
    { "PR", "Puerto Rico" },
    { "RI", "Rhode Island" },
    { "SC", "South Carolina" },
    { "SD", "South Dakota" },
    { "TN", "Tennessee" },
    { "TX", "Texas" },
    { "UT", "Utah" },
    { "VT", "Vermont" },
    { "VA", "Virginia" },
    { "WA", "Washington" },
    { "WV", "West Virginia" },
    { "WI", "Wisconsin" },
    { "WY", "Wyoming" },
    { 0 },
};
static const struct catalogue_item policies[] = {
    { "flexible", "Flexible" },
    { "moderate", "Moderate" },
    { "strict", "Strict" },
    { 0 },
};
static const struct catalogue_item documents[] = {
    { "health_permit", "Health permit" },
    { "business_license", "Business license" },
    { "insurance", "Insurance certificate" },
    { "food_handler", "Food handler card" },
    { "fire_safety", "Fire safety inspection" },
    { 0 },
};

#define LIST(name)                                                                     \
    {                                                                                  \
        name, COUNT_OF(name) - 1                                                       \
    }
static const struct {
    const struct catalogue_item *items;
    size_t n;
} lists[CATALOGUE__MAX] = {
    [CATALOGUE_EQUIPMENT] = LIST(equipment),
    [CATALOGUE_FEATURES] = LIST(features),
    [CATALOGUE_KITCHEN_TYPES] = LIST(kitchen_types),
    [CATALOGUE_REGIONS] = LIST(regions),
    [CATALOGUE_POLICIES] = LIST(policies),
    [CATALOGUE_DOCUMENTS] = LIST(documents),
};

const struct catalogue_item *catalogue_list(enum catalogue which, size_t *n)
{
    CHECK((unsigned)which < CATALOGUE__MAX);
    *n = lists[which].n;
    return lists[which].items;
}

int catalogue_find(enum catalogue which, const char *key)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(which, &n);
    for (size_t i = 0; i < n; i++)
        if (text_is(items[i].key, key))
            return (int)i;
    return -1;
}

const char *catalogue_label(enum catalogue which, const char *key)
{
    int i = catalogue_find(which, key);
    return i < 0 ? key : lists[which].items[i].label;
}

const char *const *catalogue_keys(enum catalogue which)
{
    static const char *keys[CATALOGUE__MAX][64]; /* filled at the first call */
    size_t n;
    const struct catalogue_item *items = catalogue_list(which, &n);
    CHECK(n < COUNT_OF(keys[0]));
    for (size_t i = 0; i < n; i++)
        keys[which][i] = items[i].key;
    return keys[which];
}
