/* One block is under way at a time: sent, and taken back until all of it has come. */
#include "io.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int copy(int to, int from)
{
    char block[BLOCK], back[BLOCK];
    ssize_t n;

    while ((n = get_block(0, block)) > 0) {
        if (put_block(to, block, (size_t)n) < 0) {
            perror("to the child");
            return 1;
        }
        while (n > 0) {
            ssize_t m = get_block(from, back);
            if (m < 0) {
                perror("from the child");
                return 1;
            }
            if (m == 0) {
                fputs("the child is gone\n", stderr);
                return 1;
            }
            if (put_block(1, back, (size_t)m) < 0) {
                perror("stdout");
                return 1;
            }
            n -= m;
        }
    }
    if (n < 0) {
        perror("stdin");
        return 1;
    }
    return 0;
}

int main(void)
{
    struct sigaction ignore;
    int up[2], down[2], status, bad;
    pid_t pid;

    ignore.sa_handler = SIG_IGN;
    ignore.sa_flags = 0;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);

    if (pipe(up) < 0 || pipe(down) < 0) {
        perror("pipe");
        return 1;
    }
    pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(up[1]);
        close(down[0]);
        exit(child(up[0], down[1]));
    }
    close(up[0]);
    close(down[1]);
    bad = copy(up[1], down[0]);
    close(up[1]);
    close(down[0]);

    while (wait(&status) != pid)
        if (errno != EINTR) {
            perror("wait");
            return 1;
        }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the child failed, 0x%x\n", (unsigned)status);
        bad = 1;
    }
    return bad;
}
