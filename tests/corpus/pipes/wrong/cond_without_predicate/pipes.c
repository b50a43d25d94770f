#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// main sends, the thread receives and says when it is done

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;

static int out[2], back[2];
static pid_t pid;

static void end_all(const char *why)
{
    perror(why);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    _exit(1);
}

static size_t take(int fd, char *b, size_t n, const char *why)
{
    ssize_t k;
    while ((k = read(fd, b, n)) < 0)
        if (errno != EINTR)
            end_all(why);
    return k;
}

static void give(int fd, const char *b, size_t n, const char *why)
{
    size_t i = 0;
    while (i < n) {
        ssize_t k = write(fd, b + i, n - i);
        if (k < 0 && errno != EINTR)
            end_all(why);
        if (k > 0)
            i += k;
    }
}

static void child_failed(const char *why)
{
    perror(why);
    _exit(1);
}

static void child(void)
{
    char b[4096];
    ssize_t n, k, i;
    for (;;) {
        n = read(out[0], b, sizeof b);
        if (n == 0)
            _exit(0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            child_failed("child read");
        for (i = 0; i < n; i++)
            b[i] = b[i] >= 'a' && b[i] <= 'z' ? b[i] - 'a' + 'A' : b[i];
        for (i = 0; i < n; i += k > 0 ? k : 0)
            if ((k = write(back[1], b + i, n - i)) < 0 && errno != EINTR)
                child_failed("child write");
    }
}

static void *receiver(void *arg)
{
    char b[4096];
    size_t n;
    int status;

    while ((n = take(back[0], b, sizeof b, "receive")) > 0)
        give(1, b, n, "stdout");
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            end_all("waitpid");
    if (status != 0) {
        fprintf(stderr, "the child has ended with %d\n", status);
        _exit(1);
    }
    pthread_mutex_lock(&lock);
    pthread_cond_signal(&done);
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t t;
    char b[4096];
    size_t n;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(out) < 0 || pipe(back) < 0 || (pid = fork()) < 0) {
        perror("pipe or fork");
        return 1;
    }
    if (pid == 0) {
        close(out[1]);
        close(back[0]);
        child();
    }
    close(out[0]);
    close(back[1]);
    if ((errno = pthread_create(&t, NULL, receiver, NULL)) != 0)
        end_all("pthread_create");

    while ((n = take(0, b, sizeof b, "stdin")) > 0)
        give(out[1], b, n, "send");
    close(out[1]);

    pthread_mutex_lock(&lock);
    pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
    return 0;
}
