#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* lock step: never more than CHUNK bytes in flight, so no pipe can be full */
enum { CHUNK = 1 << 20 };

static pid_t kid = -1;
static void die(const char *what)
{
    perror(what);
    if (kid > 0) {
        kill(kid, SIGTERM);
        while (waitpid(kid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    exit(1);
}
static size_t get(int fd, char *b, size_t want)
{
    size_t got = 0;
    while (got < want) {
        ssize_t n = read(fd, b + got, want - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return (size_t)-1;
        if (n == 0) break;
        got += n;
    }
    return got;
}
static int put(int fd, const char *b, size_t n)
{
    size_t o = 0;
    while (o < n) {
        ssize_t w = write(fd, b + o, n - o);
        if (w < 0 && errno == EINTR) continue;
        if (w < 0) return -1;
        o += w;
    }
    return 0;
}
int main()
{
    int down[2], up[2];
    static char buf[CHUNK];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(down) == -1) die("pipe");
    if (pipe(up) == -1) die("pipe");
    switch (kid = fork()) {
    case -1: die("fork");
    case 0:
        close(down[1]);
        close(up[0]);
        while (1) {
            ssize_t n = read(down[0], buf, sizeof(buf));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) { perror("child: read"); _exit(1); }
            if (n == 0) break;
            for (int i = 0; i < n; i++) {
                unsigned char c = buf[i];
                buf[i] = c >= 97 && c <= 122 ? c - 32 : c;
            }
            if (put(up[1], buf, n) < 0) { perror("child: write"); _exit(1); }
        }
        _exit(0);
    }
    close(down[0]);
    close(up[1]);
    for (;;) {
        ssize_t n = read(0, buf, CHUNK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) die("stdin");
        if (n == 0) break;
        if (put(down[1], buf, n) < 0) die("to child");
        size_t g = get(up[0], buf, n);
        if (g == (size_t)-1) die("from child");
        if (g != (size_t)n) { errno = EPIPE; die("child ended early"); }
        if (put(1, buf, n) < 0) die("stdout");
    }
    close(down[1]);
    int st;
    while (waitpid(kid, &st, 0) < 0)
        if (errno != EINTR) { perror("waitpid"); exit(1); }
    if (st != 0) { fprintf(stderr, "child: bad status %d\n", st); exit(1); }
    return 0;
}
