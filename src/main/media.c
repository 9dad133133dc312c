/* prep-media IN OUTDIR: makes of the picture IN the JPEGs w320.jpg, w800.jpg and
 * w1600.jpg in OUTDIR, upright, in sRGB, without metadata, never enlarged, and
 * prints "width height format" of the picture.
 *
 * Exit 0: done. 1: the picture is refused; a sentence for the person stands on
 * standard error. 2: this machine's trouble.
 *
 * Decoders are where hostile files bite. So this is a process of its own for each
 * picture: it reads the input and opens the outputs, starts the library, and then
 * gives up files, network, programs and most of its memory before the first byte
 * of the picture is looked at. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vips/vips.h>

#if defined __SANITIZE_ADDRESS__
#define SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

enum {
    REFUSED = 1,
    TROUBLE = 2,
    INPUT_BYTES_MAX = 16 * 1024 * 1024,
    PIXELS_MAX = 40 * 1000 * 1000,
    PROGRESSIVE_PIXELS_MAX = 24 * 1000 * 1000, /* held whole while it is decoded */
    SIDE_MIN = 16,
    ASPECT_MAX = 5,
    QUALITY = 80,
    VARIANTS = 3,
};

static const char unreadable[] =
    "This picture cannot be read. Open it on your device, save it again as a JPEG "
    "and upload that.";

/* For the loaders: a picture that breaks off is refused, not filled up with grey. (The
 * property fail_on of vips_thumbnail_buffer does not reach them in 8.14.) */
static const char strict[] = "[fail_on=error]";

static const struct {
    const char *name;
    int width;
} variants[VARIANTS] = { { "w320.jpg", 320 }, { "w800.jpg", 800 },
    { "w1600.jpg", 1600 } };

/* With _exit: there is nothing to tidy up, and tidying up would need what was given
 * away. */
_Noreturn static void refuse(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    _exit(REFUSED);
}

_Noreturn static void trouble(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    _exit(TROUBLE);
}

/* ---- giving things up ---- */

static void limit(int what, rlim_t most)
{
    struct rlimit l = { most, most };
    if (setrlimit(what, &l) != 0)
        trouble("setrlimit");
}

static void limit_all(void)
{
#ifndef SANITIZED /* whose shadow alone is terabytes of address space */
    /* 512 MiB to work in, and what the libraries map. */
    limit(RLIMIT_AS, (512UL + 160) * 1024 * 1024);
#endif
    limit(RLIMIT_CPU, 10);
    limit(RLIMIT_FSIZE, INPUT_BYTES_MAX);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        trouble("no_new_privs");
}

#if defined __x86_64__
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCH
/* A call on this list fails with EPERM from here on: the rest (memory, threads,
 * reading and writing what is open) is what a decoder needs. */
static const int forbidden[] = {
#ifdef SYS_open
    SYS_open, SYS_creat, SYS_unlink, SYS_rename, SYS_link, SYS_symlink, SYS_mkdir,
    SYS_rmdir, SYS_chmod, SYS_chown, SYS_fork, SYS_vfork, SYS_mknod,
#endif
    SYS_openat, SYS_openat2, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat,
    SYS_mkdirat, SYS_mknodat, SYS_fchmodat, SYS_fchownat, SYS_truncate, SYS_execve,
    SYS_execveat, SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen,
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_tkill,
    SYS_pidfd_open, SYS_pidfd_send_signal, SYS_mount, SYS_umount2, SYS_chroot,
    SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open, SYS_io_uring_setup,
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_userfaultfd, SYS_memfd_create,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_init_module, SYS_finit_module,
    SYS_kexec_load, SYS_reboot, SYS_setuid, SYS_setgid
};

enum { CALLS = sizeof forbidden / sizeof *forbidden };

