/* SIGUSR1 shows how far we are: kill -USR1 `pidof pipes`.  SA_RESTART: no EINTR anywhere. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t show;

static void usr1(int s)
{
    (void) s;
    show = 1;
}

static int put(int fd, const char *b, ssize_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, b, n);
        if (k < 0)
            return -1;
        b += k;
        n -= k;
    }
    return 0;
}

static int child(int in, int out)
{
    char b[4096], *p;
    ssize_t n;

    signal(SIGUSR1, SIG_IGN);
    while ((n = read(in, b, sizeof b)) > 0) {
        for (p = b; p < b + n; p++)
            if (*p >= 'a' && *p <= 'z')
                *p -= 'a' - 'A';
        if (put(out, b, n) < 0)
            break;
    }
    if (n != 0)
        perror("child");
    return n != 0;
}

int main(void)
{
    struct sigaction sa;
    int to[2], from[2], status, rc = 0, open = 1;
    char b[4096], c[4096];
    ssize_t n = 0, m;
    long sum = 0;
    pid_t pid;

    signal(SIGPIPE, SIG_IGN);
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = usr1;
    sa.sa_flags = SA_RESTART;
    sigemptyset(&sa.sa_mask);
    if (sigaction(SIGUSR1, &sa, NULL) < 0 || pipe(to) < 0 || pipe(from) < 0) {
        perror("pipes");
        return 1;
    }
    if ((pid = fork()) < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        _exit(child(to[0], from[1]));
    }
    close(to[0]);
    close(from[1]);

    while (rc == 0) {
        struct pollfd p[3] = {
            { from[0], POLLIN, 0 }, { n ? to[1] : -1, POLLOUT, 0 }, { n || !open ? -1 : 0, POLLIN, 0 },
        };
        if (show) {
            show = 0;
            fprintf(stderr, "%ld\n", sum);
        }
        if (poll(p, 3, -1) < 0) {
            perror("poll");
            rc = 1;
            break;
        }
        if (p[1].revents) {
            if (put(to[1], b, n) < 0) {
                perror("to child");
                rc = 1;
            }
            n = 0;
        }
        if (p[2].revents) {
            n = read(0, b, sizeof b);
            if (n < 0) {
                perror("stdin");
                rc = 1;
            }
            if (n == 0) {
                close(to[1]);
                open = 0;
            }
        }
        if (p[0].revents) {
            m = read(from[0], c, sizeof c);
            if (m == 0)
                break;
            if (m < 0 || put(1, c, m) < 0) {
                perror(m < 0 ? "from child" : "stdout");
                rc = 1;
            }
            sum += m;
        }
    }
    if (open)
        close(to[1]);
    close(from[0]);
    if (waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "child has failed\n");
        rc = 1;
    }
    return rc;
}
