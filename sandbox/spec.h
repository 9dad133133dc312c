/* The part of Stripe's API description that the sandbox knows: which operations
 * there are, what each may be asked, and one valid example of each resource. Read
 * once from stripe-subset.json, a trusted file of this tree. */
#ifndef SANDBOX_SPEC_H
#define SANDBOX_SPEC_H

#include "value.h"

struct spec;

/* Reads the subset; SHAPES is a file of fuller examples laid over its own, and of
 * examples that it lacks. NULL
 * and a line on standard error if either is missing or broken. */
struct spec *spec_open(const char *subset_path, const char *shapes_path);
void spec_close(struct spec *s);

/* The schema of the parameters of METHOD TEMPLATE ("/v1/customers/{customer}"),
 * or NULL if there is no such operation. */
const struct value *spec_params(
    struct spec *s, const char *method, const char *template);

/* What is wrong with a request. */
struct spec_fault {
    const char *param; /* "line_items[0][quantity]" */
    const char *code;  /* Stripe's error code, or NULL where Stripe gives none */
    const char *message;
};

/* Turns the texts of PARAMS into the types that SCHEMA asks for and checks them:
 * the new tree, or NULL and *FAULT. */
struct value *spec_check(struct spec *s, struct arena *a, const struct value *schema,
    const struct value *params, struct spec_fault *fault);

/* A fresh copy of the example of RESOURCE ("payment_intent"). Aborts if unknown. */
struct value *spec_example(struct spec *s, struct arena *a, const char *resource);

/* True if the member NAME of RESOURCE may be named in "expand". */
bool spec_expandable(struct spec *s, const char *resource, const char *name);

#endif
