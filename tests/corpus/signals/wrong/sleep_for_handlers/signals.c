/* The child installs its handlers itself, so we give it a second for that before the first round. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void nothing(int sig) { (void)sig; }

static void child(pid_t parent)
{
    sigset_t set, old;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, &old) == -1 || signal(SIGUSR1, nothing) == SIG_ERR
        || signal(SIGTERM, nothing) == SIG_ERR) {
        perror("child");
        _exit(1);
    }
    for (;;) {
        do
            sig = sigwaitinfo(&set, NULL);
        while (sig == -1 && errno == EINTR);
        if (sig == SIGTERM)
            _exit(0);
        if (sig == -1 || kill(parent, SIGUSR2) == -1) {
            perror("child");
            _exit(1);
        }
    }
}

static pid_t pid;

static void die(const char *msg)
{
    perror(msg);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    exit(1);
}

int main(int argc, char **argv)
{
    sigset_t set;
    int n, i, sig = 0, status;

    if (argc != 2 || strlen(argv[1]) < 1 || strlen(argv[1]) != strspn(argv[1], "0123456789")
        || strtoul(argv[1], NULL, 10) > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }
    n = atoi(argv[1]);

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    pid_t parent = getpid();
    if ((pid = fork()) == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        child(parent);

    sleep(1);

    for (i = 0; i < n; i++) {
        if (kill(pid, SIGUSR1) == -1)
            die("kill");
        do
            sig = sigwaitinfo(&set, NULL);
        while (sig == -1 && errno == EINTR);
        if (sig == SIGINT)
            break;
        if (sig == SIGCHLD)
            die("child died");
        if (sig == -1)
            die("sigwaitinfo");
    }
    if (kill(pid, SIGTERM) == -1)
        die("kill");
    if (waitpid(pid, &status, 0) == -1)
        die("waitpid");
    if (status != 0) {
        fprintf(stderr, "child died\n");
        return 1;
    }
    printf(sig == SIGINT ? "interrupted %d\n" : "rounds %d\n", i);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return sig == SIGINT;
}
