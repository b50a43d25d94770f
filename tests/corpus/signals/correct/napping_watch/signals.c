#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *me = "parent";

/* Sleeps until one of the set comes. The two seconds are for the impatient user, nothing hangs on them. */
static int await(const sigset_t *set)
{
    const struct timespec two = { 2, 0 };
    int s;
    while ((s = sigtimedwait(set, NULL, &two)) == -1) {
        if (errno == EAGAIN)
            fprintf(stderr, "%s: still waiting\n", me);
        else if (errno != EINTR) {
            perror("sigtimedwait");
            return -1;
        }
    }
    return s;
}

static sigset_t set_of(int first, ...)
{
    va_list ap;
    sigset_t s;
    sigemptyset(&s);
    va_start(ap, first);
    for (int sig = first; sig != 0; sig = va_arg(ap, int))
        sigaddset(&s, sig);
    va_end(ap);
    return s;
}

static int run_child(pid_t boss)
{
    sigset_t set = set_of(SIGUSR1, SIGTERM, 0);
    int s;
    me = "child";
    while ((s = await(&set)) == SIGUSR1)
        if (kill(boss, SIGUSR2) == -1) {
            perror("child: kill");
            return 1;
        }
    return s == SIGTERM ? 0 : 1;
}

/* 0 all played, 1 interrupted, -1 trouble */
static int play(pid_t child, int n, int *k)
{
    sigset_t set = set_of(SIGINT, SIGUSR2, SIGCHLD, 0);
    const struct timespec now = { 0, 0 };
    int s;
    for (*k = 0; *k < n; ++*k) {
        if (kill(child, SIGUSR1) == -1) {
            perror("kill");
            return -1;
        }
        if ((s = await(&set)) == SIGINT)
            return 1;
        if (s == SIGCHLD)
            fprintf(stderr, "signals: the child has died\n");
        if (s != SIGUSR2)
            return -1;
    }
    set = set_of(SIGINT, 0);
    return sigtimedwait(&set, NULL, &now) == SIGINT;
}

int main(int argc, char **argv)
{
    int k, how, status;
    char *rest = NULL;
    long n = argc == 2 && argv[1][0] >= '0' && argv[1][0] <= '9' ? strtol(argv[1], &rest, 10) : -1;
    if (n < 0 || *rest != '\0' || n > 100000) {
        fputs("usage: signals N\n", stderr);
        return 2;
    }
    sigset_t all = set_of(SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, 0);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    pid_t boss = getpid(), child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        _exit(run_child(boss));

    how = play(child, n, &k);
    if (how >= 0 && kill(child, SIGTERM) == -1) {
        perror("kill");
        how = -1;
    }
    if (how < 0)
        kill(child, SIGKILL);
    for (int tries = 0; waitpid(child, &status, 0) == -1; tries++) {
        perror("waitpid");
        how = -1;
        kill(child, SIGKILL);
        if (tries == 3)
            return 1;
    }
    if (how < 0)
        return 1;
    if (status != 0) {
        fprintf(stderr, "signals: the child ended badly: %d\n", status);
        return 1;
    }
    if (printf("%s %d\n", how == 1 ? "interrupted" : "rounds", k) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return how;
}
