/* The answers come through a pipe, which counts them: no signal can be lost in it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(int answers)
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
        while (write(answers, "!", 1) != 1)
            if (errno != EINTR) {
                perror("child: write");
                return 1;
            }
    }
}

static int trouble(pid_t pid, const char *what)
{
    perror(what);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return 1;
}

int main(int argc, char **argv)
{
    sigset_t s, ints;
    int p[2], n, i, fd, status, stop = 0;
    char c;

    if (argc != 2 || argv[1][0] == 0 || strspn(argv[1], "0123456789") != strlen(argv[1])
        || strtol(argv[1], NULL, 10) > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }
    n = strtol(argv[1], NULL, 10);
    sigemptyset(&ints);
    sigaddset(&ints, SIGINT);
    s = ints;
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &s, NULL) == -1)
        return trouble(0, "sigprocmask");
    if (pipe(p) == -1)
        return trouble(0, "pipe");
    if ((fd = signalfd(-1, &ints, SFD_CLOEXEC)) == -1)
        return trouble(0, "signalfd");

    pid_t pid = fork();
    if (pid == -1)
        return trouble(0, "fork");
    if (pid == 0) {
        close(p[0]);
        _exit(child(p[1]));
    }
    close(p[1]);

    for (i = 0; i < n && !stop; ) {
        struct pollfd w[2] = { { .fd = fd, .events = POLLIN }, { .fd = p[0], .events = POLLIN } };
        if (kill(pid, SIGUSR1) == -1)
            return trouble(pid, "kill");
        while (poll(w, 2, -1) == -1)
            if (errno != EINTR)
                return trouble(pid, "poll");
        if (w[0].revents) {
            stop = 1;
        } else {
            ssize_t r = read(p[0], &c, 1);
            if (r != 1)
                return trouble(pid, r == 0 ? "child died" : "read");
            i++;
        }
    }
    if (kill(pid, SIGTERM) == -1)
        return trouble(pid, "kill");
    if (waitpid(pid, &status, 0) == -1)
        return trouble(pid, "waitpid");
    if (status != 0)
        return trouble(0, "child died");
    printf("%s %d\n", stop ? "interrupted" : "rounds", i);
    if (fflush(stdout) == EOF)
        return trouble(0, "stdout");
    return stop;
}
