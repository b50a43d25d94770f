#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#define BUF 65536
static int to_child[2], from_child[2];

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t w = write(fd, p, n);
        if (w == -1 && errno == EINTR) continue;
        if (w == -1) return -1;
        p += w; n -= (size_t)w;
    }
    return 0;
}
static ssize_t read_some(int fd, char *p, size_t n)
{
    ssize_t r;
    do r = read(fd, p, n); while (r == -1 && errno == EINTR);
    return r;
}
static void *feeder(void *arg)
{
    char *buf = malloc(BUF);
    long rc = 0;
    (void)arg;
    if (!buf) { perror("malloc"); rc = 1; }
    while (!rc) {
        ssize_t n = read_some(STDIN_FILENO, buf, BUF);
        if (n == -1) { perror("stdin"); rc = 1; }
        else if (n == 0) break;
        else if (write_all(to_child[1], buf, n) == -1) { perror("pipe to child"); rc = 1; }
    }
    free(buf);
    close(to_child[1]);
    return (void *)rc;
}
static void child(void)
{
    static char buf[BUF];
    close(to_child[1]);
    close(from_child[0]);
    for (;;) {
        ssize_t n = read_some(to_child[0], buf, BUF);
        if (n <= 0) _exit(0);
        for (char *p = buf; p < buf + n; ++p)
            if ('a' <= *p && *p <= 'z') *p = *p - 'a' + 'A';
        if (write_all(from_child[1], buf, n) == -1) { perror("child: write"); _exit(3); }
    }
}
int main(void)
{
    int ret = EXIT_SUCCESS, status;
    pthread_t th;
    static char buf[BUF];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(to_child) || pipe(from_child)) { perror("pipe"); return EXIT_FAILURE; }
    pid_t pid = fork();
    if (pid == -1) { perror("fork"); return EXIT_FAILURE; }
    if (pid == 0) child();
    close(to_child[0]);
    close(from_child[1]);
    int e = pthread_create(&th, NULL, feeder, NULL);
    if (e) {
        fprintf(stderr, "pthread_create: %s\n", strerror(e));
        close(to_child[1]); close(from_child[0]);
        while (waitpid(pid, &status, 0) == -1 && errno == EINTR) ;
        return EXIT_FAILURE;
    }
    for (;;) {
        ssize_t n = read_some(from_child[0], buf, BUF);
        if (n == 0) break;
        if (n == -1 || write_all(STDOUT_FILENO, buf, n) == -1) {
            perror("output");
            /* the feeder may sit in read(stdin): leave with the child killed */
            kill(pid, SIGKILL);
            while (waitpid(pid, &status, 0) == -1 && errno == EINTR) ;
            exit(EXIT_FAILURE);
        }
    }
    /* no more output: the child has closed its end, so it is about to be gone */
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) { perror("waitpid"); exit(EXIT_FAILURE); }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "the child died (status %#x)\n", status);
        exit(EXIT_FAILURE);
    }
    void *res;
    pthread_join(th, &res);
    if (res) ret = EXIT_FAILURE;
    close(from_child[0]);
    return ret;
}
