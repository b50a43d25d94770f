/* The pipes carry the bytes and a signal says that the child may begin: not before its parent has
 * put away the pipe ends it does not need. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void go(int n)
{
    (void)n;    /* only there to end the pause */
}

static int copy(int from, int to, int convert)
{
    unsigned char b[8192];
    for (;;) {
        ssize_t n = read(from, b, sizeof b), k;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0;
        if (convert)
            for (k = 0; k < n; ++k)
                b[k] -= b[k] >= 'a' && b[k] <= 'z' ? 'a' - 'A' : 0;
        for (unsigned char *p = b; n > 0; p += k, n -= k) {
            k = write(to, p, n);
            if (k < 0) {
                if (errno != EINTR)
                    return 1;
                k = 0;
            }
        }
    }
}

/* Sends a piece that surely fits in the pipes, and gets it back. */
static int talk(int to, int from)
{
    unsigned char b[8192], c[8192];
    for (;;) {
        ssize_t n = read(0, b, sizeof b), k;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0;
        for (ssize_t i = 0; i < n; i += k) {
            k = write(to, b + i, n - i);
            if (k < 0 && errno != EINTR)
                return 1;
            k = k < 0 ? 0 : k;
        }
        while (n > 0) {
            ssize_t m = read(from, c, sizeof c);
            if (m < 0 && errno == EINTR)
                continue;
            if (m <= 0)
                return 1;
            n -= m;
            for (ssize_t i = 0; i < m; i += k) {
                k = write(1, c + i, m - i);
                if (k < 0 && errno != EINTR)
                    return 1;
                k = k < 0 ? 0 : k;
            }
        }
    }
}

int main(void)
{
    int p[2], q[2], status;
    struct sigaction sa;

    signal(SIGPIPE, SIG_IGN);
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = go;
    sigaction(SIGUSR1, &sa, NULL);

    if (pipe(p) < 0 || pipe(q) < 0) {
        perror("pipe");
        return 1;
    }
    const pid_t child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        close(p[1]);
        close(q[0]);
        pause();
        if (copy(p[0], q[1], 1)) {
            perror("child");
            _exit(1);
        }
        _exit(0);
    }
    close(p[0]);
    close(q[1]);
    for (unsigned left = 1; left > 0;)
        left = sleep(left);     /* let the child get there */
    kill(child, SIGUSR1);

    int wrong = talk(p[1], q[0]);
    if (wrong) {
        perror("parent");
        kill(child, SIGKILL);
    }
    close(p[1]);
    close(q[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    if (status)
        fprintf(stderr, "child: status %d\n", status);
    return wrong || status;
}
