/* What must be true, whatever happened: of our database at any moment, and of ours and
 * Stripe's together once everything that was begun is done. */
#ifndef TORTURE_TRUTH_H
#define TORTURE_TRUTH_H

enum truth_when {
    TRUTH_ALWAYS,  /* in the middle of anything */
    TRUTH_AT_REST, /* no call, event or delivery is open */
    TRUTH_AT_END,  /* and every booking is over, and paid out */
};

/* Fails the test with the sentence that is not true and the first row that says so. */
void truth_check(enum truth_when when);

/* What a failure begins with from here on. */
void truth_where(const char *where);

#endif
