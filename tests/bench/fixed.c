/* prep-fixed SOCKET WORKERS FILE...: a FastCGI server that answers every request
 * with the bytes of one of the files, without looking at anything but the last
 * digit of the path: /fixed/0 is the first file. One that begins with "Status: " is
 * a whole answer, head and all; others are a page. What an answer of that size costs
 * when nothing is computed: the yardstick beside which the bench puts Prep's. */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES_MAX = 10, BYTES_MAX = 1024 * 1024 };

static char *answers[FILES_MAX];
static int lengths[FILES_MAX];

static void load(int i, const char *name)
{
    static const char head[] = "Content-Type: text/html; charset=utf-8\r\n\r\n";
    FILE *f = fopen(name, "rb");
    answers[i] = malloc(sizeof head + BYTES_MAX);
    if (f == NULL || answers[i] == NULL) {
        perror(name);
        exit(1);
    }
    memcpy(answers[i], head, sizeof head - 1);
    char *file = answers[i] + sizeof head - 1;
    size_t n = fread(file, 1, BYTES_MAX, f);
    fclose(f);
    if (n >= 8 && memcmp(file, "Status: ", 8) == 0)
        memmove(answers[i], file, n);
    else
        n += sizeof head - 1;
    lengths[i] = (int)n;
}

static int work(int fd, int files)
{
    FCGX_Request r;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (FCGX_Init() != 0 || FCGX_InitRequest(&r, fd, 0) != 0)
        return 1;
    while (FCGX_Accept_r(&r) == 0) {
        const char *path = FCGX_GetParam("DOCUMENT_URI", r.envp);
        int i = path == NULL || *path == '\0' ? 0 : path[strlen(path) - 1] - '0';
        if (i < 0 || i >= files)
            i = 0;
        FCGX_PutStr(answers[i], lengths[i], r.out);
        FCGX_Finish_r(&r);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc - 3 > FILES_MAX) {
        fprintf(stderr, "usage: prep-fixed SOCKET WORKERS FILE...\n");
        return 2;
    }
    setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 1);
    for (int i = 3; i < argc; i++)
        load(i - 3, argv[i]);
    unlink(argv[1]);
    int fd = FCGX_OpenSocket(argv[1], 1024);
    int workers = (int)strtol(argv[2], NULL, 10);
    if (fd < 0 || workers < 1)
        return 1;
    for (int i = 0; i < workers; i++)
        if (fork() == 0)
            return work(fd, argc - 3);
    puts("ready");
    fflush(stdout);
    while (wait(NULL) > 0)
        continue;
    return 0;
}
