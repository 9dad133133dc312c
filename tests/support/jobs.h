/* The jobs of a test's database, by its clock. */
#ifndef SUPPORT_JOBS_H
#define SUPPORT_JOBS_H

#include "jobs/jobs.h"
#include "support/db.h"

/* Opens the jobs of T as it is set up; they are closed before it. */
void jobs_test_begin(struct db_test *t, struct jobs *jobs);

/* The same with a new T. */
void jobs_test_open(struct db_test *t, struct jobs *jobs);

#endif
