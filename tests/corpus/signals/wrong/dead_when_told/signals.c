#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int parse_rounds(const char *s)
{
    long n = 0;
    if (*s == '\0')
        return -1;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        n = n * 10 + (*s - '0');
        if (n > 100000)
            return -1;
    }
    return (int)n;
}

/* next signal out of the set, whatever interrupts us */
static int next_signal(const sigset_t *set)
{
    int sig;
    do
        sig = sigwaitinfo(set, NULL);
    while (sig == -1 && errno == EINTR);
    return sig;
}

static int child_main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    pid_t parent = getppid();
    for (;;) {
        switch (next_signal(&set)) {
        case SIGUSR1:
            if (kill(parent, SIGUSR2) == -1) {
                perror("child: kill");
                return 1;
            }
            break;
        case SIGTERM:
            return 0;
        default:
            perror("child: sigwaitinfo");
            return 1;
        }
    }
}

static int reap(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) == -1) {
        if (errno != EINTR) {
            perror("waitpid");
            return -1;
        }
    }
    return 0;
}

static int give_up(pid_t child, const char *what)
{
    perror(what);
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR) {}
    return 1;
}

int main(int argc, char **argv)
{
    int n;
    if (argc != 2 || (n = parse_rounds(argv[1])) < 0) {
        fprintf(stderr, "usage: %s N\n", argc > 0 ? argv[0] : "signals");
        return 2;
    }

    sigset_t all, wanted;
    sigemptyset(&all);
    sigaddset(&all, SIGUSR1);
    sigaddset(&all, SIGUSR2);
    sigaddset(&all, SIGTERM);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    wanted = all;
    sigdelset(&wanted, SIGUSR1);
    sigdelset(&wanted, SIGTERM);

    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        _exit(child_main());

    bool interrupted = false;
    int done = 0;
    while (done < n && !interrupted) {
        if (kill(child, SIGUSR1) == -1)
            return give_up(child, "kill(SIGUSR1)");
        switch (next_signal(&wanted)) {
        case SIGUSR2:
            done++;
            break;
        case SIGINT:
            interrupted = true;
            break;
        case SIGCHLD:
            fprintf(stderr, "the child has died\n");
            return give_up(child, "SIGCHLD");
        default:
            return give_up(child, "sigwaitinfo");
        }
    }
    if (kill(child, SIGTERM) == -1)
        return give_up(child, "kill(SIGTERM)");
    if (reap(child) == -1)
        return 1;
    printf(interrupted ? "interrupted %d\n" : "rounds %d\n", done);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return interrupted;
}
