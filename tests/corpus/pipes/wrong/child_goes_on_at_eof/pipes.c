/* serve forever, the parent will tell us when to stop */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct link { int r, w; };

static int make_link(struct link *l)
{
    int fd[2];
    if (pipe(fd) < 0)
        return -1;
    l->r = fd[0];
    l->w = fd[1];
    return 0;
}

static ssize_t pull(int fd, char *p, size_t n)
{
    for (;;) {
        ssize_t k = read(fd, p, n);
        if (k >= 0 || errno != EINTR)
            return k;
    }
}

static int push(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= k;
    }
    return 0;
}

static void serve(int r, int w)
{
    char block[1500];
    for (;;) {
        ssize_t n = pull(r, block, sizeof block);
        if (n < 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            if (block[i] >= 'a' && block[i] <= 'z')
                block[i] += 'A' - 'a';
        if (push(w, block, n) < 0)
            break;
    }
    perror("server");
    exit(1);
}

int main(void)
{
    struct link request, reply;
    char block[1500];
    int failed = 0, status;

    signal(SIGPIPE, SIG_IGN);
    if (make_link(&request) < 0 || make_link(&reply) < 0) {
        perror("pipe");
        return 1;
    }
    pid_t server = fork();
    if (server < 0) {
        perror("fork");
        return 1;
    }
    if (server == 0) {
        close(request.w);
        close(reply.r);
        serve(request.r, reply.w);
    }
    close(request.r);
    close(reply.w);

    ssize_t n;
    while (!failed && (n = pull(0, block, sizeof block)) != 0) {
        if (n < 0 || push(request.w, block, n) < 0)
            failed = 1;
        while (!failed && n > 0) {
            ssize_t k = pull(reply.r, block, n);
            if (k <= 0 || push(1, block, k) < 0)
                failed = 1;
            n -= k;
        }
    }
    if (failed) {
        perror("client");
        kill(server, SIGKILL);
    }
    close(request.w);
    while (waitpid(server, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return failed || status;
}
