/* The child answers when it has heard everything, not before. So the parent can send all of its
   input and only then start to read: as long as it sends, the child does nothing but read, and as
   long as the child sends, the parent does nothing but read. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct text {
    uint8_t *at;
    size_t size, room;
};

static int transfer(int from, int to)
{
    uint8_t piece[8192];
    for (;;) {
        ssize_t n = read(from, piece, sizeof(piece));
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return (int)n;
        for (ssize_t i = 0, k; i < n; i += k) {
            k = write(to, piece + i, (size_t)(n - i));
            if (k == -1 && errno != EINTR)
                return -1;
            if (k == -1)
                k = 0;
        }
    }
}

static void child(int in, int out)
{
    struct text t = {NULL, 0, 0};
    ssize_t n;

    do {
        if (t.size == t.room) {
            t.room = t.room ? 2 * t.room : 1 << 16;
            uint8_t *more = realloc(t.at, t.room);
            if (!more)
                err(EXIT_FAILURE, "child: %zu bytes", t.room);
            t.at = more;
        }
        n = read(in, t.at + t.size, t.room - t.size);
        if (n > 0)
            t.size += (size_t)n;
        else if (n == -1 && errno != EINTR)
            err(EXIT_FAILURE, "child: read");
    } while (n != 0);

    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] >= 'a' && t.at[i] <= 'z')
            t.at[i] = (uint8_t)(t.at[i] - 'a' + 'A');

    for (size_t i = 0; i < t.size;) {
        n = write(out, t.at + i, t.size - i);
        if (n >= 0)
            i += (size_t)n;
        else if (errno != EINTR)
            err(EXIT_FAILURE, "child: write");
    }
    free(t.at);
    exit(EXIT_SUCCESS); /* nothing was printed or read with stdio before the fork */
}

int main(void)
{
    int p[2], q[2], status = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(p) == -1 || pipe(q) == -1)
        err(EXIT_FAILURE, "pipe");
    const pid_t kid = fork();
    switch (kid) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        close(p[1]);
        close(q[0]);
        child(p[0], q[1]);
    }
    close(p[0]);
    close(q[1]);

    int failed = transfer(STDIN_FILENO, p[1]);
    if (failed) {
        warn("sending");
        close(q[0]); /* half a text is not wanted back */
        close(p[1]);
    } else {
        close(p[1]);
        failed = transfer(q[0], STDOUT_FILENO);
        if (failed)
            warn("receiving");
        close(q[0]);
    }

    while (waitpid(kid, &status, 0) == -1)
        if (errno != EINTR)
            err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        warnx("child killed by signal %d", WTERMSIG(status));
    return failed || status ? EXIT_FAILURE : EXIT_SUCCESS;
}
