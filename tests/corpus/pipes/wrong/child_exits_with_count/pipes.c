/*  pipes.c -- the child tells in its exit status how many letters it has changed */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

#define SZ  256

static void fatal(const char *s)
{
    perror(s);
    _exit(255);
}

static long rd(int fd, char *buf)
{
    long n;
    while ((n = read(fd, buf, SZ)) < 0)
        if (errno != EINTR)
            return -1;
    return n;
}

static long wr(int fd, const char *buf, long n)
{
    long done = 0, k;
    while (done < n)
        if ((k = write(fd, buf + done, n - done)) >= 0)
            done += k;
        else if (errno != EINTR)
            return -1;
    return done;
}

static int child(int in, int out)
{
    char buf[SZ];
    long n, i;
    int changed = 0;

    while ((n = rd(in, buf)) > 0) {
        for (i = 0; i < n; i++)
            if (buf[i] >= 'a' && buf[i] <= 'z') {
                buf[i] -= 'a' - 'A';
                if (changed < 254)
                    changed++;
            }
        if (wr(out, buf, n) < 0)
            fatal("child: write");
    }
    if (n < 0)
        fatal("child: read");
    return changed;             /* 254: so many or more; 255: failed */
}

int main(void)
{
    int there[2], back[2], status, rc = 0;
    char buf[SZ];
    long n, k;
    pid_t pid;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(there) < 0 || pipe(back) < 0) {
        perror("pipe");
        return 1;
    }
    if ((pid = fork()) < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        _exit(child(there[0], back[1]));
    }
    close(there[0]);
    close(back[1]);

    while (rc == 0 && (n = rd(STDIN_FILENO, buf)) != 0) {
        if (n < 0) {
            perror("stdin");
            rc = 1;
        } else if (wr(there[1], buf, n) < 0) {
            perror("write");
            rc = 1;
        }
        for (; rc == 0 && n > 0; n -= k) {
            k = rd(back[0], buf);
            if (k <= 0) {
                fprintf(stderr, "no answer\n");
                rc = 1;
            } else if (wr(STDOUT_FILENO, buf, k) < 0) {
                perror("stdout");
                rc = 1;
            }
        }
    }
    close(there[1]);
    close(back[0]);

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 255) {
        fprintf(stderr, "the child failed\n");
        rc = 1;
    } else if (WEXITSTATUS(status) == 254)
        fprintf(stderr, "many letters changed\n");
    else
        fprintf(stderr, "%d letters changed\n", WEXITSTATUS(status));
    return rc;
}
