/* Reads anything as a settings file. It is taken or refused with a reason that
 * names the line; whatever was taken is within its limits. */
#include "util/conf.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/guard.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    int fd = memfd_create("conf", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct arena *a = arena_new(64 * 1024 * 1024);
    struct conf conf;
    struct buf why;
    buf_init(&why, 4096);
    if (conf_read(a, path, &conf, &why) == OK) {
        CHECK(conf.web_workers >= 1 && conf.web_workers <= 64);
        CHECK(conf.hold_s >= 5 && conf.hold_s <= 3600);
        CHECK(conf.vendor_fee_bp >= 0 && conf.vendor_fee_bp <= 10000);
        CHECK(
            conf.data_dir != NULL && conf.template_dir != NULL && conf.maildir != NULL);
    } else {
        CHECK(text_starts(why.at, path) && why.n > 0);
    }
    buf_free(&why);
    arena_free(a);
    close(fd);
    return 0;
}
