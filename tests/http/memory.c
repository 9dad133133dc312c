/* How much memory the workers take, and that it does not grow with what they do. With
 * sanitizers there is nothing to measure but theirs. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/client.h"
#include "util/guard.h"

#if defined __SANITIZE_ADDRESS__
#define SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#ifdef SANITIZED
void http_memory(Suite *s)
{
    (void)s;
}
#else

/* The plan wants 4 MB a worker. What it takes depends on its pages, and somewhat on the
 * system's libraries; a return to what was before (7 MB) is seen. */
enum { WORKER_MAX_KB = 6 * 1024, GROWTH_MAX_KB = 512, WARM = 60, ROUNDS = 400 };

struct usage {
    int workers;
    long most_kb, sum_kb;
    char greatest[32];
};

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
}

static void close_client(void)
{
    client_close(&c);
}

static void read_file(const char *path, char *text, size_t room)
{
    FILE *f = fopen(path, "re");
    size_t n = f == NULL ? 0 : fread(text, 1, room - 1, f);
    text[n] = '\0';
    if (f != NULL)
        fclose(f);
}

/* The part of the machine's memory that is PID's: what it shares is shared out. */
static long pss_kb(long pid)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", pid);
    read_file(path, text, sizeof text);
    const char *line = strstr(text, "\nPss:");
    return line == NULL ? 0 : strtol(line + strlen("\nPss:"), NULL, 10);
}

static bool kernel_tells(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", getpid(), getpid());
    return access(path, R_OK) == 0 && access("/proc/self/smaps_rollup", R_OK) == 0;
}

static struct usage usage_now(void)
{
    struct usage u = { 0 };
    char path[64], children[4096], name[32];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", stack.prep, stack.prep);
    read_file(path, children, sizeof children);
    for (char *at = children, *end; *at != '\0'; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        snprintf(path, sizeof path, "/proc/%ld/comm", pid);
        read_file(path, name, sizeof name);
        long kb = strncmp(name, "prep-", 5) == 0 ? pss_kb(pid) : 0;
        u.workers += kb > 0;
        u.sum_kb += kb;
        if (kb > u.most_kb) {
            u.most_kb = kb;
            memcpy(u.greatest, name, sizeof name);
        }
    }
    return u;
}

static void ask(int rounds)
{
    static const char *const paths[] = { "/", "/search?where=Austin%2C+TX",
        "/search?where=Dallas%2C+TX", "/listings/1", "/login", "/signup", "/terms",
        "/nowhere" };
    for (int i = 0; i < rounds; i++)
        for (size_t k = 0; k < COUNT_OF(paths); k++)
            ck_assert_int_lt(client_get(&c, paths[k]), 500);
}

START_TEST(a_worker_takes_little_memory_and_no_more_for_more_requests)
{
    if (!kernel_tells()) {
        fprintf(stderr, "memory: not tested, this kernel does not tell\n");
        return;
    }
    ask(WARM);
    struct usage before = usage_now();
    ask(ROUNDS);
    struct usage after = usage_now();
    ck_assert_int_gt(before.workers, 0);
    ck_assert_int_eq(after.workers, before.workers);
    ck_assert_msg(after.most_kb <= WORKER_MAX_KB, "%s takes %ld kB", after.greatest,
        after.most_kb);
    ck_assert_msg(after.sum_kb <= before.sum_kb + GROWTH_MAX_KB,
        "%d processes took %ld kB, and %ld kB after more requests", after.workers,
        before.sum_kb, after.sum_kb);
}
END_TEST

void http_memory(Suite *s)
{
    TCase *t = stack_tcase(s, "memory");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, a_worker_takes_little_memory_and_no_more_for_more_requests);
}
#endif
