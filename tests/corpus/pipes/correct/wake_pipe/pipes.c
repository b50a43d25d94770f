/*
 * Self-pipe trick: the SIGCHLD handler writes a byte into a third pipe, so that poll() tells the
 * death of the child like everything else. No data goes through it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int wake[2];

static void on_child(int sig)
{
    int saved = errno;
    ssize_t ignored = write(wake[1], "", 1);    /* non-blocking: full is as good as written */
    (void)sig, (void)ignored;
    errno = saved;
}

static ssize_t again(ssize_t (*call)(int, void *, size_t), int fd, void *buf, size_t n)
{
    ssize_t r;
    do {
        r = call(fd, buf, n);
    } while (r == -1 && errno == EINTR);
    return r;
}

static ssize_t put(int fd, void *buf, size_t n)
{
    return write(fd, buf, n);
}

static int put_all(int fd, char *buf, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = again(put, fd, buf + done, n - done);
        if (k == -1)
            return -1;
        done += k;
    }
    return 0;
}

static void child(int in, int out)
{
    char buf[4096];
    ssize_t n;
    while ((n = again(read, in, buf, sizeof buf)) > 0) {
        for (char *c = buf; c != buf + n; ++c)
            *c = *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c;
        if (put_all(out, buf, n) == -1)
            break;
    }
    if (n != 0) {
        perror("child");
        _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

int main(void)
{
    int req[2], ans[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(req) == -1 || pipe(ans) == -1 || pipe2(wake, O_NONBLOCK) == -1) {
        perror("pipe");
        return EXIT_FAILURE;
    }
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_child;                   /* no SA_RESTART: every call may be interrupted */
    sa.sa_flags = SA_NOCLDSTOP;
    if (sigaction(SIGCHLD, &sa, NULL) == -1) {
        perror("sigaction");
        return EXIT_FAILURE;
    }
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0) {
        signal(SIGCHLD, SIG_DFL);
        close(wake[0]), close(wake[1]);
        close(req[1]), close(ans[0]);
        child(req[0], ans[1]);
    }
    close(req[0]), close(ans[1]);

    char buf[PIPE_BUF], back[8192];
    size_t n = 0;
    int dead = 0, eof = 0, bad = 0, status = 0;
    for (int drained = 0; !bad && !drained;) {     /* a wake-up that failed is not missed */
        struct pollfd p[] = {
            {wake[0], POLLIN, 0},
            {ans[0], POLLIN, 0},
            {n ? req[1] : -1, POLLOUT, 0},
            {!n && !eof && !dead ? 0 : -1, POLLIN, 0},
        };
        if (poll(p, 4, -1) == -1) {
            if (errno != EINTR)
                bad = 1, perror("poll");
            continue;
        }
        if (p[0].revents) {
            char bytes[16];
            if (again(read, wake[0], bytes, sizeof bytes) == -1 && errno != EAGAIN)
                bad = 1, perror("wake pipe");
            if (waitpid(pid, &status, WNOHANG) == pid)
                dead = 1, n = 0;                /* what it sent is still in the pipe */
        }
        if (p[1].revents && !bad) {
            ssize_t k = again(read, ans[0], back, sizeof back);
            if (k == -1)
                bad = 1, perror("answers");
            else if (k == 0)
                drained = 1;
            else if (put_all(1, back, k) == -1)
                bad = 1, perror("stdout");
        }
        if (p[2].revents && !bad && n) {
            ssize_t k = again(put, req[1], buf, n);
            if (k == -1)
                bad = 1, perror("requests");
            else
                memmove(buf, buf + k, n -= k);
        }
        if (p[3].revents && !bad) {
            ssize_t k = again(read, 0, buf, sizeof buf);
            if (k == -1)
                bad = 1, perror("stdin");
            else if (k == 0)
                eof = 1, close(req[1]);
            else
                n = k;
        }
    }
    if (!eof)
        close(req[1]);
    close(ans[0]);
    while (!dead)
        if (waitpid(pid, &status, 0) == pid || errno != EINTR)
            dead = 1;
    if (status != 0)
        fprintf(stderr, "child: wait status %#x\n", status);
    return bad || status ? EXIT_FAILURE : EXIT_SUCCESS;
}
