#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int child_main(int in, int out)
{
    unsigned char buf[8192];
    for (;;) {
        ssize_t n = read(in, buf, sizeof buf);
        if (n < 0) {
            if (errno == EINTR) continue;
            perror("child read");
            return 1;
        }
        if (n == 0) return 0;
        for (ssize_t i = 0; i < n; i++)
            if (buf[i] >= 'a' && buf[i] <= 'z') buf[i] -= 32;
        for (ssize_t off = 0; off < n;) {
            ssize_t w = write(out, buf + off, n - off);
            if (w < 0) {
                if (errno == EINTR) continue;
                perror("child write");
                return 1;
            }
            off += w;
        }
    }
}

int main(void)
{
    int a[2], b[2];
    if (pipe(a) < 0) { perror("pipe"); return 1; }
    if (pipe(b) < 0) { perror("pipe"); return 1; }
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = SIG_IGN;
    sigemptyset(&sa.sa_mask);
    sigaction(SIGPIPE, &sa, NULL);
    pid_t pid = fork();
    if (pid < 0) { perror("fork"); return 1; }
    if (pid == 0) {
        close(a[1]); close(b[0]);
        _exit(child_main(a[0], b[1]));
    }
    close(a[0]); close(b[1]);
    int failed = 0;
    char out[4096], in[4096];
    size_t have = 0, off = 0;
    int eof = 0;
    if (fcntl(a[1], F_SETFL, O_NONBLOCK) < 0) { perror("fcntl"); failed = 1; }
    while (!failed) {
        if (have == off && !eof) {
            ssize_t n = read(0, out, sizeof out);
            if (n < 0) {
                if (errno == EINTR) continue;
                perror("read stdin"); failed = 1; break;
            }
            have = n; off = 0;
            if (n == 0) { eof = 1; close(a[1]); a[1] = -1; }
        }
        struct pollfd p[2] = {{b[0], POLLIN, 0}, {a[1], POLLOUT, 0}};
        if (poll(p, 2, -1) < 0) {
            if (errno == EINTR) continue;
            perror("poll"); failed = 1; break;
        }
        if (p[0].revents) {
            ssize_t n = read(b[0], in, sizeof in);
            if (n < 0) {
                if (errno == EINTR) continue;
                perror("read pipe"); failed = 1; break;
            }
            if (n == 0) {
                if (!eof) { fprintf(stderr, "child has gone\n"); failed = 1; }
                break;
            }
            for (ssize_t o = 0; o < n && !failed;) {
                ssize_t w = write(1, in + o, n - o);
                if (w < 0) {
                    if (errno == EINTR) continue;
                    perror("write stdout"); failed = 1;
                } else o += w;
            }
        }
        if (!failed && a[1] >= 0) {
            ssize_t w = write(a[1], out + off, have - off);
            if (w < 0) {
                if (errno == EINTR) continue;
                perror("write pipe"); failed = 1; break;
            }
            off += w;
        }
    }
    if (a[1] >= 0) close(a[1]);
    close(b[0]);
    int st;
    while (waitpid(pid, &st, 0) < 0) {
        if (errno == EINTR) continue;
        perror("waitpid"); return 1;
    }
    if (!WIFEXITED(st) || WEXITSTATUS(st) != 0) {
        fprintf(stderr, "child failed, status %d\n", st);
        failed = 1;
    }
    return failed;
}
