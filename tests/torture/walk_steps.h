/* The steps of the random walk: each does one thing that a person, a bank, Stripe or a
 * power cut may do, to something that is there at that moment, or nothing. */
#ifndef TORTURE_WALK_STEPS_H
#define TORTURE_WALK_STEPS_H

#include <stddef.h>
#include <stdint.h>

struct walk_step {
    int weight; /* how often, beside the others */
    const char *name;
    void (*take)(void);
};

extern const struct walk_step walk_steps[];
extern const size_t walk_step_count;

/* Banks and Stripe decide all that is open, staff tries again what failed. */
void walk_steps_decide(void);

#endif
