/* Pipes for two way communication, after the slides */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void send_all(int fd, const char *buf, ssize_t n, const char *who)
{
    while (n > 0) {
        ssize_t w = write(fd, buf, n);
        if (w == -1) {
            if (errno == EINTR) continue;
            perror(who);
            /* whoever waits for us sees the end of our pipes now */
            exit(1);
        }
        buf += w;
        n -= w;
    }
}

ssize_t get_some(int fd, char *buf, size_t n)
{
    ssize_t r;
    do r = read(fd, buf, n); while (r == -1 && errno == EINTR);
    return r;
}

static int pipe0[2], pipe1[2];
static pid_t pid;

/* at exit of the parent: the child must go, too */
static void reap(void)
{
    close(pipe0[1]);
    close(pipe1[0]);
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) ;
}

int main(void)
{
    char buf[BUFSIZ];
    ssize_t n;
    int status = 0;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(pipe0) == -1 || pipe(pipe1) == -1) {
        perror("pipe");
        exit(1);
    }

    pid = fork();
    if (pid == -1) {
        perror("fork");
        exit(1);
    }

    if (pid == 0) {
        close(pipe0[1]);   /* unnecessary */
        close(pipe1[0]);   /* unnecessary */
        while ((n = get_some(pipe0[0], buf, sizeof buf)) > 0) {
            for (ssize_t i = 0; i < n; i++)
                if (buf[i] >= 'a' && buf[i] <= 'z')
                    buf[i] -= 32;
            send_all(pipe1[1], buf, n, "child");
        }
        if (n == -1) perror("child");
        exit(n == -1);
    }

    close(pipe0[0]);       /* unnecessary */
    close(pipe1[1]);       /* unnecessary */
    atexit(reap);

    /* 1. send */
    while ((n = get_some(0, buf, sizeof buf)) > 0)
        send_all(pipe0[1], buf, n, "send");
    if (n == -1) {
        perror("stdin");
        exit(1);
    }
    close(pipe0[1]);

    /* 2. receive */
    while ((n = get_some(pipe1[0], buf, sizeof buf)) > 0)
        send_all(1, buf, n, "stdout");
    if (n == -1) {
        perror("receive");
        exit(1);
    }
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) break;
    if (status != 0) {
        fprintf(stderr, "child failed\n");
        exit(1);
    }
    return 0;
}
