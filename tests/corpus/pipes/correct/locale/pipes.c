/* Lockstep: a block of at most what a pipe holds is sent, then all of it is read back. */
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, SMALL = 1000 };

static char block[CHUNK];
int to_child[2], from_child[2];
pid_t child = -1;

static void die(const char *what)
{
    perror(what);
    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    exit(EXIT_FAILURE);
}

static ssize_t xread(int fd, void *p, size_t n)
{
    ssize_t r;
    do
        r = read(fd, p, n);
    while (r < 0 && errno == EINTR);
    return r;
}

static int xwrite(int fd, const void *p, size_t n)
{
    const char *s = p;
    size_t done = 0;
    while (done < n) {
        ssize_t w = write(fd, s + done, n - done);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return -1;
        done += w;
    }
    return 0;
}

static void be_child(void)
{
    signed char b[SMALL];
    ssize_t n;

    close(to_child[1]);
    close(from_child[0]);
    while ((n = xread(to_child[0], b, sizeof b)) > 0) {
        signed char *p;
        for (p = b; p < b + n; ++p)
            *p = toupper(*p);
        if (xwrite(from_child[1], b, n) != 0)
            n = -1;
        if (n < 0)
            break;
    }
    if (n < 0) {
        perror("child");
        _exit(1);
    }
    _exit(0);
}

int main(void)
{
    ssize_t n;
    int st;

    setlocale(LC_ALL, "");

    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        die("signal");
    if (pipe(to_child) || pipe(from_child))
        die("pipe");
    child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        be_child();
    close(to_child[0]);
    close(from_child[1]);

    while ((n = xread(STDIN_FILENO, block, CHUNK)) != 0) {
        ssize_t got = 0;
        if (n < 0)
            die("stdin");
        if (xwrite(to_child[1], block, n))
            die("write to child");
        while (got < n) {
            ssize_t k = xread(from_child[0], block + got, n - got);
            if (k == 0)
                errno = EPIPE;
            if (k <= 0)
                die("read from child");
            got += k;
        }
        if (xwrite(STDOUT_FILENO, block, n))
            die("stdout");
    }
    close(to_child[1]);
    while (waitpid(child, &st, 0) < 0)
        if (errno != EINTR)
            die("waitpid");
    child = -1;
    if (st != 0) {
        fprintf(stderr, "child failed, status %#x\n", st);
        return 1;
    }
    return 0;
}
