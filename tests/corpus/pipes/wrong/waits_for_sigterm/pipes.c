/*
 * The child works until it is told to stop with SIGTERM; so it is the parent who decides when
 * the end is. An input of no bytes needs no child's work at all.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 2048

static pid_t worker;

static ssize_t get(int fd, char *p)
{
    ssize_t n;
    while ((n = read(fd, p, MAX)) < 0 && errno == EINTR)
        ;
    return n;
}

static int put(int fd, const char *p, ssize_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno != EINTR)
            return -1;
        if (k > 0)
            p += k, n -= k;
    }
    return 0;
}

static void work(int in, int out, const sigset_t *stop)
{
    char b[MAX];
    ssize_t n;
    int sig;

    while ((n = get(in, b)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (b[i] >= 'a' && b[i] <= 'z')
                b[i] -= 'a' - 'A';
        if (put(out, b, n) < 0) {
            n = -1;
            break;
        }
    }
    if (n < 0) {
        perror("worker");
        _exit(1);
    }
    sigwait(stop, &sig);            /* blocked since before the fork: it can't come too early */
    _exit(0);
}

static int finish(int result)
{
    int status;
    kill(worker, SIGTERM);
    while (waitpid(worker, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    if (status != 0)
        fprintf(stderr, "worker ended with status %d\n", status);
    return result || status;
}

int main(void)
{
    int a[2], b[2];
    char text[MAX];
    sigset_t stop;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    if (pipe(a) < 0 || pipe(b) < 0 || (worker = fork()) < 0) {
        perror("pipes");
        return 1;
    }
    if (worker == 0) {
        close(a[1]);
        close(b[0]);
        work(a[0], b[1], &stop);
    }
    close(a[0]);
    close(b[1]);

    ssize_t n = get(0, text);
    if (n == 0)
        return 0;                   /* nothing to do */
    for (; n != 0; n = get(0, text)) {
        if (n < 0 || put(a[1], text, n) < 0) {
            perror("input");
            close(a[1]);
            return finish(1);
        }
        while (n > 0) {
            ssize_t k = get(b[0], text);
            if (k <= 0 || put(1, text, k) < 0) {
                perror("output");
                close(a[1]);
                close(b[0]);
                return finish(1);
            }
            n -= k;
        }
    }
    close(a[1]);
    return finish(0);
}
