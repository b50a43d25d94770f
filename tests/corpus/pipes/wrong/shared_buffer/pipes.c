#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* zero copy: the text lies in shared memory, and through the pipes go only the lengths of it */

#define ROOM 65536

static char *text;

static int get_length(int fd, int *length)
{
    char *p = (char *)length;
    size_t have = 0;
    while (have < sizeof *length) {
        ssize_t n = read(fd, p + have, sizeof *length - have);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0)
            have += n;
    }
    return 1;
}

static int put(int fd, const void *from, size_t n)
{
    const char *p = from;
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno != EINTR)
            return -1;
        if (k > 0)
            p += k, n -= k;
    }
    return 0;
}

static int child(int in, int out)
{
    int length, r;
    while ((r = get_length(in, &length)) > 0) {
        for (char *p = text; p < text + length; p++)
            if (*p >= 'a' && *p <= 'z')
                *p -= 32;
        if (put(out, &length, sizeof length) < 0) {
            r = -1;
            break;
        }
    }
    if (r < 0)
        perror("child");
    return r < 0;
}

int main(void)
{
    int p[2], q[2], status, length, bad = 0;

    signal(SIGPIPE, SIG_IGN);
    text = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    if (pipe(p) < 0 || pipe(q) < 0) {
        perror("pipe");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(p[1]);
        close(q[0]);
        _exit(child(p[0], q[1]));
    }
    close(p[0]);
    close(q[1]);
    for (;;) {
        ssize_t n = read(0, text, ROOM);
        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        length = (int)n;
        if (n < 0 || put(p[1], &length, sizeof length) < 0 || get_length(q[0], &length) != 1
            || put(1, text, length) < 0) {
            perror("parent");
            bad = 1;
            break;
        }
    }
    close(p[1]);
    close(q[0]);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    if (status)
        fprintf(stderr, "child: status %d\n", status);
    return bad || status;
}
