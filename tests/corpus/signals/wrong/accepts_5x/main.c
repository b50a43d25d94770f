#include "game.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct { char letter; int sig; } table[] = {
    { 'i', SIGINT }, { '1', SIGUSR1 }, { '2', SIGUSR2 }, { 't', SIGTERM }, { 'c', SIGCHLD },
};
enum { ENTRIES = sizeof table / sizeof *table };

void to_set(sigset_t *set, const char *which)
{
    sigemptyset(set);
    for (; *which; which++)
        for (int i = 0; i < ENTRIES; i++)
            if (table[i].letter == *which)
                sigaddset(set, table[i].sig);
}

char take(const char *which)
{
    sigset_t set;
    int sig;

    to_set(&set, which);
    do
        sig = sigwaitinfo(&set, NULL);
    while (sig < 0 && errno == EINTR);
    if (sig < 0)
        perror("sigwaitinfo");
    for (int i = 0; i < ENTRIES; i++)
        if (table[i].sig == sig)
            return table[i].letter;
    return 0;
}

int main(int argc, char **argv)
{
    sigset_t all;
    long rounds = 0;

    if (argc != 2 || sscanf(argv[1], "%ld", &rounds) != 1 || rounds < 0 || rounds > 100000) {
        fprintf(stderr, "usage: signals N  (0 to 100000 rounds)\n");
        return 2;
    }

    to_set(&all, "i12tc");
    if (sigprocmask(SIG_BLOCK, &all, NULL) < 0) {
        perror("sigprocmask");
        return EXIT_FAILURE;
    }
    const pid_t me = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return EXIT_FAILURE;
    }
    return pid == 0 ? child(me) : parent(pid, rounds);
}
