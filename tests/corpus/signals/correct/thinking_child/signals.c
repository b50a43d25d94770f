// signals.c : Schere, Stein, Signal
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void think(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&t, NULL);            // for the looks only, it may end early
}

static sigset_t the_set;

static int next(void)
{
    int sig;
    int e = sigwait(&the_set, &sig);
    if (e != 0) {
        errno = e;
        perror("sigwait");
        return -1;
    }
    return sig;
}

static _Noreturn void respond(pid_t parent)
{
    sigemptyset(&the_set);
    sigaddset(&the_set, SIGUSR1);
    sigaddset(&the_set, SIGTERM);
    for (;;) {
        int sig = next();
        if (sig == SIGTERM)
            _exit(0);
        if (sig == -1)
            _exit(1);
        think(2);
        if (kill(parent, SIGUSR2) == -1) {
            perror("kill");
            _exit(1);
        }
    }
}

static bool play(pid_t child, int n, int *done, bool *stop)
{
    sigemptyset(&the_set);
    sigaddset(&the_set, SIGINT);
    sigaddset(&the_set, SIGUSR2);
    sigaddset(&the_set, SIGCHLD);
    think(50);
    while (*done < n) {
        if (kill(child, SIGUSR1) == -1) {
            perror("kill");
            return false;
        }
        switch (next()) {
        case SIGUSR2:
            ++*done;
            break;
        case SIGINT:
            *stop = true;
            return true;
        case SIGCHLD:
            fprintf(stderr, "child: gone after %d rounds\n", *done);
            return false;
        default:
            return false;
        }
    }
    sigset_t rest;
    if (sigpending(&rest) == -1) {
        perror("sigpending");
        return false;
    }
    *stop = sigismember(&rest, SIGINT);
    return true;
}

int main(int argc, char *argv[])
{
    char *end = NULL;
    uintmax_t n = 0;
    if (argc == 2 && argv[1][0] >= '0' && argv[1][0] <= '9')
        n = strtoumax(argv[1], &end, 10);
    if (end == NULL || *end != '\0' || n > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    sigfillset(&the_set);
    if (sigprocmask(SIG_SETMASK, &the_set, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    pid_t parent = getpid(), child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        respond(parent);

    int done = 0, status = 0;
    bool stop = false;
    bool fine = play(child, n, &done, &stop);
    if (fine && kill(child, SIGTERM) == -1) {
        perror("kill");
        fine = false;
    }
    if (!fine)
        kill(child, SIGKILL);
    struct rusage used;
    if (wait4(child, &status, 0, &used) == -1) {
        perror("wait4");
        kill(child, SIGKILL);
        wait(&status);
        fine = false;
    }
    if (fine && status != 0) {
        fprintf(stderr, "child: status %d\n", status);
        fine = false;
    }
    if (!fine)
        return 1;
    fprintf(stderr, "the child was stopped %ld times\n", used.ru_nvcsw);
    if (printf("%s %d\n", stop ? "interrupted" : "rounds", done) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return stop;
}
