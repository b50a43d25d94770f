// signals.c -- self-pipe trick (D. J. Bernstein)
//
// The handlers count, then write a byte. A pipe that is full is as good as a byte: there is news.
// Both processes have a pipe of their own.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int bell[2];
static volatile sig_atomic_t seen[65];     // indexed by signal number
static volatile sig_atomic_t broken;

static void handler(int sig)
{
    int saved = errno;
    seen[sig] = 1;
    // A failing write would be a lost wake-up, so try once more and leave a note.
    if (write(bell[1], "!", 1) == -1 && errno != EAGAIN) {
        broken = errno;
        if (write(bell[1], "!", 1) == -1 && errno != EAGAIN)
            _exit(1);
    }
    errno = saved;
}

static bool setup(const int *sigs, int n)
{
    if (pipe2(bell, O_NONBLOCK | O_CLOEXEC) == -1) {
        perror("pipe2");
        return false;
    }
    for (int i = 0; i < n; i++) {
        struct sigaction sa = { .sa_handler = handler, .sa_flags = SA_RESTART };
        sigfillset(&sa.sa_mask);
        if (sigaction(sigs[i], &sa, NULL) == -1) {
            perror("sigaction");
            return false;
        }
    }
    return true;
}

// Returns when a signal has come since the last call.
static bool wait_for_bell(void)
{
    char buf[64];
    struct pollfd p = { .fd = bell[0], .events = POLLIN };
    while (poll(&p, 1, -1) == -1)
        if (errno != EINTR) {
            perror("poll");
            return false;
        }
    if (read(bell[0], buf, sizeof buf) == -1 && errno != EAGAIN && errno != EINTR) {
        perror("read");
        return false;
    }
    if (broken) {
        fprintf(stderr, "self-pipe: %s\n", strerror(broken));
        return false;
    }
    return true;
}

static int child_main(pid_t parent, const sigset_t *mask)
{
    const int sigs[] = { SIGUSR1, SIGTERM };
    close(bell[0]);
    close(bell[1]);
    if (!setup(sigs, 2))
        return 1;
    if (sigprocmask(SIG_UNBLOCK, mask, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    while (!seen[SIGTERM]) {
        if (seen[SIGUSR1]) {
            seen[SIGUSR1] = 0;          // before the answer: the next request may follow at once
            if (kill(parent, SIGUSR2) == -1) {
                perror("child: kill");
                return 1;
            }
        }
        else if (!wait_for_bell())
            return 1;
    }
    return 0;
}

static int usage(void)
{
    fprintf(stderr, "usage: signals N, N = 0..100000\n");
    return 2;
}

int main(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '\0' || strspn(argv[1], "0123456789") != strlen(argv[1]))
        return usage();
    unsigned long n = strtoul(argv[1], NULL, 10);
    if (n > 100000)
        return usage();

    const int parents[] = { SIGINT, SIGUSR2, SIGCHLD };
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);          // the child's: it lets them in when it is ready
    sigaddset(&mask, SIGTERM);
    sigset_t mine;
    sigemptyset(&mine);
    for (int i = 0; i < 3; i++)
        sigaddset(&mine, parents[i]);
    if (sigprocmask(SIG_BLOCK, &mask, NULL) == -1 || sigprocmask(SIG_BLOCK, &mine, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }
    if (!setup(parents, 3))
        return 1;

    pid_t parent = getpid();
    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        _exit(child_main(parent, &mask));

    unsigned long answered = 0;
    bool ok = true, open = false, interrupted;
    if (sigprocmask(SIG_UNBLOCK, &mine, NULL) == -1) {
        perror("sigprocmask");
        ok = false;
    } else
        open = true;
    while (ok && !seen[SIGINT] && answered < n) {
        if (kill(child, SIGUSR1) == -1) {
            perror("kill");
            ok = false;
        }
        while (ok && !seen[SIGUSR2] && !seen[SIGINT]) {
            if (seen[SIGCHLD]) {
                fprintf(stderr, "the child died in round %lu\n", answered + 1);
                ok = false;
            } else
                ok = wait_for_bell();
        }
        if (seen[SIGUSR2]) {
            seen[SIGUSR2] = 0;
            answered++;
        }
    }
    // From here on SIGINT changes nothing any more.
    if (open && sigprocmask(SIG_BLOCK, &mine, NULL) == -1) {
        perror("sigprocmask");
        ok = false;
    }
    interrupted = seen[SIGINT];

    int status = 0;
    if (ok && kill(child, SIGTERM) == -1) {
        perror("kill");
        ok = false;
    }
    if (!ok)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) == -1)
        if (errno != EINTR) {
            if (!ok)
                return 1;
            perror("waitpid");
            ok = false;
            kill(child, SIGKILL);
        }
    if (ok && status != 0) {
        fprintf(stderr, "the child died\n");
        ok = false;
    }
    if (!ok)
        return 1;
    if (printf("%s %lu\n", interrupted ? "interrupted" : "rounds", answered) < 0 || fflush(stdout)) {
        perror("stdout");
        return 1;
    }
    return interrupted;
}
