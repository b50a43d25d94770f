#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * select() version.  wait() only has to remove the zombie: if the child has trouble we see
 * it, since then the pipes break.
 */

#define BUFLEN 1024

typedef struct {
    char data[BUFLEN];
    int len;
} buffer;

static int fill(buffer *b, int fd)
{
    do
        b->len = read(fd, b->data, BUFLEN);
    while (b->len < 0 && errno == EINTR);
    return b->len;
}

static int empty(buffer *b, int fd)
{
    char *p = b->data;
    while (b->len > 0) {
        int n = write(fd, p, b->len);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        p += n;
        b->len -= n;
    }
    return 0;
}

static void upper(buffer *b)
{
    for (int i = 0; i < b->len; i++)
        if (b->data[i] >= 'a' && b->data[i] <= 'z')
            b->data[i] -= 32;
}

static int max(int a, int b) { return a > b ? a : b; }

int main(void)
{
    int ptoc[2], ctop[2];
    buffer out, in;
    int open = 1, bad = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(ptoc) < 0 || pipe(ctop) < 0) {
        perror("pipe");
        exit(EXIT_FAILURE);
    }
    switch (fork()) {
    case -1:
        perror("fork");
        exit(EXIT_FAILURE);
    case 0:
        close(ptoc[1]);
        close(ctop[0]);
        while (fill(&in, ptoc[0]) > 0) {
            upper(&in);
            if (empty(&in, ctop[1]) < 0) {
                perror("child: write");
                _exit(EXIT_FAILURE);
            }
        }
        if (in.len < 0) {
            perror("child: read");
            _exit(EXIT_FAILURE);
        }
        _exit(EXIT_SUCCESS);
    }
    close(ptoc[0]);
    close(ctop[1]);
    out.len = 0;
    while (!bad) {
        fd_set rd, wr;
        FD_ZERO(&rd);
        FD_ZERO(&wr);
        FD_SET(ctop[0], &rd);
        if (out.len > 0)
            FD_SET(ptoc[1], &wr);
        else if (open)
            FD_SET(STDIN_FILENO, &rd);
        if (select(max(ctop[0], ptoc[1]) + 1, &rd, &wr, NULL, NULL) < 0) {
            if (errno == EINTR)
                continue;
            perror("select");
            bad = 1;
            break;
        }
        if (out.len > 0 && FD_ISSET(ptoc[1], &wr)) {
            if (empty(&out, ptoc[1]) < 0) {
                perror("to child");
                bad = 1;
            }
        } else if (out.len == 0 && open && FD_ISSET(STDIN_FILENO, &rd)) {
            if (fill(&out, STDIN_FILENO) < 0) {
                perror("stdin");
                bad = 1;
            }
            if (out.len == 0) {
                close(ptoc[1]);
                open = 0;
            }
        }
        if (FD_ISSET(ctop[0], &rd)) {
            if (fill(&in, ctop[0]) < 0) {
                perror("from child");
                bad = 1;
            }
            if (in.len == 0)
                break;
            if (empty(&in, STDOUT_FILENO) < 0) {
                perror("stdout");
                bad = 1;
            }
        }
    }
    if (open)
        close(ptoc[1]);
    close(ctop[0]);
    while (wait(NULL) < 0 && errno == EINTR)
        ;
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
