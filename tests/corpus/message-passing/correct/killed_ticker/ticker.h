/* A child that draws a point on stderr now and then, so that one sees that something is going on. It
 * never stops: kill it. */
#ifndef TICKER_H
#define TICKER_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* -1 if there can be none */
static inline pid_t start_ticker(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (;;) {
            if (write(2, ".", 1) < 0)
                _exit(1);
            sleep(1);
        }
    }
    return pid;
}

static inline int stop_ticker(pid_t pid)
{
    if (kill(pid, SIGKILL) < 0)
        return -1;
    while (waitpid(pid, NULL, 0) < 0)
        if (errno != EINTR)
            return -1;
    return 0;
}

#endif
