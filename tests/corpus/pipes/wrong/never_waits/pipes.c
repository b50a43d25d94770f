#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's pipes are closed when it is done, so reading to the end is waiting enough. */

enum { N = 1024 };
static long long sent, received;

static ssize_t input(int fd, char *b)
{
    ssize_t n = read(fd, b, N);
    return n < 0 && errno == EINTR ? input(fd, b) : n;
}

static int output(int fd, const char *b, ssize_t n)
{
    if (n == 0)
        return 0;
    ssize_t k = write(fd, b, n);
    if (k < 0 && errno != EINTR)
        return -1;
    return k < 0 ? output(fd, b, n) : output(fd, b + k, n - k);
}

static int child(int in, int out)
{
    char b[N];
    ssize_t n;
    while ((n = input(in, b)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (b[i] >= 'a' && b[i] <= 'z')
                b[i] ^= 1 << 5;
        if (output(out, b, n) < 0)
            return perror("child output"), 1;
    }
    return n < 0 ? perror("child input"), 1 : 0;
}

static int parent(int *out, int in)
{
    char b[N];
    ssize_t n;
    while ((n = input(STDIN_FILENO, b)) > 0) {
        if (output(*out, b, n) < 0)
            return -1;
        sent += n;
        while (received < sent) {
            if ((n = input(in, b)) <= 0)
                return -1;
            if (output(STDOUT_FILENO, b, n) < 0)
                return -1;
            received += n;
        }
    }
    if (n < 0)
        return -1;
    close(*out);
    *out = -1;
    return input(in, b) == 0 ? 0 : -1;  /* the child has closed its end: it is done */
}

int main(void)
{
    int up[2], down[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(up) < 0 || pipe(down) < 0)
        return perror("pipe"), 1;
    pid_t pid = fork();
    if (pid < 0)
        return perror("fork"), 1;
    if (pid == 0) {
        close(up[1]);
        close(down[0]);
        _exit(child(up[0], down[1]));
    }
    close(up[0]);
    close(down[1]);
    if (parent(&up[1], down[0]) < 0) {
        fprintf(stderr, "failed after %lld of %lld bytes\n", received, sent);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return 1;
    }
    return 0;
}
