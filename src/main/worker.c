#include "main/worker.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

#include "main/pool.h"
#include "util/fault.h"
#include "util/log.h"
#include "util/rand.h"
#include "web/serve.h"

static ssize_t read_body(void *arg, void *bytes, size_t n)
{
    FCGX_Request *fcgi = arg;
    return FCGX_GetStr(bytes, (int)(n > 65536 ? 65536 : n), fcgi->in);
}

/* Hands the answer to nginx. False: it did not take all of it. That is only asked where
 * it matters, since asking costs a packet. */
static bool send_page(struct site *site, FCGX_Request *fcgi)
{
    bool sent = FCGX_PutStr(site->page.at, (int)site->page.n, fcgi->out) >= 0;
    if (site->trace.code_of != 0)
        sent = FCGX_FFlush(fcgi->out) == 0 && sent;
    FCGX_Finish_r(fcgi);
    return sent;
}

/* Until the supervisor has had enough of it. */
static _Noreturn void spin(void)
{
    for (volatile int turns = 0;;)
        turns = !turns;
}

static int loop(struct site *site, int listen_fd, int64_t max_requests)
{
    FCGX_Request fcgi;
    if (FCGX_InitRequest(&fcgi, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return EXIT_FAILURE;
    pool_ready();
    for (int64_t served = 0; served < max_requests && pool_wait(listen_fd);) {
        if (FCGX_Accept_r(&fcgi) != 0)
            continue; /* another worker was faster */
        served++;
        size_t n;
        struct request_param *pairs =
            request_params_of_env(site->app.arena, fcgi.envp, &n);
        if (FAULT("worker.spin"))
            spin();
        serve(site, pairs, n, (struct body_reader) { read_body, &fcgi });
        serve_after(site, send_page(site, &fcgi));
    }
    FCGX_Free(&fcgi, 1);
    return EXIT_SUCCESS;
}

int worker_run(const struct conf *conf, const struct templates *templates,
    const char *name, int listen_fd)
{
    struct site site;
    struct buf why;
    buf_init(&why, 4096);
    rand_open();
    /* nginx closes its end late; waiting for that halves the rate. */
    setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 1);
    int status = EXIT_FAILURE;
    if (FCGX_Init() == 0 && site_open(&site, conf, templates, name, &why) == OK) {
        log_info("worker_ready", "SQLite %s", db_library_version());
        status = loop(&site, listen_fd, conf->max_requests);
    } else {
        log_error("worker_start", "%s", why.at);
    }
    site_close(&site);
    buf_free(&why);
    return status;
}
