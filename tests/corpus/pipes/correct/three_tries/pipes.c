// Every call gets three tries before it counts as failed, and if there is no thread to be had, main()
// does without.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL 1024

static int to, from;
static const char *problem;          // of the thread, read after the join

static int tried(int *tries)
{
    if (errno == EINTR)
        return 0;
    fprintf(stderr, "%d: %s\n", getpid(), strerror(errno));
    return ++*tries == 3;
}

static ssize_t get(int fd, char *buf, size_t size)
{
    int tries = 0;
    ssize_t n;
    while ((n = read(fd, buf, size)) < 0)
        if (tried(&tries))
            return -1;
    return n;
}

static int put(int fd, const char *buf, size_t size)
{
    int tries = 0;
    while (size > 0) {
        ssize_t n = write(fd, buf, size);
        if (n < 0) {
            if (tried(&tries))
                return -1;
            continue;
        }
        buf += n;
        size -= (size_t)n;
    }
    return 0;
}

static int child(void)
{
    char buf[SMALL];
    ssize_t n;
    while ((n = get(from, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if ((unsigned char)(buf[i] - 'a') < 26)
                buf[i] -= 32;
        if (put(to, buf, (size_t)n) < 0)
            return 1;
    }
    return n < 0;
}

static void *answers(void *arg)
{
    char buf[SMALL];
    ssize_t n;
    while ((n = get(from, buf, sizeof buf)) > 0)
        if (put(1, buf, (size_t)n) < 0)
            break;
    if (n != 0)
        problem = "answers";
    close(from);                     // if that was too early, the child ends of it
    return arg;
}

// Without a thread: a block there, the same block back.
static void step_by_step(void)
{
    char buf[SMALL];
    ssize_t n;
    while (!problem && (n = get(0, buf, sizeof buf)) != 0) {
        if (n < 0 || put(to, buf, (size_t)n) < 0) {
            problem = "input";
            break;
        }
        while (n > 0 && !problem) {
            ssize_t k = get(from, buf, (size_t)n);
            if (k <= 0 || put(1, buf, (size_t)k) < 0)
                problem = "output";
            else
                n -= k;
        }
    }
    close(to);
    close(from);
}

int main(void)
{
    int p[2], q[2], status, tries = 0;
    pid_t pid;

    signal(SIGPIPE, SIG_IGN);
    while (pipe(p) < 0)
        if (tried(&tries))
            return 1;
    while (pipe(q) < 0)
        if (tried(&tries))
            return 1;
    while ((pid = fork()) < 0)
        if (tried(&tries))
            return 1;
    if (pid == 0) {
        close(p[1]);
        close(q[0]);
        from = p[0];
        to = q[1];
        _exit(child());
    }
    close(p[0]);
    close(q[1]);
    to = p[1];
    from = q[0];

    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, answers, NULL)) != 0) {
        perror("no thread, so it takes longer");
        step_by_step();
    } else {
        char buf[SMALL];
        ssize_t n;
        while ((n = get(0, buf, sizeof buf)) > 0)
            if (put(to, buf, (size_t)n) < 0)
                break;
        close(to);
        pthread_join(thread, NULL);
        if (n != 0)
            problem = "input";
    }

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return perror("waitpid"), 1;
    if (status != 0)
        problem = "child";
    if (problem)
        fprintf(stderr, "failed: %s\n", problem);
    return problem != NULL;
}
