/* Lock step: a piece goes down, the same piece comes up, so nobody ever has to wait for two things. */
#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 16384

static ssize_t writen(int fd, const void *vptr, size_t n)
{
    size_t nleft = n;
    ssize_t nwritten;
    const char *ptr = vptr;
    while (nleft > 0) {
        if ((nwritten = write(fd, ptr, nleft)) <= 0) {
            if (nwritten < 0 && errno == EINTR)
                nwritten = 0;
            else
                return -1;
        }
        nleft -= nwritten;
        ptr += nwritten;
    }
    return n;
}

static ssize_t readn(int fd, void *vptr, size_t n)
{
    size_t nleft = n;
    ssize_t nread;
    char *ptr = vptr;
    while (nleft > 0) {
        if ((nread = read(fd, ptr, nleft)) < 0) {
            if (errno == EINTR) nread = 0;
            else return -1;
        } else if (nread == 0)
            break;
        nleft -= nread;
        ptr += nread;
    }
    return n - nleft;
}

/* a blocking pipe takes all, or there is an error */
static ssize_t put(int fd, const void *p, size_t n)
{
    ssize_t r;
    do r = write(fd, p, n); while (r < 0 && errno == EINTR);
    return r;
}

static void kid(int in, int out)
{
    unsigned char b[PIECE];
    ssize_t n, i;
    while ((n = read(in, b, PIECE)) != 0) {
        if (n < 0) {
            if (errno == EINTR) continue;
            perror("kid: read");
            _exit(2);
        }
        for (i = 0; i < n; i++)
            if ('a' <= b[i] && b[i] <= 'z')
                b[i] = b[i] - 'a' + 'A';
        if (put(out, b, n) != n) {
            perror("kid: write");
            _exit(2);
        }
    }
    _exit(0);
}

int main(void)
{
    int fd1[2], fd2[2], status, ret = 0;
    pid_t pid;
    char b[PIECE];
    ssize_t n;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(fd1) < 0 || pipe(fd2) < 0) { perror("pipe"); exit(1); }
    if ((pid = fork()) < 0) { perror("fork"); exit(1); }
    if (!pid) {
        close(fd1[1]);
        close(fd2[0]);
        kid(fd1[0], fd2[1]);
    }
    close(fd1[0]);
    close(fd2[1]);
    while ((n = read(STDIN_FILENO, b, PIECE)) != 0) {
        if (n < 0) {
            if (errno == EINTR) continue;
            perror("stdin"); ret = 1; break;
        }
        if (put(fd1[1], b, n) != n) { perror("to kid"); ret = 1; break; }
        ssize_t m = readn(fd2[0], b, n);
        if (m != n) { fprintf(stderr, "kid gave %zd of %zd\n", m, n); ret = 1; break; }
        if (writen(STDOUT_FILENO, b, n) != n) { perror("stdout"); ret = 1; break; }
    }
    close(fd1[1]);
    close(fd2[0]);
    for (;;) {
        if (waitpid(pid, &status, 0) == pid) break;
        if (errno == EINTR) continue;
        perror("waitpid"); ret = 1;
    }
    if (WIFSIGNALED(status)) { fprintf(stderr, "kid killed by %d\n", WTERMSIG(status)); ret = 1; }
    else if (WEXITSTATUS(status)) ret = 1;
    return ret;
}