static void shut(void)
{
    struct sock_filter program[CALLS + 8];
    size_t n = 0;
    program[n++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    program[n++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
    program[n++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    program[n++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    /* On x86-64 numbers from here up are a second set of the same calls. */
    program[n++] = (struct sock_filter)BPF_JUMP(
        BPF_JMP | BPF_JGE | BPF_K, 0x40000000, (unsigned char)(CALLS + 1), 0);
    for (size_t i = 0; i < CALLS; i++)
        program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
            (unsigned)forbidden[i], (unsigned char)(CALLS - i), 0);
    program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program[n++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog all = { .len = (unsigned short)n, .filter = program };
    if (syscall(
            SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &all) != 0)
        trouble("seccomp");
}
#else
static void shut(void)
{
}
#endif

/* ---- files ---- */

struct bytes {
    unsigned char *at;
    size_t n;
};

static struct bytes read_input(const char *path)
{
    struct bytes b = { malloc(INPUT_BYTES_MAX), 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || b.at == NULL)
        trouble(path);
    ssize_t n;
    while (b.n < INPUT_BYTES_MAX &&
           (n = read(fd, b.at + b.n, INPUT_BYTES_MAX - b.n)) != 0) {
        if (n < 0)
            trouble(path);
        b.n += (size_t)n;
    }
    close(fd);
    if (b.n == INPUT_BYTES_MAX)
        refuse("This picture has too many bytes.");
    return b;
}

static void open_outputs(const char *folder, int fds[VARIANTS])
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        trouble(folder);
    for (size_t i = 0; i < VARIANTS; i++) {
        fds[i] = openat(
            directory, variants[i].name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fds[i] < 0)
            trouble(variants[i].name);
    }
    close(directory);
}

static void write_output(int fd, const char *at, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, at, n);
        if (k <= 0)
            trouble("write");
        at += k;
        n -= (size_t)k;
    }
    if (close(fd) != 0)
        trouble("close");
}

/* ---- pictures ---- */

static void start_vips(const char *name)
{
    /* Standard error is for the sentence. */
    if (setenv("VIPS_WARNING", "1", 1) != 0 || VIPS_INIT(name) != 0)
        trouble("libvips");
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadJpeg", FALSE);
    vips_operation_block_set("VipsForeignLoadPng", FALSE);
    vips_operation_block_set("VipsForeignLoadWebp", FALSE);
}

static const char *format_of(VipsImage *image)
{
    const char *loader = "";
    if (vips_image_get_string(image, VIPS_META_LOADER, &loader) != 0)
        return NULL;
    return g_str_has_prefix(loader, "jpeg")   ? "jpeg"
           : g_str_has_prefix(loader, "png")  ? "png"
           : g_str_has_prefix(loader, "webp") ? "webp"
                                              : NULL;
}

static bool is_progressive(VipsImage *image)
{
    int interlaced = 0;
    return vips_image_get_typeof(image, "interlaced") != 0 &&
           vips_image_get_int(image, "interlaced", &interlaced) == 0 && interlaced != 0;
}

/* Judges the picture by its header alone; nothing is decoded yet. */
static void inspect(const struct bytes *b, int *width, int *height, const char **format)
{
    VipsImage *image = vips_image_new_from_buffer(b->at, b->n, strict, NULL);
    if (image == NULL)
        refuse(unreadable);
    *format = format_of(image);
    bool lying = vips_image_get_orientation(image) >= 5;
    *width = lying ? image->Ysize : image->Xsize;
    *height = lying ? image->Xsize : image->Ysize;
    if (*format == NULL)
        refuse("Photos must be JPEG, PNG or WebP pictures. This file is none of them.");
    if ((int64_t)*width * *height > PIXELS_MAX)
        refuse("This photo has more than 40 million pixels. Make it smaller and upload "
               "it again.");
    if (is_progressive(image) && (int64_t)*width * *height > PROGRESSIVE_PIXELS_MAX)
        refuse(
            "This photo is a progressive picture of more than 24 million pixels. Make "
            "it smaller and upload it again.");
    if (*width < SIDE_MIN || *height < SIDE_MIN)
        refuse("This photo is too small: it must have at least 16 pixels each way.");
    if (*width > *height * ASPECT_MAX || *height > *width * ASPECT_MAX)
        refuse(
            "This photo is too long and narrow: at most five times as long as wide.");
    g_object_unref(image);
}

/* A JPEG has no transparency: what shone through becomes white. */
static VipsImage *flattened(VipsImage *image)
{
    VipsImage *flat = NULL;
    double white[] = { 255 };
    VipsArrayDouble *background = vips_array_double_new(white, 1);
    if (!vips_image_hasalpha(image))
        return image;
    if (vips_flatten(image, &flat, "background", background, NULL) != 0)
        refuse(unreadable);
    return flat;
}

static void make_variant(const struct bytes *b, int width, int fd)
{
    VipsImage *small = NULL, *plain = NULL;
    void *jpeg = NULL;
    size_t n = 0;
    if (vips_thumbnail_buffer(b->at, b->n, &small, width, "height", width * ASPECT_MAX,
            "size", VIPS_SIZE_DOWN, "export_profile", "srgb", "option_string", strict,
            NULL) != 0 ||
        vips_colourspace(flattened(small), &plain, VIPS_INTERPRETATION_sRGB, NULL) !=
            0 ||
        vips_jpegsave_buffer(plain, &jpeg, &n, "Q", QUALITY, "strip", TRUE,
            "optimize_coding", TRUE, "interlace", TRUE, NULL) != 0)
        refuse(unreadable);
    write_output(fd, jpeg, n);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: prep-media IN OUTDIR\n", stderr);
        return TROUBLE;
    }
    int fds[VARIANTS], width, height;
    const char *format;
    limit_all();
    struct bytes input = read_input(argv[1]);
    open_outputs(argv[2], fds);
    start_vips(argv[0]);
    shut();
    inspect(&input, &width, &height, &format);
    for (size_t i = 0; i < VARIANTS; i++)
        make_variant(&input, variants[i].width, fds[i]);
    printf("%d %d %s\n", width, height, format);
    _exit(fflush(stdout) == 0 ? 0 : TROUBLE);
}
