#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// No select, no threads: the parent never has more than one block under way. The child gives
// back exactly as many bytes as it gets, so after every block the parent can simply read the
// same number again. 4096 bytes always fit in an empty pipe, nobody can get stuck.
#define BLOCK 4096

// up to n bytes, fewer only at the end of the file. -1: error
static ssize_t read_full(int fd, unsigned char *buf, size_t n)
{
    size_t have = 0;
    while (have < n) {
        ssize_t r = read(fd, buf + have, n - have);
        if (r == 0)
            break;
        if (r > 0)
            have += r;
        else if (errno != EINTR)
            return -1;
    }
    return have;
}

static int write_full(int fd, const unsigned char *buf, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t r = write(fd, buf + done, n - done);
        if (r >= 0)
            done += r;
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

static const char *child_main(int in, int out)
{
    unsigned char buf[BLOCK];
    for (;;) {
        ssize_t n = read(in, buf, sizeof buf);   // not read_full: what is there is answered
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return "child: read";
        if (n == 0)
            return NULL;
        for (ssize_t i = 0; i < n; i++)
            if ('a' <= buf[i] && buf[i] <= 'z')
                buf[i] &= ~0x20;
        if (write_full(out, buf, n) < 0)
            return "child: write";
    }
}

static const char *parent_main(int to, int from)
{
    unsigned char buf[BLOCK];
    ssize_t n;
    while ((n = read_full(0, buf, sizeof buf)) > 0) {
        if (write_full(to, buf, n) < 0)
            return "pipe to child";
        ssize_t back = read_full(from, buf, n);
        if (back < 0)
            return "pipe from child";
        if (write_full(1, buf, back) < 0)
            return "stdout";
        if (back < n) {
            errno = ECHILD;
            return "the child did not answer";
        }
    }
    return n < 0 ? "stdin" : NULL;
}

int main(void)
{
    int there[2], back[2];
    signal(SIGPIPE, SIG_IGN);

    if (pipe(there) != 0) {
        perror("pipe");
        return 1;
    }
    if (pipe(back) != 0) {
        perror("pipe");
        return 1;
    }

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        const char *trouble = child_main(there[0], back[1]);
        if (trouble)
            perror(trouble);
        _exit(trouble ? 1 : 0);
    }

    close(there[0]);
    close(back[1]);
    const char *trouble = parent_main(there[1], back[0]);
    if (trouble)
        perror(trouble);
    close(there[1]);
    close(back[0]);

    int status = 0;
    pid_t w;
    while ((w = waitpid(pid, &status, 0)) == -1 && errno == EINTR)
        ;
    if (w != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the child came to a bad end\n");
        return 1;
    }
    return trouble ? 1 : 0;
}
