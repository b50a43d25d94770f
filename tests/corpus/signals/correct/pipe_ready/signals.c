/* signals.c - uses a pipe for the start signal and signals for the rest */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t sig_seen;  /* one is enough: while a handler runs, no other signal gets in,
                                           and after it everything is blocked again */

static void remember(int sig) { sig_seen = sig; }

static bool handle(int sig, const sigset_t *block)
{
    struct sigaction sa;
    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = remember;
    sa.sa_mask = *block;
    return sigaction(sig, &sa, NULL) == 0;
}

/* -1: failed */
static int pause_safely(const sigset_t *let_in)
{
    sig_seen = 0;
    do
        sigsuspend(let_in);
    while (errno == EINTR && !sig_seen);
    return sig_seen ? sig_seen : -1;
}

static int child_process(int ready, pid_t parent)
{
    sigset_t block, let_in;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigaddset(&block, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &block, &let_in) == -1 || !handle(SIGUSR1, &block) || !handle(SIGTERM, &block)) {
        perror("child");
        return 1;
    }
    close(ready);
    for (;;) {
        int sig = pause_safely(&let_in);
        if (sig == SIGTERM)
            return 0;
        if (sig != SIGUSR1 || kill(parent, SIGUSR2) == -1) {
            perror("child");
            return 1;
        }
    }
}

int main(int argc, char **argv)
{
    int ready[2], sig = 0, status;
    long n, k = 0;
    char c;
    sigset_t block, let_in, pending;

    n = argc == 2 && argv[1][0] != '\0' ? 0 : -1;
    for (int i = 0; n >= 0 && argv[1][i] != '\0'; i++) {
        int digit = argv[1][i] - '0';
        n = digit < 0 || digit > 9 || n > 10000 + (digit == 0 ? 0 : -1) ? -1 : 10 * n + digit;
    }
    if (n < 0) {
        fprintf(stderr, "Usage: signals N   0 <= N <= 100000\n");
        return 2;
    }

    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGUSR2);
    sigaddset(&block, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &block, &let_in) == -1 || !handle(SIGINT, &block) || !handle(SIGUSR2, &block)
        || !handle(SIGCHLD, &block) || pipe(ready) == -1) {
        perror("signals");
        return 1;
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        close(ready[0]);
        _exit(child_process(ready[1], parent));
    }
    close(ready[1]);            /* or there would never be an end of file */

    /* From here on `bad` says what went wrong. SIGINT waits until the child is ready. */
    const char *bad = NULL;
    while (read(ready[0], &c, 1) == -1)
        if (errno != EINTR) {
            bad = "read";
            break;
        }
    while (!bad && k < n && sig != SIGINT) {
        if (kill(child, SIGUSR1) == -1) {
            bad = "kill";
            break;
        }
        sig = pause_safely(&let_in);
        if (sig == SIGUSR2)
            k++;
        else if (sig != SIGINT)
            bad = sig == SIGCHLD ? "child died" : "sigsuspend";
    }
    if (!bad && sigpending(&pending) == -1)
        bad = "sigpending";
    if (!bad && sigismember(&pending, SIGINT))
        sig = SIGINT;
    if (!bad && kill(child, SIGTERM) == -1)
        bad = "kill";
    if (bad)
        kill(child, SIGKILL);
    if (waitpid(child, &status, 0) == -1) {
        bad = "waitpid";
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    } else if (!bad && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        bad = "child died";
    if (bad) {
        fprintf(stderr, "signals: %s\n", bad);
        return 1;
    }
    if (printf("%s %ld\n", sig == SIGINT ? "interrupted" : "rounds", k) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return sig == SIGINT;
}
