/* Signals, exercise 1 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

volatile sig_atomic_t answered = 0;
volatile sig_atomic_t interrupted = 0;
pid_t child;

void on_usr2(int sig) { answered = 1; (void)sig; }
void on_int(int sig) { interrupted = 1; (void)sig; }

/* The child is not supposed to end while we play. */
void on_chld(int sig)
{
    static const char text[] = "signals: child died\n";
    (void)sig;
    if (waitpid(child, NULL, 0) == -1 || write(2, text, sizeof text - 1) == -1)
        _exit(3);
    _exit(1);
}

void setup(int sig, void (*handler)(int), sigset_t *mask)
{
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = handler;
    sa.sa_mask = *mask;
    sa.sa_flags = SA_RESTART;
    if (sigaction(sig, &sa, NULL) == -1) {
        perror("sigaction");
        exit(1);
    }
}

/* the child: takes its signals one by one */
void be_child(pid_t parent, sigset_t *set)
{
    int sig;
    for (;;) {
        if ((sig = sigwaitinfo(set, NULL)) == SIGTERM)
            _exit(0);
        if (sig == -1 && errno == EINTR)
            continue;
        if (sig == -1 || kill(parent, SIGUSR2) == -1) {
            perror("child");
            _exit(1);
        }
    }
}

void fail(const char *s)
{
    perror(s);
    signal(SIGCHLD, SIG_DFL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    exit(1);
}

int main(int argc, char *argv[])
{
    sigset_t mine, childs;
    long n, i = 0;
    int status;
    pid_t me = getpid();

    if (argc != 2 || strlen(argv[1]) == 0 || strspn(argv[1], "0123456789") != strlen(argv[1])
        || (n = strtol(argv[1], NULL, 10)) > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    sigemptyset(&childs);
    sigaddset(&childs, SIGUSR1);
    sigaddset(&childs, SIGTERM);
    sigemptyset(&mine);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGUSR2);
    sigaddset(&mine, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &childs, NULL) == -1 || sigprocmask(SIG_BLOCK, &mine, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    setup(SIGUSR2, on_usr2, &mine);
    setup(SIGINT, on_int, &mine);
    setup(SIGCHLD, on_chld, &mine);

    child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        be_child(me, &childs);
    if (sigprocmask(SIG_UNBLOCK, &mine, NULL) == -1)
        fail("sigprocmask");

    while (i < n && !interrupted) {
        answered = 0;
        if (kill(child, SIGUSR1) == -1)
            fail("kill");
        while (!answered && !interrupted)
            pause();
        if (answered)
            i++;
    }
    if (sigprocmask(SIG_BLOCK, &mine, NULL) == -1)
        fail("sigprocmask");

    if (kill(child, SIGTERM) == -1)
        fail("kill");
    if (waitpid(child, &status, 0) == -1)
        fail("waitpid");
    if (status != 0) {
        fprintf(stderr, "signals: child died\n");
        return 1;
    }
    printf("%s %ld\n", interrupted ? "interrupted" : "rounds", i);
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    return interrupted;
}
