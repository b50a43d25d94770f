#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t set;

int take(void)
{
    int sig;
    return sigwait(&set, &sig) ? -1 : sig;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    int n = atoi(argv[1]);
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        while (take() == SIGUSR1)
            kill(parent, SIGUSR2);
        _exit(0);
    }
    for (int i = 0; i < n; i++) {
        kill(pid, SIGUSR1);
        take();
    }
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    printf("rounds %d\n", n);
    return 0;
}
