#include "game.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static int abandon(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return EXIT_FAILURE;
}

int parent(pid_t pid, long rounds)
{
    long played = 0;
    int status;
    sigset_t late;
    char c = '2';

    while (played < rounds && c == '2') {
        if (kill(pid, SIGUSR1) < 0) {
            perror("kill");
            return abandon(pid);
        }
        c = take("i2c");
        if (c == 'c')
            fprintf(stderr, "the child died in round %ld\n", played + 1);
        if (c == 'c' || c == 0)
            return abandon(pid);
        if (c == '2')
            played++;
    }
    if (sigpending(&late) < 0) {
        perror("sigpending");
        return abandon(pid);
    }
    if (sigismember(&late, SIGINT))
        c = 'i';

    if (kill(pid, SIGTERM) < 0) {
        perror("kill");
        return abandon(pid);
    }
    if (waitpid(pid, &status, 0) < 0) {
        perror("waitpid");
        return abandon(pid);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fprintf(stderr, "the child died\n");
        return EXIT_FAILURE;
    }
    printf("%s %ld\n", c == 'i' ? "interrupted" : "rounds", played);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return EXIT_FAILURE;
    }
    return c == 'i' ? EXIT_FAILURE : EXIT_SUCCESS;
}
