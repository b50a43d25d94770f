/*
 * Signals lab. SIGINT may always come: its handler only leaves a note.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted, pong, dead;

static void note(int sig)
{
    if (sig == SIGINT)
        interrupted = 1;
    else if (sig == SIGUSR2)
        pong = 1;
    else
        dead = 1;
}

static pid_t child;

static void die(const char *where)
{
    perror(where);
    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
            ;
    }
    exit(1);
}

static void catch_signal(int sig)
{
    struct sigaction sa = { .sa_handler = note };
    sigemptyset(&sa.sa_mask);
    if (sigaction(sig, &sa, NULL) == -1)
        die("sigaction");
}

static int number(const char *s)
{
    long n = 0;
    if (!*s)
        return -1;
    for (; *s; s++)
        if (*s < '0' || *s > '9' || (n = 10 * n + *s - '0') > 100000)
            return -1;
    return n;
}

static void serve(pid_t parent, sigset_t *set)
{
    int sig, e;
    while ((e = sigwait(set, &sig)) == 0 && sig != SIGTERM)
        if (kill(parent, SIGUSR2) == -1) {
            perror("child: kill");
            _exit(1);
        }
    if (e)
        fprintf(stderr, "child: sigwait: %s\n", strerror(e));
    _exit(e != 0);
}

int main(int argc, char **argv)
{
    sigset_t block, old, childs, intr;
    int n = argc == 2 ? number(argv[1]) : -1, i = 0, status;

    if (n < 0) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGUSR1);
    sigaddset(&block, SIGUSR2);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &block, &old) == -1)
        die("sigprocmask");
    sigdelset(&old, SIGINT);
    sigdelset(&old, SIGUSR2);
    sigdelset(&old, SIGCHLD);
    sigemptyset(&childs);
    sigaddset(&childs, SIGUSR1);
    sigaddset(&childs, SIGTERM);
    sigemptyset(&intr);
    sigaddset(&intr, SIGINT);
    catch_signal(SIGINT);
    catch_signal(SIGUSR2);
    catch_signal(SIGCHLD);

    pid_t parent = getpid();
    child = fork();
    if (child == -1)
        die("fork");
    if (child == 0)
        serve(parent, &childs);

    while (i < n && !interrupted) {
        pong = 0;
        if (kill(child, SIGUSR1) == -1)
            die("kill");
        while (!pong && !interrupted && !dead)
            if (sigsuspend(&old) == -1 && errno != EINTR)
                die("sigsuspend");
        if (pong)
            i++;
        else if (dead)
            die("child died");
    }

    if (kill(child, SIGTERM) == -1)
        die("kill");
    if (sigprocmask(SIG_UNBLOCK, &intr, NULL) == -1)    /* Ctrl-C counts until the very end */
        die("sigprocmask");
    if (waitpid(child, &status, 0) == -1)
        die("waitpid");
    child = 0;
    if (sigprocmask(SIG_BLOCK, &intr, NULL) == -1)
        die("sigprocmask");
    if (status != 0) {
        fprintf(stderr, "child died\n");
        return 1;
    }
    printf("%s %d\n", interrupted ? "interrupted" : "rounds", i);
    if (fflush(stdout) == EOF)
        die("stdout");
    return interrupted;
}
