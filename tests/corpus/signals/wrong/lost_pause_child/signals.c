// OS lab 5. parent: sigwaitinfo, child: handlers
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t todo = 0;

static void usr1(int s) { (void)s; todo = 1; }
static void term(int s) { (void)s; _exit(0); }

static int child(pid_t parent, const sigset_t *childs)
{
    struct sigaction a = { .sa_handler = usr1 };
    sigemptyset(&a.sa_mask);
    if (sigaction(SIGUSR1, &a, NULL) < 0) { perror("child: sigaction"); return 1; }
    a.sa_handler = term;
    if (sigaction(SIGTERM, &a, NULL) < 0) { perror("child: sigaction"); return 1; }
    // both handlers are there now, let them come
    if (sigprocmask(SIG_UNBLOCK, childs, NULL) < 0) { perror("child: sigprocmask"); return 1; }
    for (;;) {
        if (!todo)
            pause();
        if (todo) {
            todo = 0;
            if (kill(parent, SIGUSR2) < 0) { perror("child: kill"); return 1; }
        }
    }
}

static int lost(pid_t pid, const char *why)
{
    perror(why);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return 1;
}

int main(int argc, char **argv)
{
    char *end;
    long n = argc == 2 ? strtol(argv[1], &end, 10) : -1;
    if (argc != 2 || argv[1][0] < '0' || argv[1][0] > '9' || *end || n > 100000) {
        fprintf(stderr, "usage: %s N\n", argc ? argv[0] : "signals");
        return 2;
    }
    sigset_t childs, mine;
    sigemptyset(&childs); sigaddset(&childs, SIGUSR1); sigaddset(&childs, SIGTERM);
    sigemptyset(&mine); sigaddset(&mine, SIGINT); sigaddset(&mine, SIGUSR2); sigaddset(&mine, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &childs, NULL) < 0) { perror("sigprocmask"); return 1; }
    if (sigprocmask(SIG_BLOCK, &mine, NULL) < 0) { perror("sigprocmask"); return 1; }

    pid_t parent = getpid(), pid = fork();
    if (pid < 0) { perror("fork"); return 1; }
    if (pid == 0) _exit(child(parent, &childs));

    long done = 0;
    int sig = 0;
    while (done < n) {
        if (kill(pid, SIGUSR1) < 0) return lost(pid, "kill");
        do sig = sigwaitinfo(&mine, NULL); while (sig < 0 && errno == EINTR);
        if (sig == SIGINT) break;
        if (sig == SIGCHLD) { errno = ECHILD; return lost(pid, "child died"); }
        if (sig < 0) return lost(pid, "sigwaitinfo");
        done++;
    }
    if (kill(pid, SIGTERM) < 0) return lost(pid, "kill");
    int st;
    if (waitpid(pid, &st, 0) < 0) return lost(pid, "waitpid");
    if (st != 0) { fprintf(stderr, "child died\n"); return 1; }
    printf(sig == SIGINT ? "interrupted %ld\n" : "rounds %ld\n", done);
    if (fflush(stdout)) { perror("stdout"); return 1; }
    return sig == SIGINT;
}
