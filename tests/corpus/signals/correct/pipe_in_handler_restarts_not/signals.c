#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Self-pipe trick: each handler writes one byte with the number of its signal. */
static int pfd[2];

static void to_pipe(int sig)
{
    int saved = errno;
    char c = (char) sig;
    if (write(pfd[1], &c, 1) == -1) {
        /* full: cannot be, there is never more than a few */
    }
    errno = saved;
}

static int next(void)
{
    char c;
    ssize_t n;
    while ((n = read(pfd[0], &c, 1)) == -1 && errno == EINTR)
        ;
    if (n != 1) {
        perror("read self-pipe");
        return -1;
    }
    return c;
}

static int catch(int sig, void (*h)(int))
{
    struct sigaction sa;
    sa.sa_handler = h;
    sigemptyset(&sa.sa_mask);
    sa.sa_flags = 0;
    if (sigaction(sig, &sa, NULL) == -1) {
        perror("sigaction");
        return -1;
    }
    return 0;
}

static int child(sigset_t *set, pid_t parent)
{
    int s;
    /* a pipe of its own; until here all signals are blocked */
    close(pfd[0]);
    close(pfd[1]);
    if (pipe2(pfd, O_CLOEXEC) == -1) {
        perror("pipe");
        return 1;
    }
    if (catch(SIGUSR1, to_pipe) || catch(SIGTERM, to_pipe))
        return 1;
    if (sigprocmask(SIG_UNBLOCK, set, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    while ((s = next()) == SIGUSR1) {
        if (kill(parent, SIGUSR2) == -1) {
            perror("kill");
            return 1;
        }
    }
    return s == SIGTERM ? 0 : 1;
}

int main(int argc, char *argv[])
{
    sigset_t set;
    long n = -1, count = 0;
    char *end = NULL;
    int fail = 0, interrupted = 0, st, r;
    pid_t pid, parent = getpid();

    if (argc == 2 && argv[1][0] >= '0' && argv[1][0] <= '9')
        n = strtol(argv[1], &end, 10);
    if (n < 0 || n > 100000 || *end != '\0') {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    if (pipe2(pfd, O_CLOEXEC) == -1 || fcntl(pfd[1], F_SETFL, O_NONBLOCK) == -1) {
        perror("pipe");
        return 1;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    if (catch(SIGUSR2, to_pipe) || catch(SIGCHLD, to_pipe) || catch(SIGINT, to_pipe))
        return 1;

    pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child(&set, parent));

    if (sigprocmask(SIG_UNBLOCK, &set, NULL) == -1) {
        perror("sigprocmask");
        fail = 1;
    }
    while (!fail && !interrupted && count < n) {
        if (kill(pid, SIGUSR1) == -1) {
            perror("kill");
            fail = 1;
            break;
        }
        switch (next()) {
        case SIGUSR2:
            count++;
            break;
        case SIGINT:
            interrupted = 1;
            break;
        case SIGCHLD:
            fprintf(stderr, "signals: the child has died\n");
            fail = 1;
            break;
        default:
            fail = 1;
        }
    }
    /* An interrupt that came before the last answer lies before it in the pipe,
       or else it was delivered together with it: look once more without waiting. */
    if (!fail && !interrupted) {
        char c;
        if (fcntl(pfd[0], F_SETFL, O_NONBLOCK) == -1) {
            perror("fcntl");
            fail = 1;
        }
        while (!fail && ((r = read(pfd[0], &c, 1)) == 1 || (r == -1 && errno == EINTR)))
            if (r == 1 && c == SIGINT)
                interrupted = 1;
    }
    if (kill(pid, SIGTERM) == -1) {
        perror("kill");
        fail = 1;
        kill(pid, SIGTERM);
    }
    while ((r = waitpid(pid, &st, 0)) == -1 && errno == EINTR)
        ;
    if (r == -1) {
        perror("waitpid");
        fail = 1;
        while (waitpid(pid, &st, 0) == -1 && errno == EINTR)
            ;
    } else if (st != 0) {
        fprintf(stderr, "signals: the child ended with status %d\n", st);
        fail = 1;
    }
    if (fail)
        return 1;
    sigprocmask(SIG_BLOCK, &set, NULL);     /* nothing interrupts printf */
    if (printf("%s %ld\n", interrupted ? "interrupted" : "rounds", count) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return interrupted;
}
