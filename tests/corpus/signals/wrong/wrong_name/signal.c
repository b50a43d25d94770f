/* signal.c - the parent and the child play ping-pong */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    sigset_t set;
    int sig, i, n = argc == 2 ? atoi(argv[1]) : 0;
    pid_t parent = getpid(), pid;

    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid = fork();
    if (pid == 0) {
        while (sigwait(&set, &sig) == 0 && sig == SIGUSR1)
            kill(parent, SIGUSR2);
        _exit(0);
    }
    for (i = 0; i < n; i++) {
        kill(pid, SIGUSR1);
        sigwait(&set, &sig);
    }
    kill(pid, SIGTERM);
    wait(NULL);
    printf("rounds %d\n", n);
    return 0;
}
