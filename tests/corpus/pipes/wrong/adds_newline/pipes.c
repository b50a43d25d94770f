/* line by line; getline() knows lines of any length */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to, *from;

static int child(int in, int out)
{
    FILE *r = fdopen(in, "r"), *w = fdopen(out, "w");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (!r || !w) {
        perror("child: fdopen");
        return 1;
    }
    while ((n = getline(&line, &room, r)) >= 0) {
        if (n > 0 && line[n - 1] == '\n')
            n--;                                    /* chomp */
        for (ssize_t i = 0; i < n; i++)
            if (line[i] >= 'a' && line[i] <= 'z')
                line[i] -= 'a' - 'A';
        if (fwrite(line, 1, n, w) != (size_t)n || putc('\n', w) == EOF || fflush(w) == EOF) {
            perror("child: write");
            return 1;
        }
    }
    if (ferror(r)) {
        perror("child: read");
        return 1;
    }
    return 0;
}

/* A line may be longer than both pipes together: the child reads it to its end, then writes it, and
 * so the parent may send it whole and then read the whole answer. */
static const char *talk(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) >= 0) {
        if (fwrite(line, 1, n, to) != (size_t)n || line[n - 1] != '\n' && putc('\n', to) == EOF
            || fflush(to) == EOF)
            return "to the child";
        if ((n = getline(&line, &room, from)) < 0 || line[n - 1] != '\n')
            return "from the child";
        if (fwrite(line, 1, n, stdout) != (size_t)n || fflush(stdout) == EOF)
            return "stdout";
    }
    free(line);
    return ferror(stdin) ? "stdin" : NULL;
}

int main(void)
{
    int a[2], b[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(a) < 0 || pipe(b) < 0) {
        perror("pipe");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(a[1]);
        close(b[0]);
        _exit(child(a[0], b[1]));
    }
    close(a[0]);
    close(b[1]);
    const char *wrong = "fdopen";
    if ((to = fdopen(a[1], "w")) && (from = fdopen(b[0], "r")))
        wrong = talk();
    if (wrong) {
        perror(wrong);
        kill(pid, SIGKILL);
    } else
        fclose(to);
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    if (status)
        fprintf(stderr, "child: status %d\n", status);
    _exit(wrong || status ? 1 : 0);
}
