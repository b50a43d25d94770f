/* Uebung "Pipes": ein Thread schickt, main liest. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int tochild[2], fromchild[2];
static pid_t pid;

static void quit(const char *msg)
{
    fprintf(stderr, "%s: %s\n", msg, strerror(errno));
    if (pid > 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    _exit(1);
}

/* moves one block; 0 at the end, -1 if the reading or -2 if the writing failed */
static int move(int from, int to, int convert)
{
    char buf[4096];
    ssize_t n, k, i;

    do {
        n = read(from, buf, sizeof buf);
    } while (n < 0 && errno == EINTR);
    if (n <= 0)
        return (int)n;
    for (i = 0; convert && i < n; i++)
        if ('a' <= buf[i] && buf[i] <= 'z')
            buf[i] = (char)(buf[i] - 'a' + 'A');
    for (i = 0; i < n; i += k) {
        k = write(to, buf + i, (size_t)(n - i));
        if (k < 0 && errno != EINTR)
            return -2;
        if (k < 0)
            k = 0;
    }
    return 1;
}

static void *feed(void *arg)
{
    int r;
    while ((r = move(0, tochild[1], 0)) > 0)
        ;
    if (r < 0)
        quit(r == -1 ? "stdin" : "to child");
    close(tochild[1]);
    return arg;
}

int main(void)
{
    pthread_t feeder;
    int r, status;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(tochild) < 0 || pipe(fromchild) < 0)
        quit("pipe");
    if ((pid = fork()) < 0)
        quit("fork");
    if (pid == 0) {
        close(tochild[1]);
        close(fromchild[0]);
        while ((r = move(tochild[0], fromchild[1], 1)) > 0)
            ;
        if (r < 0)
            perror("child");
        _exit(r < 0);
    }
    /* start the thread first, it can read stdin while we tidy up */
    errno = pthread_create(&feeder, NULL, feed, NULL);
    if (errno)
        quit("pthread_create");
    close(tochild[0]);
    close(fromchild[1]);

    while ((r = move(fromchild[0], 1, 0)) > 0)
        ;
    if (r < 0)
        quit(r == -1 ? "from child" : "stdout");
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            quit("waitpid");
    if (status) {
        fprintf(stderr, "child ended with status %d\n", status);
        _exit(1);
    }
    pthread_join(feeder, NULL);
    return 0;
}
