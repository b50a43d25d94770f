#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

volatile sig_atomic_t count = 0;
volatile sig_atomic_t stop = 0;
volatile sig_atomic_t dead = 0;
pid_t pid;

void on_usr1(int sig)
{
    (void)sig;
    if (kill(getppid(), SIGUSR2) < 0)
        _exit(1);
}

void on_term(int sig)
{
    (void)sig;
    _exit(0);
}

void on_usr2(int sig)
{
    (void)sig;
    count++;
}

void on_chld(int sig)
{
    (void)sig;
    dead = 1; errno = 7;
}

void on_int(int sig)
{
    (void)sig;
    stop = 1;
}

int usage(void)
{
    fprintf(stderr, "usage: signals N\n");
    return 2;
}

void die(const char *what)
{
    perror(what);
    if (pid > 0) {
        kill(pid, SIGKILL);
        wait(NULL);
    }
    exit(1);
}

void handle(int sig, void (*f)(int))
{
    if (signal(sig, f) == SIG_ERR)
        die("signal");
}

int main(int argc, char *argv[])
{
    long n;
    int i, status;
    sigset_t set, old;
    char *p;
    if (argc != 2 || argv[1][0] == 0)
        return usage();
    for (p = argv[1]; *p; p++)
        if (!isdigit((unsigned char)*p))
            return usage();
    n = strtol(argv[1], NULL, 10);
    if (n < 0 || n > 100000)
        return usage();

    /* block first, so nothing comes before we wait */
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, &old) < 0)
        die("sigprocmask");
    handle(SIGUSR1, on_usr1);
    handle(SIGTERM, on_term);
    handle(SIGUSR2, on_usr2);
    handle(SIGINT, on_int);
    handle(SIGCHLD, on_chld);

    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        while (1)
            sigsuspend(&old);
    }
    for (i = 0; i < n && !stop && !dead; i++) {
        if (kill(pid, SIGUSR1) < 0)
            die("kill");
        while (count <= i && !stop && !dead)
            sigsuspend(&old);
    }
    if (kill(pid, SIGTERM) < 0)
        die("kill");
    wait(&status);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "child failed\n");
        return 1;
    }
    if (stop)
        printf("interrupted %d\n", (int)count);
    else
        printf("rounds %ld\n", n);
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    return stop ? 1 : 0;
}
