#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* One handler for everything: it remembers the signal. */
static volatile sig_atomic_t last;

static void handler(int sig)
{
    last = sig;
}

/* All signals are blocked except in here. */
static int wait_for_signal(const sigset_t *open)
{
    last = 0;
    while (!last)
        if (sigsuspend(open) == -1 && errno != EINTR)
            return -1;
    return last;
}

static int child(pid_t parent, const sigset_t *open)
{
    for (;;) {
        int sig = wait_for_signal(open);
        if (sig == SIGTERM)
            return 0;
        if (sig == -1 || kill(parent, SIGUSR2) == -1) {
            perror("child");
            return 1;
        }
    }
}

static int end(pid_t pid, const char *why)
{
    if (why)
        fprintf(stderr, "signals: %s\n", why);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return 1;
}

int main(int argc, char **argv)
{
    static const int sigs[] = { SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD };
    sigset_t closed, open;
    int n = 0, done = 0, stop = 0, status, i;

    if (argc != 2 || !*argv[1]) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }
    for (char *p = argv[1]; *p; p++) {
        if (*p < '0' || *p > '9' || (n = 10 * n + (*p - '0')) > 100000) {
            fprintf(stderr, "usage: signals N\n");
            return 2;
        }
    }

    sigemptyset(&closed);
    for (i = 0; i < 5; i++)
        sigaddset(&closed, sigs[i]);
    if (sigprocmask(SIG_BLOCK, &closed, &open) == -1) {
        perror("sigprocmask");
        return 1;
    }
    for (i = 0; i < 5; i++) {
        struct sigaction sa;
        memset(&sa, 0, sizeof sa);
        sa.sa_handler = handler;
        sigdelset(&open, sigs[i]);
        if (sigaction(sigs[i], &sa, NULL) == -1) {
            perror("sigaction");
            return 1;
        }
    }

    pid_t parent = getpid(), pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child(parent, &open));

    while (done < n && !stop) {
        if (kill(pid, SIGUSR1) == -1)
            return end(pid, "can't send SIGUSR1");
        switch (wait_for_signal(&open)) {
        case SIGINT:
            stop = 1;
            break;
        case SIGUSR2:
            done++;
            break;
        case SIGCHLD:
            return end(pid, "the child died");
        default:
            return end(pid, "can't wait");
        }
    }
    if (kill(pid, SIGTERM) == -1)
        return end(pid, "can't send SIGTERM");
    if (waitpid(pid, &status, 0) == -1)
        return end(pid, "can't wait for the child");
    if (status != 0) {
        fprintf(stderr, "signals: the child died\n");
        return 1;
    }
    if (printf("%s %d\n", stop ? "interrupted" : "rounds", done) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return stop;
}
