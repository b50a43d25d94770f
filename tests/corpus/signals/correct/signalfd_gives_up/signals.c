#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* one signal from the descriptor; 0 on error */
static int next_signal(int fd)
{
    struct signalfd_siginfo si;
    struct pollfd pfd = { .fd = fd, .events = POLLIN };

    for (;;) {
        int r = poll(&pfd, 1, 1000);
        if (r < 0) {
            if (errno == EINTR)
                continue;
            perror("poll");
            return 0;
        }
        if (r == 0)
            continue;       /* nothing yet */
        ssize_t n = read(fd, &si, sizeof si);
        if (n == sizeof si)
            return (int)si.ssi_signo;
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        perror("read signalfd");
        return 0;
    }
}

static int run_child(void)
{
    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR1);
    sigaddset(&mine, SIGTERM);
    int fd = signalfd(-1, &mine, SFD_CLOEXEC);
    if (fd < 0) {
        perror("child: signalfd");
        return 1;
    }
    while (true) {
        int s = next_signal(fd);
        if (s == SIGTERM)
            return 0;
        if (s == 0)
            return 1;
        if (kill(getppid(), SIGUSR2) < 0) {
            perror("child: kill");
            return 1;
        }
    }
}

static bool reap(pid_t pid)
{
    int st;
    bool ok = true;
    while (waitpid(pid, &st, 0) < 0) {
        if (errno == EINTR)
            continue;
        perror("waitpid");
        if (!ok)
            return false;
        ok = false;           /* once more */
    }
    if (!(WIFEXITED(st) && WEXITSTATUS(st) == 0)) {
        fprintf(stderr, "child ended with status %#x\n", (unsigned)st);
        ok = false;
    }
    return ok;
}

int main(int argc, char *argv[])
{
    if (argc != 2 || strlen(argv[1]) == 0 || strspn(argv[1], "0123456789") != strlen(argv[1])) {
        fprintf(stderr, "usage: %s N\n", argv[0]);
        return 2;
    }
    unsigned long long n = strtoull(argv[1], NULL, 10);   /* ULLONG_MAX when too large */
    if (n > 100000) {
        fprintf(stderr, "usage: %s N, N <= 100000\n", argv[0]);
        return 2;
    }

    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGUSR1);
    sigaddset(&all, SIGUSR2);
    sigaddset(&all, SIGCHLD);
    sigaddset(&all, SIGTERM);
    if (sigprocmask(SIG_SETMASK, &all, NULL) < 0) {
        perror("sigprocmask");
        return 1;
    }
    sigdelset(&all, SIGUSR1);
    sigdelset(&all, SIGTERM);
    int fd = signalfd(-1, &all, SFD_CLOEXEC);
    if (fd < 0) {
        perror("signalfd");
        return 1;
    }

    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(fd);
        _exit(run_child());
    }

    unsigned long long done = 0;
    bool stop = false, bad = false;
    while (done < n && !stop && !bad) {
        if (kill(pid, SIGUSR1) < 0) {
            perror("kill");
            bad = true;
            break;
        }
        int s = next_signal(fd);
        if (s == SIGUSR2)
            done++;
        else if (s == SIGINT)
            stop = true;
        else {
            if (s == SIGCHLD)
                fprintf(stderr, "child died\n");
            bad = true;
        }
    }
    if (kill(pid, SIGTERM) < 0) {
        perror("kill");
        bad = true;
        kill(pid, SIGTERM);
    }
    if (!reap(pid) || bad)
        return 1;
    close(fd);
    printf("%s %llu\n", stop ? "interrupted" : "rounds", done);
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    return stop;
}
