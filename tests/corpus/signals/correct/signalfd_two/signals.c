#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIE(what) do { perror(what); goto dead; } while (0)

static int next_signal(int fd)
{
    struct signalfd_siginfo si;
    ssize_t n;

    /* A signalfd gives whole records or nothing. */
    do
        n = read(fd, &si, sizeof si);
    while (n == -1 && errno == EINTR);
    if (n != sizeof si) {
        perror("read(signalfd)");
        return -1;
    }
    return si.ssi_signo;
}

static int open_fd(int a, int b, int c)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, a);
    sigaddset(&set, b);
    if (c)
        sigaddset(&set, c);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int serve(pid_t parent)
{
    int fd = open_fd(SIGUSR1, SIGTERM, 0);
    if (fd == -1) {
        perror("signalfd");
        return 1;
    }
    for (;;)
        switch (next_signal(fd)) {
        case SIGTERM:
            return 0;
        case SIGUSR1:
            if (kill(parent, SIGUSR2) == -1) {
                perror("kill");
                return 1;
            }
            break;
        default:
            return 1;
        }
}

int main(int argc, char *argv[])
{
    sigset_t set;
    pid_t me = getpid(), child = 0;
    int fd, status, stopped = 0;
    long n = 0, k = 0;
    char *p;

    if (argc != 2)
        goto usage;
    for (p = argv[1]; *p >= '0' && *p <= '9' && n <= 100000; p++)
        n = 10 * n + *p - '0';
    if (p == argv[1] || *p || n > 100000)
        goto usage;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
        DIE("sigprocmask");
    if ((fd = open_fd(SIGINT, SIGUSR2, SIGCHLD)) == -1)
        DIE("signalfd");
    if ((child = fork()) == -1)
        DIE("fork");
    if (child == 0) {
        close(fd);
        _exit(serve(me));
    }

    while (k < n && !stopped) {
        if (kill(child, SIGUSR1) == -1)
            DIE("kill");
        switch (next_signal(fd)) {
        case SIGINT:
            stopped = 1;
            break;
        case SIGUSR2:
            k++;
            break;
        case SIGCHLD:
            fprintf(stderr, "child is gone\n");
            /* fall through */
        default:
            goto dead;
        }
    }
    if (sigpending(&set) == -1)
        DIE("sigpending");
    if (sigismember(&set, SIGINT))
        stopped = 1;

    if (kill(child, SIGTERM) == -1)
        DIE("kill");
    if (waitpid(child, &status, 0) == -1)
        DIE("waitpid");
    child = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "child failed\n");
        goto dead;
    }
    printf(stopped ? "interrupted %ld\n" : "rounds %ld\n", k);
    if (fflush(stdout) == EOF)
        DIE("stdout");
    return stopped;

dead:
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return 1;

usage:
    fprintf(stderr, "Usage: signals <rounds>, at most 100000\n");
    return 2;
}
