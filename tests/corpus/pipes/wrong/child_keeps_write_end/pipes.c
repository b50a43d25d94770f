#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* pipe 0: parent -> child, pipe 1: child -> parent */
static int fds[2][2];

static void must(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

static ssize_t readn(int fd, void *p, size_t n)
{
    ssize_t r;
    while ((r = read(fd, p, n)) == -1 && errno == EINTR)
        continue;
    return r;
}

static int writen(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t w = write(fd, p, n);
        if (w == -1 && errno == EINTR)
            continue;
        if (w == -1)
            return 0;
        p += w, n -= w;
    }
    return 1;
}

static void child(void)
{
    char buf[4096];
    ssize_t n;

    close(fds[1][0]);
    while ((n = readn(fds[0][0], buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (buf[i] >= 'a' && buf[i] <= 'z')
                buf[i] -= 'a' - 'A';
        must(writen(fds[1][1], buf, n), "child: write");
    }
    must(n == 0, "child: read");
    exit(EXIT_SUCCESS);
}

int main(void)
{
    char out[4096], in[4096];
    ssize_t pending = 0;
    int sending = 1;

    signal(SIGPIPE, SIG_IGN);
    must(pipe(fds[0]) == 0 && pipe(fds[1]) == 0, "pipe");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0)
        child();

    close(fds[0][0]);
    close(fds[1][1]);
    const char *wrong = NULL;
    while (!wrong) {
        struct pollfd p[] = {
            { pending ? fds[0][1] : sending ? 0 : -1, pending ? POLLOUT : POLLIN, 0 },
            { fds[1][0], POLLIN, 0 },
        };
        if (poll(p, 2, -1) == -1) {
            if (errno != EINTR)
                wrong = "poll";
            continue;
        }
        if (p[0].revents && pending) {
            if (!writen(fds[0][1], out, pending))
                wrong = "write";
            pending = 0;
        } else if (p[0].revents) {
            pending = readn(0, out, sizeof out);
            if (pending == -1)
                wrong = "stdin";
            if (pending == 0) {
                close(fds[0][1]);
                sending = 0;
            }
        }
        if (p[1].revents && !wrong) {
            ssize_t n = readn(fds[1][0], in, sizeof in);
            if (n == 0)
                break;
            if (n == -1 || !writen(1, in, n))
                wrong = "answers";
        }
    }
    if (wrong) {
        perror(wrong);
        kill(pid, SIGKILL);
    }
    int status;
    while (waitpid(pid, &status, 0) == -1)
        must(errno == EINTR, "waitpid");
    return wrong || status;
}
