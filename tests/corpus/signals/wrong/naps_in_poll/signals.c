#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 100000

static volatile sig_atomic_t usr2_count, sigint_seen, sigchld_seen;
static volatile sig_atomic_t usr1_seen, sigterm_seen;

static void h_usr2(int s) { (void)s; usr2_count++; }
static void h_int(int s)  { (void)s; sigint_seen = 1; }
static void h_chld(int s) { (void)s; sigchld_seen = 1; }
static void h_usr1(int s) { (void)s; usr1_seen = 1; }
static void h_term(int s) { (void)s; sigterm_seen = 1; }

static int handle(int sig, void (*fn)(int))
{
    struct sigaction sa = { .sa_handler = fn };
    sigemptyset(&sa.sa_mask);
    sa.sa_flags = SA_RESTART;
    if (sigaction(sig, &sa, NULL) == 0)
        return 0;
    perror("sigaction");
    return -1;
}

static void child(pid_t ppid, const sigset_t *open)
{
    if (handle(SIGUSR1, h_usr1) || handle(SIGTERM, h_term))
        _exit(1);
    /* ready: counts as answer number 0 */
    if (kill(ppid, SIGUSR2) == -1) {
        perror("child: kill");
        _exit(1);
    }
    while (!sigterm_seen) {
        if (usr1_seen) {
            usr1_seen = 0;
            if (kill(ppid, SIGUSR2) == -1) {
                perror("child: kill");
                _exit(1);
            }
            continue;
        }
        sigsuspend(open);
    }
    _exit(0);
}

int main(int argc, char *argv[])
{
    sigset_t blk, open;
    long n;
    char *q;
    int status, bad = 0, tries;

    if (argc != 2 || argv[1][0] == 0)
        goto usage;
    for (q = argv[1]; *q; q++)
        if (!strchr("0123456789", *q))
            goto usage;
    n = strtol(argv[1], NULL, 10);
    if (n > MAX)
        goto usage;

    sigemptyset(&blk);
    sigaddset(&blk, SIGUSR1);
    sigaddset(&blk, SIGTERM);
    sigaddset(&blk, SIGINT);
    sigaddset(&blk, SIGUSR2);
    if (sigprocmask(SIG_BLOCK, &blk, &open) == -1) {
        perror("sigprocmask");
        return 1;
    }
    if (handle(SIGUSR2, h_usr2) || handle(SIGINT, h_int) || handle(SIGCHLD, h_chld))
        return 1;

    pid_t me = getpid(), pid;
    pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        child(me, &open);

    /* round 0 is the child's "ready" */
    long want = 1;
    if (sigprocmask(SIG_SETMASK, &open, NULL) == -1) {
        perror("sigprocmask");
        bad = 1;
    }
    for (;;) {
        while (usr2_count < want && !sigint_seen && !sigchld_seen)
            if (poll(NULL, 0, 1000) == -1 && errno != EINTR) {
                perror("poll");
                bad = 1;
                break;
            }
        if (sigchld_seen) {
            fprintf(stderr, "signals: child died\n");
            bad = 1;
        }
        if (bad || sigint_seen || want > n)
            break;
        if (kill(pid, SIGUSR1) == -1) {
            perror("kill");
            bad = 1;
            break;
        }
        want++;
    }

    tries = 0;
    while (kill(pid, SIGTERM) == -1 && tries++ < 5)
        perror("kill");
    tries = 0;
    while (waitpid(pid, &status, 0) == -1) {
        if (errno == EINTR)
            continue;
        perror("waitpid");
        if (tries++ > 5)
            return 1;
    }
    if (status != 0) {
        fprintf(stderr, "signals: child ended with %d\n", status);
        bad = 1;
    }
    if (bad)
        return 1;
    printf("%s %d\n", sigint_seen ? "interrupted" : "rounds", usr2_count ? (int)usr2_count - 1 : 0);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return sigint_seen ? 1 : 0;

usage:
    fprintf(stderr, "usage: %s N\n\tN is a number from 0 to %d\n", argv[0], MAX);
    return 2;
}
