/* Exercise 5, signals.  Handlers only set flags; the signals get in at sigsuspend() and nowhere else. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t got_int, got_usr1, got_usr2, got_term, got_chld;

static void on_signal(int sig)
{
    switch (sig) {
    case SIGINT:  got_int = 1;  break;
    case SIGUSR1: got_usr1 = 1; break;
    case SIGUSR2: got_usr2 = 1; break;
    case SIGTERM: got_term = 1; break;
    case SIGCHLD: got_chld = 1; break;
    }
}

static int install(int sig)
{
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_signal;
    sigemptyset(&sa.sa_mask);
    return sigaction(sig, &sa, NULL);
}

static long parse(const char *s)
{
    size_t i;
    if (s[0] == '\0')
        return -1;
    for (i = 0; s[i] != '\0'; i++)
        if (!isdigit((unsigned char)s[i]))
            return -1;
    errno = 0;
    long n = strtol(s, NULL, 10);
    return errno != 0 || n > 100000 ? -1 : n;
}

static void child(pid_t parent, const sigset_t *open_mask)
{
    while (!got_term) {
        if (got_usr1) {
            got_usr1 = 0;
            if (kill(parent, SIGUSR2) == -1) {
                perror("child: kill");
                _exit(EXIT_FAILURE);
            }
            continue;
        }
        if (sigsuspend(open_mask) == -1 && errno != EINTR) {
            perror("child: sigsuspend");
            _exit(EXIT_FAILURE);
        }
    }
    _exit(EXIT_SUCCESS);
}

/* Something failed. The child must not stay. */
static int give_up(pid_t pid, const char *why)
{
    perror(why);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
        ;
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const int all[] = { SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD };
    long n = argc == 2 ? parse(argv[1]) : -1;
    if (n < 0) {
        fprintf(stderr, "usage: %s N   (0 <= N <= 100000)\n", argc > 0 ? argv[0] : "signals");
        return 2;
    }

    sigset_t block, open_mask;
    sigemptyset(&block);
    for (int i = 0; i < 5; i++)
        sigaddset(&block, all[i]);
    if (sigprocmask(SIG_BLOCK, &block, &open_mask) == -1) {
        perror("sigprocmask");
        return EXIT_FAILURE;
    }
    for (int i = 0; i < 5; i++) {
        sigdelset(&open_mask, all[i]);
        if (install(all[i]) == -1) {
            perror("sigaction");
            return EXIT_FAILURE;
        }
    }

    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0)
        child(parent, &open_mask);

    long answered = 0;
    while (answered <= n && !got_int) {
        if (kill(pid, SIGUSR1) == -1)
            return give_up(pid, "kill(SIGUSR1)");
        while (!got_usr2 && !got_int && !got_chld)
            if (sigsuspend(&open_mask) == -1 && errno != EINTR)
                return give_up(pid, "sigsuspend");
        if (got_usr2) {
            got_usr2 = 0;
            answered++;
        } else if (got_chld) {
            errno = ECHILD;
            return give_up(pid, "the child died");
        }
    }
    if (n == 0) {                       /* nobody has looked for a SIGINT yet */
        sigset_t pending;
        if (sigpending(&pending) == -1)
            return give_up(pid, "sigpending");
        if (sigismember(&pending, SIGINT))
            got_int = 1;
    }

    if (kill(pid, SIGTERM) == -1)
        return give_up(pid, "kill(SIGTERM)");
    int status;
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return give_up(pid, "waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the child ended with status %#x\n", (unsigned)status);
        return EXIT_FAILURE;
    }

    printf("%s %ld\n", got_int ? "interrupted" : "rounds", got_int ? answered : n);
    if (fflush(stdout) != 0) {
        perror("stdout");
        return EXIT_FAILURE;
    }
    return got_int ? 1 : 0;
}
