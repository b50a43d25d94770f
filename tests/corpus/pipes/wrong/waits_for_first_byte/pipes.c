#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A block there, a block back. The parent looks every millisecond whether something has come. */

#define BLOCK 1021

static ssize_t get(int fd, void *p, size_t n)
{
    ssize_t r;
    do {
        r = read(fd, p, n);
    } while (r == -1 && errno == EINTR);
    return r;
}

/* fewer than n only at the end */
static ssize_t get_all(int fd, char *p, size_t n)
{
    size_t have = 0;
    while (have < n) {
        ssize_t r = get(fd, p + have, n - have);
        if (r == -1)
            return -1;
        if (r == 0)
            break;
        have += (size_t)r;
    }
    return (ssize_t)have;
}

static bool put(int fd, const char *p, size_t n)
{
    while (n != 0) {
        ssize_t r = write(fd, p, n);
        if (r == -1 && errno != EINTR)
            return false;
        if (r > 0) {
            p += r;
            n -= (size_t)r;
        }
    }
    return true;
}

static int child(int in, int out)
{
    char b[BLOCK];
    ssize_t n;

    while ((n = get(in, b, sizeof b)) > 0) {
        for (char *p = b; p < b + n; p++)
            if (*p >= 'a' && *p <= 'z')
                *p = (char)(*p - 32);
        if (!put(out, b, (size_t)n))
            break;
    }
    if (n != 0)
        perror("child");
    return n != 0;
}

static const char *exchange(int to, int from)
{
    const struct timespec ms = {0, 1000000};
    char b[BLOCK], c[BLOCK];
    ssize_t n, k, got;

    do {
        n = get_all(STDIN_FILENO, b, sizeof b);
        if (n == -1)
            return "stdin";
        if (!put(to, b, (size_t)n))
            return "to child";
        got = 0;
        while (got == 0 || got < n) {
            k = get(from, c, sizeof c);
            if (k == -1 && errno == EAGAIN) {
                nanosleep(&ms, NULL);
                continue;
            }
            if (k <= 0)
                return "from child";
            if (!put(STDOUT_FILENO, c, (size_t)k))
                return "stdout";
            got += k;
        }
    } while (n == BLOCK);
    return NULL;
}

int main(void)
{
    int down[2], up[2], status = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(down) == -1 || pipe(up) == -1) {
        perror("pipe");
        return 1;
    }
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(down[1]);
        close(up[0]);
        _exit(child(down[0], up[1]));
    }
    close(down[0]);
    close(up[1]);
    fcntl(up[0], F_SETFL, O_NONBLOCK);
    const char *wrong = exchange(down[1], up[0]);
    if (wrong)
        perror(wrong);
    close(down[1]);
    close(up[0]);
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    if (status != 0)
        fprintf(stderr, "the child failed: %d\n", status);
    return wrong || status;
}
