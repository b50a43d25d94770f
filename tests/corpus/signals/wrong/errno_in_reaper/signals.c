#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t answered, stopped, reaped, child_status;

static void note_answer(int sig) { (void)sig; answered = 1; }
static void note_stop(int sig) { (void)sig; stopped = 1; }

/* No zombies: takes every child that has ended. */
static void reap(int sig)
{
    int status;
    (void)sig;
    for (int i = 0; i < 2 && !reaped; i++) {
        while (waitpid(-1, &status, WNOHANG) > 0) {
            reaped = 1;
            child_status = status;
        }
    }
}

static int child(pid_t parent)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    while (sigwait(&set, &sig) == 0) {
        if (sig == SIGTERM)
            return EXIT_SUCCESS;
        if (kill(parent, SIGUSR2) == -1)
            break;
    }
    fprintf(stderr, "child: can't go on\n");
    return EXIT_FAILURE;
}

static bool wait_signal(const sigset_t *mask)
{
    sigsuspend(mask);
    return errno == EINTR;
}

/* true when the child has ended; the signals are blocked here, so reaped can't change in between */
static bool end_child(pid_t pid, int sig, const sigset_t *mask)
{
    bool ok = true;
    if (!reaped && kill(pid, sig) == -1) {
        perror("kill");
        ok = false;
        kill(pid, SIGKILL);
    }
    while (!reaped)
        if (!wait_signal(mask)) {
            perror("sigsuspend");
            ok = false;
            kill(pid, SIGKILL);
        }
    return ok;
}

int main(int argc, char **argv)
{
    unsigned n = 0, i = 0;
    bool fine = argc == 2 && *argv[1];
    for (const char *p = fine ? argv[1] : ""; fine && *p; p++) {
        fine = *p >= '0' && *p <= '9';
        n = 10 * n + (unsigned)(*p - '0');
        fine = fine && n <= 100000;
    }
    if (!fine) {
        fprintf(stderr, "usage: signals N, 0 <= N <= 100000\n");
        return 2;
    }

    struct { int sig; void (*f)(int); } todo[] = {
        { SIGUSR2, note_answer }, { SIGINT, note_stop }, { SIGCHLD, reap }
    };
    sigset_t block, mask;
    sigfillset(&block);
    if (sigprocmask(SIG_SETMASK, &block, &mask) == -1) {
        perror("sigprocmask");
        return EXIT_FAILURE;
    }
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGTERM);
    for (int k = 0; k < 3; k++) {
        struct sigaction sa;
        memset(&sa, 0, sizeof sa);
        sa.sa_handler = todo[k].f;
        sigfillset(&sa.sa_mask);
        sigdelset(&mask, todo[k].sig);
        if (sigaction(todo[k].sig, &sa, NULL) == -1) {
            perror("sigaction");
            return EXIT_FAILURE;
        }
    }

    pid_t me = getpid();
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0)
        _exit(child(me));

    while (i < n && !stopped && fine) {
        answered = 0;
        if (reaped || kill(pid, SIGUSR1) == -1)
            fine = false;
        while (fine && !answered && !stopped && !reaped)
            fine = wait_signal(&mask);
        if (answered)
            i++;
        else if (!stopped)
            fine = false;
    }
    if (!fine)
        fprintf(stderr, "signals: the game can't go on\n");
    if (!end_child(pid, fine ? SIGTERM : SIGKILL, &mask) || !fine)
        return EXIT_FAILURE;
    if (child_status != 0) {
        fprintf(stderr, "signals: the child did not exit 0\n");
        return EXIT_FAILURE;
    }
    printf("%s %u\n", stopped ? "interrupted" : "rounds", i);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return EXIT_FAILURE;
    }
    return stopped ? 1 : 0;
}
