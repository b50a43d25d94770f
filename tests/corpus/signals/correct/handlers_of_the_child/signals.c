/* The parent takes its signals with sigwaitinfo. The handlers are the child's; nobody sends SIGUSR1 or SIGTERM to the parent. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static pid_t parent;
static void ask(int s) { int e = errno; (void)s; if (kill(parent, SIGUSR2) < 0) _exit(1); errno = e; }
static void term(int s) { (void)s; _exit(0); }
int main(int argc, char **argv) {
    long n = 0, k = 0;
    if (argc != 2 || !argv[1][0]) goto usage;
    for (char *c = argv[1]; *c; c++) {
        if (*c < '0' || *c > '9') goto usage;
        if ((n = n * 10 + *c - '0') > 100000) goto usage;
    }
    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR2); sigaddset(&mine, SIGINT); sigaddset(&mine, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &mine, NULL) < 0) { perror("sigprocmask"); return 1; }
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sigfillset(&sa.sa_mask);
    sa.sa_handler = ask;
    if (sigaction(SIGUSR1, &sa, NULL) < 0) { perror("sigaction"); return 1; }
    sa.sa_handler = term;
    if (sigaction(SIGTERM, &sa, NULL) < 0) { perror("sigaction"); return 1; }
    parent = getpid();
    pid_t pid = fork();
    if (pid < 0) { perror("fork"); return 1; }
    if (pid == 0) for (;;) pause();
    int st, intr = 0, bad = 0;
    while (k < n && !intr && !bad) {
        if (kill(pid, SIGUSR1) < 0) { perror("kill"); bad = 1; break; }
        int s = sigwaitinfo(&mine, NULL);
        if (s == SIGUSR2) k++;
        else if (s == SIGINT) intr = 1;
        else { if (s < 0) perror("sigwaitinfo"); else fprintf(stderr, "the child died\n"); bad = 1; }
    }
    if (kill(pid, SIGTERM) < 0) { perror("kill"); bad = 1; kill(pid, SIGKILL); }
    if (waitpid(pid, &st, 0) < 0) { perror("waitpid"); waitpid(pid, &st, 0); return 1; }
    if (!WIFEXITED(st) || WEXITSTATUS(st)) { fprintf(stderr, "the child ended badly\n"); return 1; }
    if (bad) return 1;
    printf("%s %ld\n", intr ? "interrupted" : "rounds", k);
    if (fflush(stdout)) { perror("stdout"); return 1; }
    return intr;
usage:
    fprintf(stderr, "usage: signals N\n");
    return 2;
}
