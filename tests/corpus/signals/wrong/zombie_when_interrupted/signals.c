#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static int next(const sigset_t *set)
{
    int sig;
    do {
        sig = sigwaitinfo(set, NULL);
    } while (sig == -1 && errno == EINTR);
    return sig;
}

static void child_main(pid_t parent, const sigset_t *set)
{
    int sig;
    while ((sig = next(set)) == SIGUSR1) {
        if (kill(parent, SIGUSR2) == -1) {
            perror("kill");
            _exit(1);
        }
    }
    _exit(sig == SIGTERM ? 0 : 1);
}

static void bail_out(const char *msg)
{
    perror(msg);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    exit(1);
}

static void report(const char *word, int k)
{
    if (printf("%s %d\n", word, k) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    char *end;
    long n;
    if (argc != 2 || argv[1][0] < '0' || argv[1][0] > '9' || (n = strtol(argv[1], &end, 10)) > 100000 || *end) {
        fprintf(stderr, "usage: signals N\n");
        exit(2);
    }

    sigset_t both, child_set, parent_set;
    sigemptyset(&child_set);
    sigaddset(&child_set, SIGUSR1);
    sigaddset(&child_set, SIGTERM);
    sigemptyset(&parent_set);
    sigaddset(&parent_set, SIGUSR2);
    sigaddset(&parent_set, SIGINT);
    sigaddset(&parent_set, SIGCHLD);
    sigfillset(&both);
    if (sigprocmask(SIG_SETMASK, &both, NULL) == -1) {
        perror("sigprocmask");
        exit(1);
    }

    pid_t parent = getpid();
    child = fork();
    if (child == -1) {
        perror("fork");
        exit(1);
    }
    if (child == 0)
        child_main(parent, &child_set);

    for (int round = 0; round < n; round++) {
        if (kill(child, SIGUSR1) == -1)
            bail_out("kill");
        switch (next(&parent_set)) {
        case SIGUSR2:
            break;
        case SIGINT:
            /* stop the child and get out of here */
            if (kill(child, SIGTERM) == -1)
                bail_out("kill");
            report("interrupted", round);
            exit(1);
        case SIGCHLD:
            bail_out("child died");
            break;
        default:
            bail_out("sigwaitinfo");
        }
    }

    int status;
    if (kill(child, SIGTERM) == -1)
        bail_out("kill");
    if (waitpid(child, &status, 0) == -1)
        bail_out("waitpid");
    if (status != 0) {
        fprintf(stderr, "child died\n");
        exit(1);
    }
    report("rounds", n);
    exit(0);
}
