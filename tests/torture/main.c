/* Runs every suite against one site behind nginx whose clock is moved; `prep-torture
 * PATTERN` runs the suites whose name has it, `prep-torture bench` measures.
 * PREP_KEEP=1 leaves the folder with the logs; PREP_RECORD names a folder for what the
 * sandbox was asked. */
#include "torture.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/stack.h"
#include "torture/bench.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

static const char apart[] = "torture_deaths";

/* The suites whose name has PATTERN; NULL: all but the one that runs apart. */
static int run(const char *pattern)
{
    SRunner *runner = srunner_create(NULL);
#define ADD(name)                                                                      \
    if (pattern == NULL ? !text_is(#name, apart) : strstr(#name, pattern) != NULL) {   \
        Suite *s = suite_create(#name);                                                \
        name(s);                                                                       \
        srunner_add_suite(runner, s);                                                  \
    }
    TEST_LIST(ADD)
    rand_open();
    curl_global_init(CURL_GLOBAL_ALL);
    stack_start_proof(&stack);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    failed += !stack_is_whole(&stack);
    stack_stop(&stack);
    curl_global_cleanup();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The deaths wait most of their time, for processes that start and jobs that look once
 * a while: they do so beside all the others. */
static int run_all(void)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        exit(run(apart));
    int result = run(NULL);
    CHECK(waitpid(pid, &status, 0) == pid);
    return status == 0 ? result : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    if (argc == 2 && text_is(argv[1], "bench"))
        return bench_run();
    return argc < 2 ? run_all() : run(argv[1]);
}
