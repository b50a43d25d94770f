// The poor man's event loop: one signalfd, one read, one big switch.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <errno.h>

enum state { PLAYING, ENDING, DONE, INTERRUPTED, BROKEN };

static int child(pid_t parent)
{
    sigset_t s;
    int sig;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGTERM);
    for (;;) {
        if (sigwait(&s, &sig) != 0)
            return 1;
        if (sig == SIGTERM)
            return 0;
        if (kill(parent, SIGUSR2) == -1)
            return 1;
    }
}

static enum state broken(const char *what)
{
    perror(what);
    return BROKEN;
}

int main(int argc, char *argv[])
{
    unsigned long n = 0, played = 0;
    char *end = "";
    if (argc == 2)
        n = strtoul(argv[1], &end, 10);
    if (argc != 2 || *end != '\0' || n > 100000 || strspn(argv[1], "0123456789") == 0) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGTERM);
    sigaddset(&s, SIGINT);
    sigaddset(&s, SIGUSR2);
    sigaddset(&s, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &s, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    sigdelset(&s, SIGUSR1);
    sigdelset(&s, SIGTERM);
    int fd = signalfd(-1, &s, SFD_CLOEXEC);
    if (fd == -1) {
        perror("signalfd");
        return 1;
    }

    pid_t me = getpid();
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child(me));

    enum state state = PLAYING;
    if (kill(pid, n > 0 ? SIGUSR1 : SIGTERM) == -1)
        state = broken("kill");
    else if (n == 0)
        state = ENDING;
    while (state == PLAYING || state == ENDING) {
        struct signalfd_siginfo si;
        ssize_t r = read(fd, &si, sizeof si);
        if (r == -1 && errno == EINTR)
            continue;
        if (r != sizeof si) {
            state = broken("read");
            break;
        }
        switch (si.ssi_signo) {
        case SIGUSR2:
            if (state == ENDING)
                break;
            played++;
            if (played == n)
                state = ENDING;
            if (kill(pid, played < n ? SIGUSR1 : SIGTERM) == -1)
                state = broken("kill");
            break;
        case SIGINT:
            if (state == PLAYING)
                state = INTERRUPTED;
            break;
        case SIGCHLD:
            if (state == ENDING)
                state = DONE;
            else {
                fprintf(stderr, "signals: child died\n");
                state = BROKEN;
            }
            break;
        }
    }
    close(fd);

    if (state == INTERRUPTED) {
        printf("interrupted %lu\n", played);
        if (fflush(stdout) == EOF) {
            perror("stdout");
            return 1;
        }
        return 1;
    }

    int status = 0;
    if (state == BROKEN)
        kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) == -1) {
        state = broken("waitpid");
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (state == BROKEN)
        return 1;
    if (status != 0) {
        fprintf(stderr, "signals: child died\n");
        return 1;
    }
    printf("rounds %lu\n", played);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return 0;
}
