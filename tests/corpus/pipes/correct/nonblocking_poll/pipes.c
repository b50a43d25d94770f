/*
 * pipes.c - send stdin through a child and back
 *
 * All four pipe ends the parent and the child use are plain, only the parent's
 * writing end is non-blocking, so that it can push as much as the pipe takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536 };

static bool put(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0) {
            if (errno == EINTR)
                continue;
            return false;
        }
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static ssize_t get(int fd, char *p, size_t n)
{
    ssize_t got;
    do
        got = read(fd, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

static int child(int in, int out)
{
    static char buf[CHUNK];
    ssize_t n;
    while ((n = get(in, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (buf[i] >= 'a' && buf[i] <= 'z')
                buf[i] -= 'a' - 'A';
        if (!put(out, buf, (size_t)n)) {
            perror("child: write");
            return 1;
        }
    }
    if (n < 0) {
        perror("child: read");
        return 1;
    }
    return 0;
}

/* returns 0 if everything was sent and the child's end of file was seen */
static int parent(int *to, int from)
{
    static char out[CHUNK], in[CHUNK];
    size_t have = 0, sent = 0;

    for (;;) {
        struct pollfd p[2] = {{.fd = from, .events = POLLIN}, {.fd = -1}};
        if (have > sent)
            p[1] = (struct pollfd){.fd = *to, .events = POLLOUT};
        else if (*to >= 0)
            p[1] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};

        if (poll(p, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            perror("poll");
            return 1;
        }

        if (p[1].revents && have > sent) {
            ssize_t n = write(*to, out + sent, have - sent);
            if (n >= 0)
                sent += (size_t)n;
            else if (errno != EAGAIN && errno != EINTR) {
                perror("write to child");
                return 1;
            }
        } else if (p[1].revents) {
            ssize_t n = get(STDIN_FILENO, out, sizeof out);
            if (n < 0) {
                perror("stdin");
                return 1;
            }
            if (n == 0) {
                close(*to);
                *to = -1;
            }
            have = (size_t)n;
            sent = 0;
        }

        if (p[0].revents) {
            ssize_t n = get(from, in, sizeof in);
            if (n < 0) {
                perror("read from child");
                return 1;
            }
            if (n == 0)
                return 0;
            if (!put(STDOUT_FILENO, in, (size_t)n)) {
                perror("stdout");
                return 1;
            }
        }
    }
}

int main(void)
{
    int a[2], b[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(a) < 0 || pipe(b) < 0) {
        perror("pipe");
        return EXIT_FAILURE;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0) {
        close(a[1]);
        close(b[0]);
        _exit(child(a[0], b[1]));
    }
    close(a[0]);
    close(b[1]);

    int rc = EXIT_FAILURE;
    int flags = fcntl(a[1], F_GETFL);
    if (flags < 0 || fcntl(a[1], F_SETFL, flags | O_NONBLOCK) < 0)
        perror("fcntl");
    else
        rc = parent(&a[1], b[0]);
    if (a[1] >= 0)
        close(a[1]);
    close(b[0]);

    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            perror("waitpid");
            return EXIT_FAILURE;
        }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "child died of signal %d\n", WTERMSIG(status));
        rc = EXIT_FAILURE;
    } else if (WEXITSTATUS(status) != 0)
        rc = EXIT_FAILURE;
    return rc;
}
