/* at most PIPE_BUF bytes at once: such a write is atomic, it does all or fails */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int status_of(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

static int xread(int fd, char *b)
{
    int n;
    while ((n = read(fd, b, PIPE_BUF)) < 0 && errno == EINTR)
        ;
    return n;
}

static int xwrite(int fd, const char *b, int n)
{
    int k;
    while ((k = write(fd, b, n)) < 0 && errno == EINTR)
        ;
    if (k >= 0 && k < n) {
        errno = EIO;
        return -1;
    }
    return k;
}

static int child(int in, int out)
{
    char b[PIPE_BUF];
    int n;
    while ((n = xread(in, b)) > 0) {
        for (int i = 0; i < n; i++)
            if (b[i] >= 'a' && b[i] <= 'z')
                b[i] -= 32;
        if (xwrite(out, b, n) < 0)
            break;
    }
    if (n)
        perror("child");
    return n ? 1 : 0;
}

int main(void)
{
    int p[2], q[2], n = 0, m, open = 1;
    char b[PIPE_BUF], c[PIPE_BUF];
    const char *trouble = NULL;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(p) || pipe(q)) {
        perror("pipe");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (!pid) {
        close(p[1]);
        close(q[0]);
        _exit(child(p[0], q[1]));
    }
    close(p[0]);
    close(q[1]);
    while (!trouble) {
        struct pollfd set[2];
        memset(set, 0, sizeof set);
        set[0].fd = q[0];
        set[0].events = POLLIN;
        set[1].fd = n ? p[1] : open ? 0 : -1;
        set[1].events = n ? POLLOUT : POLLIN;
        if (poll(set, 2, -1) < 0) {
            if (errno != EINTR)
                trouble = "poll";
            continue;
        }
        if (set[0].revents) {
            m = xread(q[0], c);
            if (m == 0)
                break;
            if (m < 0 || xwrite(1, c, m) < 0) {
                trouble = "answer";
                break;
            }
        }
        if (set[1].revents && n) {
            if (xwrite(p[1], b, n) < 0)
                trouble = "question";
            n = 0;
        } else if (set[1].revents) {
            n = xread(0, b);
            if (n < 0)
                trouble = "stdin";
            if (n == 0) {
                close(p[1]);
                open = 0;
            }
        }
    }
    if (trouble)
        perror(trouble);
    if (open)
        close(p[1]);
    close(q[0]);
    int status = status_of(pid);
    if (status)
        fprintf(stderr, "child: %d\n", status);
    return trouble || status;
}
