#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t answers, stop, died, requests, bye;

static void count(int sig)
{
    switch (sig) {
    case SIGUSR1: requests++; break;
    case SIGUSR2: answers++; break;
    case SIGTERM: bye = 1; break;
    case SIGINT:  stop = 1; break;
    case SIGCHLD: died = 1; break;
    }
}

static const int signals[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD };

static void die(const char *what, pid_t child)
{
    fprintf(stderr, "signals: %s: %s\n", what, strerror(errno));
    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
            ;
    }
    exit(EXIT_FAILURE);
}

static int run_child(pid_t parent, const sigset_t *open)
{
    int answered = 0;
    while (!bye) {
        if (answered == requests) {
            sigsuspend(open);
            if (errno != EINTR)
                return 1;
            continue;
        }
        answered++;
        if (kill(parent, SIGUSR2) == -1) {
            perror("child: kill");
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    sigset_t block, open;
    int n = 0, status;
    const char *p = argc == 2 ? argv[1] : "";

    if (*p == '\0')
        n = -1;
    while (n >= 0 && *p != '\0') {
        n = *p >= '0' && *p <= '9' ? 10 * n + (*p - '0') : -1;
        if (n > 100000)
            n = -1;
        p++;
    }
    if (n < 0) {
        fprintf(stderr, "usage: signals N (0 <= N <= 100000)\n");
        return 2;
    }

    /* Signals come in in sigsuspend only */
    sigemptyset(&block);
    for (int i = 0; i < 5; i++)
        sigaddset(&block, signals[i]);
    if (sigprocmask(SIG_BLOCK, &block, &open) == -1)
        die("sigprocmask", 0);
    for (int i = 0; i < 5; i++) {
        struct sigaction sa = { .sa_handler = count };
        sigemptyset(&sa.sa_mask);
        sigdelset(&open, signals[i]);
        if (sigaction(signals[i], &sa, NULL) == -1)
            die("sigaction", 0);
    }

    pid_t parent = getpid();
    pid_t child = fork();
    if (child == -1)
        die("fork", 0);
    if (child == 0)
        _exit(run_child(parent, &open));

    while (answers < n) {
        int before = answers;
        if (kill(child, SIGUSR1) == -1)
            die("kill", child);
        while (answers == before && !stop && !died) {
            sigsuspend(&open);
            if (errno != EINTR)
                die("sigsuspend", child);
        }
        if (stop)
            break;
        if (answers == before)
            die("child died", child);
    }

    if (kill(child, SIGTERM) == -1)
        die("kill", child);
    while (waitpid(child, &status, 0) == -1)
        if (errno != EINTR)
            die("waitpid", child);
    if (status != 0) {
        fprintf(stderr, "signals: the child died\n");
        return 1;
    }
    /* if all rounds are done, there was nothing left to interrupt */
    int all = answers == n;
    printf("%s %d\n", all ? "rounds" : "interrupted", (int)answers);
    if (fflush(stdout) == EOF)
        die("stdout", 0);
    return all ? 0 : 1;
}
