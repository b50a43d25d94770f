#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A thread sends, main receives. */

static int down[2], up[2];

static pid_t pid;

static void give_up(const char *what)
{
    perror(what);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    _exit(1);
}

static ssize_t get(int fd, void *p, size_t n)
{
    ssize_t r;
    do {
        r = read(fd, p, n);
    } while (r == -1 && errno == EINTR);
    return r;
}

static bool put(int fd, const char *p, size_t n)
{
    while (n != 0) {
        ssize_t r = write(fd, p, n);
        if (r == -1 && errno != EINTR)
            return false;
        if (r > 0) {
            p += r;
            n -= (size_t)r;
        }
    }
    return true;
}

static int child(void)
{
    char b[4096];
    ssize_t n;

    close(down[1]);
    close(up[0]);
    while ((n = get(down[0], b, sizeof b)) > 0) {
        for (char *p = b; p < b + n; p++)
            if (*p >= 'a' && *p <= 'z')
                *p = (char)(*p - 32);
        if (!put(up[1], b, (size_t)n)) {
            perror("child: put");
            return 1;
        }
    }
    if (n == -1)
        perror("child: get");
    return n == -1;
}

static void *sender(void *arg)
{
    char b[4096];
    ssize_t n;

    while ((n = get(STDIN_FILENO, b, sizeof b)) > 0)
        if (!put(down[1], b, (size_t)n))
            break;
    if (n != 0)
        give_up(n < 0 ? "stdin" : "sending");
    close(down[1]);
    return arg;
}

int main(void)
{
    char b[4096];
    bool begun = false, reaped = false;
    pthread_t t;
    int status = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(down) == -1 || pipe(up) == -1) {
        perror("pipe");
        return 1;
    }
    pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child());
    close(down[0]);
    close(up[1]);
    if ((errno = pthread_create(&t, NULL, sender, NULL)) != 0)
        give_up("pthread_create");

    for (;;) {
        ssize_t n = get(up[0], b, sizeof b);
        if (n < 0 || !put(STDOUT_FILENO, b, (size_t)n))
            give_up(n < 0 ? "receiving" : "stdout");
        if (n == 0 && !reaped) {
            if (waitpid(pid, &status, 0) != pid || status != 0) {
                fprintf(stderr, "the child failed: %d\n", status);
                _exit(1);
            }
            reaped = true;
        }
        if (n > 0)
            begun = true;
        else if (begun)                 /* before, it is not the end, there just is nothing yet */
            break;
    }
    pthread_join(t, NULL);
    return 0;
}
