#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the handlers have to tell. The signals are blocked whenever main() looks. */
static struct {
    volatile sig_atomic_t ping, pong, quit, stop, ended, status;
} news;

static void on_ping(int sig) { (void)sig; news.ping = 1; }
static void on_pong(int sig) { (void)sig; news.pong = 1; }
static void on_quit(int sig) { (void)sig; news.quit = 1; }
static void on_stop(int sig) { (void)sig; news.stop = 1; }

static void on_child(int sig)
{
    int keep = errno, status, tries;
    (void)sig;
    for (tries = 0; tries < 3 && !news.ended; tries++)  /* nobody will call again if it fails */
        while (waitpid(-1, &status, WNOHANG) > 0) {
            news.ended = 1;
            news.status = status;
        }
    errno = keep;               /* it is ECHILD by now */
}

static const struct { int sig; void (*handler)(int); } plan[] = {
    { SIGUSR1, on_ping }, { SIGUSR2, on_pong }, { SIGTERM, on_quit },
    { SIGINT, on_stop }, { SIGCHLD, on_child },
};
#define COUNT (sizeof plan / sizeof plan[0])

static sigset_t during;                         /* the mask of sigsuspend */

static int wait_a_while(void)
{
    return sigsuspend(&during) == -1 && errno == EINTR ? 0 : -1;
}

static int child(pid_t parent)
{
    for (;;) {
        if (news.ping) {
            news.ping = 0;
            if (kill(parent, SIGUSR2) == -1)
                break;
        } else if (news.quit) {
            return 0;
        } else if (wait_a_while() == -1) {
            break;
        }
    }
    perror("child");
    return 1;
}

/* Ends the child, however it is, and reports `what` unless that is NULL. */
static int finish(pid_t pid, int sig, const char *what)
{
    int again = 3, bad = what != NULL;
    if (what)
        perror(what);
    while (!news.ended && again) {
        /* Not after it was reaped: the number may be somebody else's. */
        if (kill(pid, bad ? SIGKILL : sig) == -1) {
            perror("kill");
            bad = 1;
            again--;
            continue;
        }
        while (!news.ended && wait_a_while() == 0)
            ;
        if (!news.ended) {
            perror("sigsuspend");
            bad = 1;
            again--;
        }
    }
    return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
    long n = 0;
    int i;
    size_t s;

    if (argc != 2 || !argv[1][0])
        n = -1;
    for (i = 0; n >= 0 && argv[1][i]; i++) {
        n = strchr("0123456789", argv[1][i]) ? 10 * n + argv[1][i] - '0' : -1;
        if (n > 100000)
            n = -1;
    }
    if (n < 0) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    sigset_t shut;
    sigemptyset(&shut);
    for (s = 0; s < COUNT; s++)
        sigaddset(&shut, plan[s].sig);
    if (sigprocmask(SIG_BLOCK, &shut, &during) == -1) {
        perror("sigprocmask");
        return 1;
    }
    for (s = 0; s < COUNT; s++) {
        struct sigaction act = { .sa_handler = plan[s].handler };
        sigfillset(&act.sa_mask);
        sigdelset(&during, plan[s].sig);
        if (sigaction(plan[s].sig, &act, NULL) == -1) {
            perror("sigaction");
            return 1;
        }
    }

    pid_t me = getpid(), pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child(me));

    long played = 0;
    const char *trouble = NULL;
    while (played < n && !news.stop && !trouble) {
        if (news.ended || kill(pid, SIGUSR1) == -1)
            trouble = "sending SIGUSR1";
        while (!trouble && !news.pong && !news.stop && !news.ended)
            if (wait_a_while() == -1)
                trouble = "sigsuspend";
        if (news.pong) {
            news.pong = 0;
            played++;
        } else if (!trouble && !news.stop) {
            fprintf(stderr, "the child died\n");
            return 1;
        }
    }
    if (finish(pid, SIGTERM, trouble) == -1)
        return 1;
    if (!WIFEXITED(news.status) || WEXITSTATUS(news.status) != 0) {
        fprintf(stderr, "the child died: %d\n", (int)news.status);
        return 1;
    }
    printf("%s %ld\n", news.stop ? "interrupted" : "rounds", played);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return news.stop ? 1 : 0;
}
