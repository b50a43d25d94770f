/* Division of labour: one child does a to m, the next n to z. Like a | b | c in the shell. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int one[2], two[2], three[2];

static ssize_t rd(int fd, char *b, size_t n)
{
    ssize_t r;
    do r = read(fd, b, n); while (r < 0 && errno == EINTR);
    return r;
}

static int wr(int fd, char *b, size_t n)
{
    while (n > 0) {
        ssize_t r = write(fd, b, n);
        if (r < 0 && errno != EINTR) return -1;
        if (r > 0) { b += r; n -= r; }
    }
    return 0;
}

static pid_t start(int in, int out, char first, char last)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    int all[] = {one[0], one[1], two[0], two[1], three[0], three[1]};
    for (int i = 0; i < 6; i++)
        if (all[i] != in && all[i] != out) close(all[i]);
    char b[4096];
    ssize_t n;
    while ((n = rd(in, b, sizeof b)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (b[i] >= first && b[i] <= last) b[i] -= 32;
        if (wr(out, b, n) < 0) break;
    }
    if (n != 0) perror("child");
    _exit(n != 0);
}

int main(void)
{
    char b[4096], c[4096];
    ssize_t n = 0, m = 1;
    int bad = 0, open = 1, s1 = 0, s2 = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(one) < 0 || pipe(two) < 0 || pipe(three) < 0) { perror("pipe"); return 1; }
    pid_t p1 = start(one[0], two[1], 'a', 'm');
    if (p1 < 0) { perror("fork"); return 1; }
    pid_t p2 = start(two[0], three[1], 'n', 'z');
    close(one[0]); close(two[0]); close(two[1]); close(three[1]);
    if (p2 < 0) { perror("fork"); bad = 1; }
    while (!bad && m > 0) {
        struct pollfd p[2] = {{three[0], POLLIN, 0},
                              {n ? one[1] : open ? 0 : -1, n ? POLLOUT : POLLIN, 0}};
        if (poll(p, 2, -1) < 0) {
            if (errno != EINTR) bad = 1;
            continue;
        }
        if (p[1].revents && n) {
            if (wr(one[1], b, n) < 0) bad = 1;
            n = 0;
        } else if (p[1].revents) {
            n = rd(0, b, sizeof b);
            if (n < 0) bad = 1;
            if (n == 0) { close(one[1]); open = 0; }
        }
        if (p[0].revents && !bad) {
            m = rd(three[0], c, sizeof c);
            if (m < 0 || wr(1, c, m) < 0) bad = 1;
        }
    }
    if (bad) perror("parent");
    if (open) close(one[1]);
    close(three[0]);
    while (waitpid(p1, &s1, 0) < 0 && errno == EINTR) ;
    while (p2 > 0 && waitpid(p2, &s2, 0) < 0 && errno == EINTR) ;
    if (s1 || s2) fprintf(stderr, "children: %d %d\n", s1, s2);
    return bad || s1 || s2;
}
