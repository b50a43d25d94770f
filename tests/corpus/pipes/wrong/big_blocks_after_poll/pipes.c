/* poll() tells when there is room in the pipe, so write() will not block. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char out[1 << 16], in[4096];

static ssize_t rd(int fd, char *b, size_t n)
{
    ssize_t r;
    while ((r = read(fd, b, n)) < 0 && errno == EINTR)
        ;
    return r;
}

static int wr(int fd, const char *b, ssize_t n)
{
    ssize_t r;
    for (; n > 0; b += r, n -= r)
        if ((r = write(fd, b, n)) < 0) {
            if (errno != EINTR)
                return -1;
            r = 0;
        }
    return 0;
}

static int child(int from, int to)
{
    ssize_t n;
    while ((n = rd(from, in, sizeof in)) > 0) {
        for (ssize_t i = 0; i < n; ++i)
            in[i] -= in[i] >= 'a' && in[i] <= 'z' ? 32 : 0;
        if (wr(to, in, n) < 0)
            break;
    }
    if (n)
        perror("child");
    return n != 0;
}

int main(void)
{
    int p[2], q[2], status;
    ssize_t full = 0;
    const char *err = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(p) < 0 || pipe(q) < 0)
        return perror("pipe"), 1;
    pid_t pid = fork();
    if (pid < 0)
        return perror("fork"), 1;
    if (pid == 0) {
        close(p[1]);
        close(q[0]);
        _exit(child(p[0], q[1]));
    }
    close(p[0]);
    close(q[1]);

    struct pollfd f[3] = {{0, POLLIN, 0}, {-1, POLLOUT, 0}, {q[0], POLLIN, 0}};
    while (!err) {
        if (poll(f, 3, -1) < 0) {
            if (errno != EINTR)
                err = "poll";
            continue;
        }
        if (f[0].revents) {
            full = rd(0, out, sizeof out);
            if (full < 0)
                err = "stdin";
            else if (full == 0)
                close(p[1]);
            f[0].fd = -1;
            f[1].fd = full > 0 ? p[1] : -1;
        } else if (f[1].revents) {
            if (wr(p[1], out, full) < 0)
                err = "to child";
            f[0].fd = 0;
            f[1].fd = -1;
        }
        if (f[2].revents && !err) {
            ssize_t n = rd(q[0], in, sizeof in);
            if (n == 0)
                break;
            if (n < 0 || wr(1, in, n) < 0)
                err = n < 0 ? "from child" : "stdout";
        }
    }
    if (err) {
        perror(err);
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return perror("waitpid"), 1;
    if (status)
        fprintf(stderr, "status of the child: %d\n", status);
    return err || status;
}
