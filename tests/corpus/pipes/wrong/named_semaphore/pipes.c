/* Pipes, with a lock so that two of these programs can write to one terminal */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t *terminal;

static ssize_t fetch(int fd, char *p, size_t n)
{
    for (;;) {
        ssize_t k = read(fd, p, n);
        if (k != -1 || errno != EINTR)
            return k;
    }
}

static int store(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        p += k;
        n -= k;
    }
    return 0;
}

static int print(const char *p, size_t n)
{
    int r;
    while (sem_wait(terminal) == -1)
        if (errno != EINTR)
            return -1;
    r = store(STDOUT_FILENO, p, n);
    sem_post(terminal);
    return r;
}

static int child(int in, int out)
{
    char t[1000];
    ssize_t n;
    while ((n = fetch(in, t, sizeof t)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            t[i] = t[i] >= 'a' && t[i] <= 'z' ? t[i] - 'a' + 'A' : t[i];
        if (store(out, t, n) == -1)
            return perror("child: write"), 1;
    }
    if (n == -1)
        perror("child: read");
    return n == -1;
}

static const char *parent(int out, int in)
{
    char t[1000];
    ssize_t n, k;
    while ((n = fetch(STDIN_FILENO, t, sizeof t)) > 0) {
        if (store(out, t, n) == -1)
            return "to child";
        for (; n > 0; n -= k) {
            k = fetch(in, t, n);
            if (k <= 0)
                return "from child";
            if (print(t, k) == -1)
                return "stdout";
        }
    }
    return n == -1 ? "stdin" : NULL;
}

int main(void)
{
    int p[2], q[2], status, failed = 0;

    signal(SIGPIPE, SIG_IGN);
    terminal = sem_open("/terminal", O_CREAT, 0600, 1);
    if (terminal == SEM_FAILED) {
        perror("sem_open");
        return 1;
    }
    if (pipe(p) == -1 || pipe(q) == -1) {
        perror("pipe");
        failed = 1;
        goto end;
    }
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        failed = 1;
        goto end;
    }
    if (pid == 0) {
        sem_close(terminal);
        close(p[1]);
        close(q[0]);
        _exit(child(p[0], q[1]));
    }
    close(p[0]);
    close(q[1]);
    const char *wrong = parent(p[1], q[0]);
    if (wrong) {
        perror(wrong);
        failed = 1;
    }
    close(p[1]);
    close(q[0]);
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) {
            failed = 1;
            goto end;
        }
    if (status != 0) {
        fprintf(stderr, "child failed\n");
        failed = 1;
    }
end:
    sem_close(terminal);
    return failed;
}
