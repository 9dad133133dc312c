#include "support/peer.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/guard.h"

int peer_listen(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, n) == 0);
    CHECK(listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)&address, &n) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

int peer_free_port(void)
{
    int port;
    close(peer_listen(&port));
    return port;
}

static void put(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, bytes, n);
        if (k <= 0)
            return;
        bytes += k;
        n -= (size_t)k;
    }
}

static size_t content_length(const char *head)
{
    const char *line = strstr(head, "\r\nContent-Length:");
    return line == NULL ? 0 : strtoul(line + 17, NULL, 10);
}

/* One request, copied to the pipe (-1: none) as it comes. */
static void hear_request(int client, int pipe)
{
    char bytes[64 * 1024];
    size_t n = 0;
    for (;;) {
        ssize_t k = read(client, bytes + n, sizeof bytes - 1 - n);
        if (k <= 0)
            return;
        if (pipe >= 0)
            put(pipe, bytes + n, (size_t)k);
        n += (size_t)k;
        bytes[n] = '\0';
        const char *end = strstr(bytes, "\r\n\r\n");
        if (end != NULL && n >= (size_t)(end + 4 - bytes) + content_length(bytes))
            return;
    }
}

int peer_take(int listener)
{
    int client = accept(listener, NULL, NULL);
    CHECK(client >= 0);
    hear_request(client, -1);
    return client;
}

void peer_answer(int client, const char *answer)
{
    put(client, answer, strlen(answer));
    close(client);
}

static void serve(int listener, int pipe, const char *const *answers)
{
    for (; *answers != NULL; answers++) {
        int client = accept(listener, NULL, NULL);
        hear_request(client, pipe);
        peer_answer(client, *answers);
    }
    int client = accept(listener, NULL, NULL);
    hear_request(client, pipe);
    pause();
}

static void serve_smtp(int listener, int pipe, const char *extensions)
{
    FILE *client = fdopen(accept(listener, NULL, NULL), "r+");
    CHECK(client != NULL);
    char line[4096];
    bool in_data = false;
    fputs("220 peer\r\n", client);
    while (fflush(client) == 0 && fgets(line, sizeof line, client) != NULL) {
        put(pipe, line, strlen(line));
        if (in_data) {
            if (strcmp(line, ".\r\n") != 0)
                continue;
            in_data = false;
            fputs("250 taken\r\n", client);
        } else if (strncmp(line, "EHLO", 4) == 0) {
            fprintf(client, "250-peer\r\n%s250 8BITMIME\r\n", extensions);
        } else if (strncmp(line, "DATA", 4) == 0) {
            in_data = true;
            fputs("354 go on\r\n", client);
        } else if (strncmp(line, "AUTH", 4) == 0) {
            fputs("334 \r\n", client);
            if (fflush(client) == 0 && fgets(line, sizeof line, client) != NULL)
                put(pipe, line, strlen(line));
            fputs("235 known\r\n", client);
        } else {
            fputs("250 fine\r\n", client);
        }
    }
}

static void start(struct peer *p, const char *const *answers, const char *extensions)
{
    int listener = peer_listen(&p->port), ends[2];
    CHECK(pipe(ends) == 0);
    p->heard_fd = ends[0];
    p->pid = fork();
    CHECK(p->pid >= 0);
    if (p->pid == 0) {
        close(ends[0]);
        alarm(20);
        signal(SIGPIPE, SIG_IGN);
        if (answers != NULL)
            serve(listener, ends[1], answers);
        else
            serve_smtp(listener, ends[1], extensions);
        _exit(0);
    }
    close(ends[1]);
    close(listener);
}

void peer_start(struct peer *p, const char *const *answers)
{
    start(p, answers, NULL);
}

void peer_start_smtp(struct peer *p, const char *extensions)
{
    start(p, NULL, extensions);
}

void peer_stop(struct peer *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    close(p->heard_fd);
}

const char *peer_heard(struct peer *p)
{
    size_t n = 0;
    ssize_t k;
    kill(p->pid, SIGKILL); /* what was heard is in the pipe already */
    while (n < sizeof p->heard - 1 &&
           (k = read(p->heard_fd, p->heard + n, sizeof p->heard - 1 - n)) > 0)
        n += (size_t)k;
    p->heard[n] = '\0';
    return p->heard;
}
