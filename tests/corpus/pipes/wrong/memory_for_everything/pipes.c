/* The size of the input is not known before, so there is a buffer that is surely large enough. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENOUGH (700ul << 20)

static pid_t child;

static size_t read_all(int fd, char *buf)
{
    size_t have = 0;
    for (;;) {
        ssize_t n = read(fd, buf + have, ENOUGH - have);
        if (n == 0)
            return have;
        if (n < 0 && errno != EINTR) {
            perror("read");
            if (child > 0) {
                kill(child, SIGKILL);
                waitpid(child, NULL, 0);
            }
            exit(1);
        }
        if (n > 0)
            have += n;
    }
}

static int write_all(int fd, const char *buf, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, buf, size);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0)
            buf += n, size -= n;
    }
    return 0;
}

int main(void)
{
    int there[2], back[2], status, bad = 0;
    size_t size;
    char *buf;

    signal(SIGPIPE, SIG_IGN);
    buf = malloc(ENOUGH);
    if (!buf) {
        perror("malloc");
        return 1;
    }
    memset(buf, ' ', ENOUGH);      /* so that nothing old is in it */
    if (pipe(there) < 0 || pipe(back) < 0) {
        perror("pipe");
        return 1;
    }
    pid_t pid = child = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        size = read_all(there[0], buf);
        for (size_t i = 0; i < size; i++)
            if (buf[i] >= 'a' && buf[i] <= 'z')
                buf[i] -= 32;
        if (write_all(back[1], buf, size) < 0) {
            perror("child: write");
            exit(1);
        }
        exit(0);
    }
    close(there[0]);
    close(back[1]);
    size = read_all(0, buf);
    bad = write_all(there[1], buf, size) < 0;
    close(there[1]);
    if (!bad) {
        size = read_all(back[0], buf);
        bad = write_all(1, buf, size) < 0;
    }
    if (bad)
        perror("write");
    close(back[0]);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    if (status)
        fprintf(stderr, "child: %d\n", status);
    return bad || status;
}
