/* lab: signals */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t boss;
static volatile sig_atomic_t finished, failed;

static void work(int sig)
{
    (void)sig;
    errno = 0;
    kill(boss, SIGUSR2);
    if (errno)
        failed = 1;
}

static void finish(int sig) { (void)sig; finished = 1; }

static int worker(const sigset_t *during)
{
    while (!finished && !failed) {
        if (sigsuspend(during) == -1 && errno != EINTR && errno != 0) {
            perror("worker: sigsuspend");
            return 1;
        }
    }
    if (failed)
        fprintf(stderr, "worker: kill failed\n");
    return failed;
}

static pid_t pid = -1;

static void quit(const char *why)
{
    perror(why);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    exit(1);
}

int main(int argc, char **argv)
{
    sigset_t theirs, ours, during;
    struct sigaction sa;
    int i, n, got = 0, status;

    if (argc != 2 || argv[1][0] == '\0' || strlen(argv[1]) != strspn(argv[1], "0123456789")
        || strtol(argv[1], NULL, 10) > 100000)
        return fprintf(stderr, "usage: signals N\n"), 2;
    n = atoi(argv[1]);

    sigemptyset(&theirs);
    sigaddset(&theirs, SIGUSR1);
    sigaddset(&theirs, SIGTERM);
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGUSR2);
    sigaddset(&ours, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &ours, NULL) == -1 || sigprocmask(SIG_BLOCK, &theirs, &during) == -1)
        quit("sigprocmask");

    boss = getpid();
    memset(&sa, 0, sizeof sa);
    sa.sa_mask = theirs;
    sa.sa_handler = work;
    if (sigaction(SIGUSR1, &sa, NULL) == -1)
        quit("sigaction");
    sa.sa_handler = finish;
    if (sigaction(SIGTERM, &sa, NULL) == -1)
        quit("sigaction");

    pid = fork();
    if (pid == -1)
        quit("fork");
    if (pid == 0)
        _exit(worker(&during));

    for (i = 0; i < n; i++) {
        if (kill(pid, SIGUSR1) == -1)
            quit("kill");
        do
            got = sigwaitinfo(&ours, NULL);
        while (got == -1 && errno == EINTR);
        if (got == SIGINT)
            break;
        if (got != SIGUSR2)
            quit(got == SIGCHLD ? "worker died" : "sigwaitinfo");
    }
    if (kill(pid, SIGTERM) == -1)
        quit("kill");
    if (waitpid(pid, &status, 0) == -1)
        quit("waitpid");
    pid = -1;
    if (status)
        quit("worker died");
    printf("%s %d\n", got == SIGINT ? "interrupted" : "rounds", i);
    if (fflush(stdout))
        quit("stdout");
    return got == SIGINT;
}
