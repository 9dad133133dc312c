/* The real thing on this machine: a database in a temporary folder, nginx with the
 * project's own configuration on a free port of 127.0.0.1, `prep serve` behind it,
 * the Stripe sandbox, mail into a Maildir. One is started in main() for the whole
 * run; a test that has to stop or starve one starts another for itself. What a
 * test's process started ends with it. */
#ifndef HTTP_STACK_H
#define HTTP_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/conf.h"

struct stack {
    char *dir;        /* data/ and run/ are in it */
    int port;         /* nginx without limits of rate: most tests */
    int limited_port; /* nginx with the limits of nginx.conf.example */
    char url[64];     /* http://127.0.0.1:port */
    pid_t prep, nginx, limited_nginx, stripe; /* 0: not running */
    struct arena *arena;
    struct conf conf; /* as prep reads it */
    const char *webhook_secret, *connect_secret;
    const char *api; /* the sandbox's address */
    bool proof;      /* started by stack_start_proof */
};

/* The one of this run. */
extern struct stack stack;

/* How many processes book in those that are started from here on, and how many wait for
 * Stripe; 0: the settings' own number. */
extern int stack_book_workers, stack_slow_workers;

/* Starts all of it, with the demo city or with an empty database; ends the process,
 * showing the last lines of the logs, if something does not come up. */
void stack_start(struct stack *s, bool demo);

/* The same for the tests of money (tests/torture), with an empty database and one
 * nginx: the sandbox knows both webhook endpoints, keeps its data in run/stripe.db and,
 * if PREP_RECORD names a folder, its requests in a file there. The file run/clock says
 * how far all clocks are ahead, run/fault is for orders (util/fault.h). */
void stack_start_proof(struct stack *s);

/* Only the sandbox and the database of such a site: what is done is done by the test,
 * in its own process. No webhook arrives. */
void stack_start_books(struct stack *s);

/* Runs `prep COMMAND ARGUMENT` to its end. */
void stack_tool(struct stack *s, const char *command, const char *argument);

/* Runs `prep ARGUMENTS` (ended by NULL) to its end, with what it says added to the file
 * OUT; its status as of waitpid(2). */
int stack_run(struct stack *s, const char *const *arguments, const char *out);

/* Starts `prep serve` again, which has ended, and waits until it is ready. */
void stack_serve(struct stack *s);

/* After everything: the database is whole, and nginx has complained of nothing grave.
 * False, after having said why. */
bool stack_is_whole(struct stack *s);

/* Ends it and removes its folder. */
void stack_stop(struct stack *s);

/* Tells PID to end and waits until it has; its status as of waitpid(2). */
int stack_end(pid_t pid);

/* Waits until IS_SO says yes, at most MS; false then. */
bool stack_await(bool (*is_so)(void *arg), void *arg, int ms);

/* Waits until the sandbox has told the site everything that has happened so far. */
void stack_hear(const struct stack *s);

/* The path of NAME ("run/prep.log") in the stack's folder. */
const char *stack_path(const struct stack *s, const char *name);

/* How long the application's log is now. */
int64_t stack_log_length(const struct stack *s);

/* The log from the offset FROM on. */
void stack_log_read(const struct stack *s, int64_t from, struct buf *out);

/* Fails the test unless every line written since FROM is one JSON object with the
 * members that all lines have, no request took more queries than its budget, and,
 * unless FAULTS, none was answered with 5xx and nothing was logged as an error. */
void stack_log_check(const struct stack *s, int64_t from, bool faults);

/* Fixtures of an ordinary test: remember where the log is; check what came. */
void stack_begin(void);
void stack_check(void);

/* Tests with stack_begin and stack_check round each. */
struct Suite;
struct TCase;
struct TCase *stack_tcase(struct Suite *s, const char *name);

#endif
