// exercise 5
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t parent;

static void answer(int sig)
{
    int saved = errno;
    (void)sig;
    if (kill(parent, SIGUSR2) == -1)
        _exit(1);
    errno = saved;
}

static void leave(int sig)
{
    (void)sig;
    _exit(0);
}

static int kill_and_wait(pid_t pid, const char *msg)
{
    perror(msg);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return 1;
}

int main(int argc, char **argv)
{
    sigset_t set, mine;
    struct sigaction sa;
    int status;

    if (argc != 2 || strspn(argv[1], "0123456789") != strlen(argv[1]) || argv[1][0] == '\0'
        || strtol(argv[1], NULL, 10) > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }
    long n = strtol(argv[1], NULL, 10);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR2);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 || sigprocmask(SIG_BLOCK, &mine, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = answer;
    if (sigaction(SIGUSR1, &sa, NULL) == -1) {
        perror("sigaction");
        return 1;
    }
    sa.sa_handler = leave;
    if (sigaction(SIGTERM, &sa, NULL) == -1) {
        perror("sigaction");
        return 1;
    }

    parent = getpid();
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        if (sigprocmask(SIG_UNBLOCK, &set, NULL) == -1)
            _exit(1);
        for (;;)
            pause();
    }

    long round = 0;         // the round that we are in
    int sig = SIGUSR2;
    while (round < n) {
        round++;
        if (kill(pid, SIGUSR1) == -1)
            return kill_and_wait(pid, "kill");
        do
            sig = sigwaitinfo(&mine, NULL);
        while (sig == -1 && errno == EINTR);
        if (sig == SIGINT)
            break;
        if (sig != SIGUSR2)
            return kill_and_wait(pid, sig == SIGCHLD ? "child died" : "sigwaitinfo");
    }
    if (kill(pid, SIGTERM) == -1)
        return kill_and_wait(pid, "kill");
    if (waitpid(pid, &status, 0) == -1)
        return kill_and_wait(pid, "waitpid");
    if (status != 0) {
        fprintf(stderr, "child died\n");
        return 1;
    }
    printf("%s %ld\n", sig == SIGINT ? "interrupted" : "rounds", round);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return sig == SIGINT;
}
