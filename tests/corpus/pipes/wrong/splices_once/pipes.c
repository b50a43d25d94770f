/* splice where it goes, and copying else; a pipe-full at a time, there and back */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 16384 };

static ssize_t move_bytes(int from, int to, size_t n)
{
    static char buf[CHUNK];
    ssize_t k;
    do k = splice(from, NULL, to, NULL, n, 0); while (k < 0 && errno == EINTR);
    if (k >= 0 || errno != EINVAL) return k;
    do k = read(from, buf, n); while (k < 0 && errno == EINTR);
    for (ssize_t o = 0; o < k;) {
        ssize_t w = write(to, buf + o, k - o);
        if (w < 0 && errno == EINTR) continue;
        if (w < 0) return -1;
        o += w;
    }
    return k;
}

int main(void)
{
    int there[2], back[2];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(there) || pipe(back)) err(1, "pipe");
    pid_t pid = fork();
    if (pid < 0) err(1, "fork");
    if (!pid) {
        unsigned char b[CHUNK];
        ssize_t n;
        close(there[1]), close(back[0]);
        for (;;) {
            n = read(there[0], b, sizeof b);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) break;
            for (ssize_t i = 0; i < n; i++) b[i] -= (b[i] - 'a' < 26u) << 5;
            for (ssize_t o = 0, w; o < n; o += w)
                if ((w = write(back[1], b + o, n - o)) < 0) {
                    if (errno != EINTR) { warn("child"); _exit(1); }
                    w = 0;
                }
        }
        if (n < 0) warn("child");
        _exit(n < 0);
    }
    close(there[0]), close(back[1]);
    int rc = 0;
    ssize_t n, m;
    while ((n = move_bytes(0, there[1], CHUNK)) > 0) {
        if ((m = move_bytes(back[0], 1, n)) > 0) n = 0;
        if (n > 0) { if (m < 0) warn("back"); else warnx("the child has gone"); rc = 1; break; }
    }
    if (n < 0) { warn("there"); rc = 1; }
    close(there[1]), close(back[0]);
    int st;
    pid_t w;
    do w = waitpid(pid, &st, 0); while (w < 0 && errno == EINTR);
    if (w < 0) err(1, "waitpid");
    if (st) { warnx("child: %d", st); rc = 1; }
    return rc;
}
