#define _XOPEN_SOURCE 700
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/**** child ****/

static volatile sig_atomic_t request, finish;

static void on_usr1(int s) { (void)s; request = 1; }
static void on_term(int s) { (void)s; finish = 1; }

static void child(pid_t parent)
{
    struct sigaction sa = { 0 };
    sigset_t both, old;

    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &both, &old))
        err(1, "child: sigprocmask");
    sa.sa_handler = on_usr1;
    if (sigaction(SIGUSR1, &sa, NULL))
        err(1, "child: sigaction");
    sa.sa_handler = on_term;
    if (sigaction(SIGTERM, &sa, NULL))
        err(1, "child: sigaction");

    if (kill(parent, SIGUSR2))              /* ready */
        err(1, "child: kill");

    while (!finish) {
        if (request) {
            request = 0;
            if (kill(parent, SIGUSR2))
                err(1, "child: kill");
        } else {
            sigsuspend(&old);
            if (errno != EINTR)
                err(1, "child: sigsuspend");
        }
    }
    exit(0);
}

/**** parent ****/

static pid_t pid = -1;

static void stop_child(void)
{
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
}

/* Waits for one of the two and SIGCHLD. b may be 0. */
static int get(int a, int b)
{
    sigset_t s;
    siginfo_t i;

    sigemptyset(&s);
    sigaddset(&s, a);
    if (b)
        sigaddset(&s, b);
    sigaddset(&s, SIGCHLD);
    for (;;) {
        if (sigwaitinfo(&s, &i) >= 0)
            break;
        if (errno != EINTR)
            err(1, "sigwaitinfo");
    }
    if (i.si_signo == SIGCHLD)
        errx(1, "the child has left us, code %d", i.si_status);
    return i.si_signo;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        errx(2, "usage: signals N");
    size_t len = strlen(argv[1]);
    long n = strtol(argv[1], NULL, 10);
    if (len == 0 || strspn(argv[1], "0123456789") < len || n > 100000)
        errx(2, "usage: signals N, with N in 0..100000");

    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGUSR2);
    sigaddset(&mine, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &mine, NULL))
        err(1, "sigprocmask");

    pid_t parent = getpid();
    pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        child(parent);
    if (atexit(stop_child)) {
        stop_child();
        errx(1, "atexit");
    }

    get(SIGUSR2, 0);        /* SIGINT has to wait until the child can be told */

    long i;
    int cut = 0;
    for (i = 0; i < n; i++) {
        if (kill(pid, SIGUSR1))
            err(1, "kill");
        if (get(SIGUSR2, SIGINT) == SIGINT) {
            cut = 1;
            break;
        }
    }
    if (!cut) {
        sigset_t p;
        if (sigpending(&p))
            err(1, "sigpending");
        cut = sigismember(&p, SIGINT);
    }

    int st;
    if (kill(pid, SIGTERM))
        err(1, "kill");
    if (waitpid(pid, &st, 0) == -1)
        err(1, "waitpid");
    pid = -1;
    if (!WIFEXITED(st) || WEXITSTATUS(st))
        errx(1, "the child did not end well");
    printf("%s %ld\n", cut ? "interrupted" : "rounds", i);
    if (fflush(stdout))
        err(1, "stdout");
    return cut;
}
