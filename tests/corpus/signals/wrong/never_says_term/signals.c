/* everything blocked, sigwaitinfo takes */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int reap(pid_t child, int *status)
{
    for (int tries = 0; tries < 3; tries++) {
        pid_t r;
        while ((r = waitpid(child, status, 0)) < 0 && errno == EINTR) {}
        if (r == child) return tries ? 1 : 0;
        perror("waitpid");
    }
    return 1;
}

static int take(const sigset_t *set)
{
    int s;
    while ((s = sigwaitinfo(set, NULL)) < 0 && errno == EINTR) {}
    if (s < 0) perror("sigwaitinfo");
    return s;
}

static int play_child(pid_t parent, const sigset_t *set, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++) {
        switch (take(set)) {
        case SIGUSR1:
            if (kill(parent, SIGUSR2) < 0) { perror("child: kill"); return 1; }
            break;
        case SIGTERM: return 0;
        case -1: return 1;
        default: break;
        }
    }
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc != 2 || argv[1][0] == '\0' || strspn(argv[1], "0123456789") != strlen(argv[1])) goto usage;
    errno = 0;
    unsigned long n = strtoul(argv[1], NULL, 10);
    if (errno || n > 100000) {
usage:
        fprintf(stderr, "usage: %s N\n", argv[0] ? argv[0] : "signals");
        return 2;
    }
    sigset_t set, cset;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    cset = set;
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) { perror("sigprocmask"); return 3; }
    sigdelset(&set, SIGUSR1);
    sigdelset(&set, SIGTERM);
    pid_t parent = getpid(), child = fork();
    if (child < 0) { perror("fork"); return 3; }
    if (child == 0) _exit(play_child(parent, &cset, n));

    unsigned long k = 0;
    int interrupted = 0, bad = 0, dead = 0, status;
    while (k < n && !interrupted && !bad) {
        if (kill(child, SIGUSR1) < 0) { perror("kill"); bad = 1; break; }
        for (int answered = 0; !answered && !interrupted && !bad;) {
            switch (take(&set)) {
            case SIGUSR2: answered = 1; k++; break;
            case SIGINT: interrupted = 1; break;
            case SIGCHLD: fprintf(stderr, "the child ended early\n"); bad = dead = 1; break;
            case -1: bad = 1; break;
            }
        }
    }
    if (!interrupted && !bad) {
        sigset_t pend;
        if (sigpending(&pend) < 0) { perror("sigpending"); bad = 1; }
        else if (sigismember(&pend, SIGINT)) interrupted = 1;
    }
    if (!dead && (interrupted || bad) && kill(child, SIGTERM) < 0) { perror("kill"); bad = 1; kill(child, SIGKILL); }
    if (reap(child, &status)) bad = 1;
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) { fprintf(stderr, "the child failed\n"); bad = 1; }
    if (bad) return 3;
    if (printf(interrupted ? "interrupted %lu\n" : "rounds %lu\n", k) < 0 || fflush(stdout) != 0) { perror("stdout"); return 3; }
    return interrupted;
}
