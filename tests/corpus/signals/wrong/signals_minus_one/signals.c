#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t usr1, usr2, term, intr, chld;

static void handler(int sig)
{
    switch (sig) {
    case SIGUSR1: usr1 = 1; break;
    case SIGUSR2: usr2 = 1; break;
    case SIGTERM: term = 1; break;
    case SIGINT: intr = 1; break;
    case SIGCHLD: chld = 1; break;
    }
}

static int parse(const char *s)
{
    long v = 0;
    if (!*s) return -1;
    for (; *s; s++) {
        if (!isdigit((unsigned char)*s)) return -1;
        v = v * 10 + (*s - '0');
        if (v > 100000) return -1;
    }
    return (int)v;
}

static int child(pid_t parent, const sigset_t *waitmask)
{
    for (;;) {
        while (!usr1 && !term)
            sigsuspend(waitmask);
        if (term)
            return 0;
        usr1 = 0;
        if (kill(parent, SIGUSR2) < 0) {
            perror("child: kill");
            return 1;
        }
    }
}

int main(int argc, char **argv)
{
    int n, rounds = 0, failed = 0, status;
    if (argc != 2 || (n = parse(argv[1])) < 0) {
        fprintf(stderr, "usage: %s N   (0 <= N <= 100000)\n", argv[0]);
        return 2;
    }
    static const int sigs[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD};
    sigset_t block, waitmask;
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = handler;
    sigemptyset(&sa.sa_mask);
    sigemptyset(&block);
    for (int i = 0; i < 5; i++)
        sigaddset(&block, sigs[i]);
    if (sigprocmask(SIG_BLOCK, &block, &waitmask) < 0) {
        perror("sigprocmask");
        return 1;
    }
    for (int i = 0; i < 5; i++) {
        sigdelset(&waitmask, sigs[i]);
        if (sigaction(sigs[i], &sa, NULL) < 0) {
            perror("sigaction");
            return 1;
        }
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        _exit(child(parent, &waitmask));

    while (rounds < n && !intr) {
        usr2 = 0;
        if (kill(pid, SIGUSR1) < 0) {
            perror("kill");
            failed = 1;
            break;
        }
        while (!usr2 && !intr && !chld)
            sigsuspend(&waitmask);
        if (usr2)
            rounds++;
        if (chld) {
            fprintf(stderr, "child ended early\n");
            failed = 1;
            break;
        }
    }
    if (kill(pid, SIGTERM) < 0) {
        perror("kill");
        failed = 1;
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            perror("waitpid");
            failed = 1;
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            break;
        }
    }
    if (!failed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        fprintf(stderr, "child ended badly\n");
        failed = 1;
    }
    if (failed)
        return 1;
    if (intr) {
        printf("interrupted %d\n", rounds);
        if (fflush(stdout) == EOF) { perror("stdout"); return 1; }
        return 1;
    }
    printf("rounds %d\n", n);
    if (fflush(stdout) == EOF) { perror("stdout"); return 1; }
    return 0;
}
