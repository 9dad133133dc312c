#include "main/rehearsal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"
#include "web/serve.h"

enum { PATIENCE_S = 30 };

static _Noreturn void child(const struct conf *conf, const struct templates *templates)
{
    struct site site;
    struct buf why;
    CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    alarm(PATIENCE_S);
    buf_init(&why, 4096);
    rand_open();
    enum result r = site_open(&site, conf, templates, "rehearsal", &why);
    if (r == OK)
        r = db_prepare_all(site.app.db, &why);
    if (r != OK)
        log_error("rehearsal", "%s", why.at);
    site_close(&site);
    buf_free(&why);
    exit(r == OK ? EXIT_SUCCESS : EXIT_FAILURE);
}

bool rehearsal_passes(const struct conf *conf, const struct templates *templates)
{
    fflush(NULL); /* or the child would write what we have not written yet */
    pid_t pid = fork();
    if (pid == 0)
        child(conf, templates);
    int status = 0;
    pid_t ended = pid;
    while (pid > 0 && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        ;
    if (pid < 0 || ended < 0) {
        log_error("rehearsal", "%s", strerror(errno));
        return false;
    }
    if (WIFSIGNALED(status))
        log_error("rehearsal", "ended by signal %s", sigabbrev_np(WTERMSIG(status)));
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}
