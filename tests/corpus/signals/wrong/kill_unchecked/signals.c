#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t usr2, intr, chld;

static void on_usr2(int s) { (void)s; usr2 = 1; }
static void on_intr(int s) { (void)s; intr = 1; }
static void on_chld(int s) { (void)s; chld = 1; }

static void error(const char *s)
{
    perror(s);
    exit(EXIT_FAILURE);
}

static void on(int sig, void (*f)(int))
{
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = f;
    sigemptyset(&sa.sa_mask);
    if (sigaction(sig, &sa, NULL) == -1)
        error("sigaction");
}

static void be_child(pid_t parent)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    while (1) {
        if (sigwait(&set, &sig) != 0) {
            fprintf(stderr, "child: sigwait failed\n");
            _exit(1);
        }
        if (sig == SIGTERM)
            _exit(0);
        if (kill(parent, SIGUSR2) == -1) {
            perror("child: kill");
            _exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    int n, i = 0, status = 0;
    sigset_t block, wait_mask;

    if (argc != 2 || strlen(argv[1]) == 0 || strspn(argv[1], "0123456789") != strlen(argv[1])
        || strtol(argv[1], NULL, 10) > 100000) {
        fprintf(stderr, "usage: signals N\n");
        exit(2);
    }
    n = strtol(argv[1], NULL, 10);

    sigfillset(&block);
    if (sigprocmask(SIG_SETMASK, &block, &wait_mask) == -1)
        error("sigprocmask");
    on(SIGUSR2, on_usr2);
    on(SIGINT, on_intr);
    on(SIGCHLD, on_chld);
    sigaddset(&wait_mask, SIGUSR1);
    sigaddset(&wait_mask, SIGTERM);
    sigdelset(&wait_mask, SIGUSR2);
    sigdelset(&wait_mask, SIGINT);
    sigdelset(&wait_mask, SIGCHLD);

    pid_t parent = getpid(), child = fork();
    if (child == -1)
        error("fork");
    if (child == 0)
        be_child(parent);

    while (i < n && !intr && !chld) {
        usr2 = 0;
        kill(child, SIGUSR1);           /* its number is right, so this can't fail */
        while (!usr2 && !intr && !chld)
            sigsuspend(&wait_mask);
        i += usr2;
    }

    if (kill(child, SIGTERM) == -1) {
        perror("kill");
        kill(child, SIGKILL);
    }
    if (waitpid(child, &status, 0) == -1) {
        perror("waitpid");
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        exit(1);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "signals: the child has died\n");
        exit(1);
    }
    printf("%s %d\n", intr ? "interrupted" : "rounds", i);
    if (fflush(stdout) == EOF)
        error("stdout");
    exit(intr ? 1 : 0);
}
