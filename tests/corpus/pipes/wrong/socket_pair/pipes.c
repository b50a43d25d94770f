/* socketpair() gives in one call what takes two pipes otherwise: both ways. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static ssize_t get(int fd, char *b, size_t n)
{
    ssize_t k;
    while ((k = read(fd, b, n)) == -1 && errno == EINTR)
        ;
    return k;
}

static int put(int fd, const char *b, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, b, n);
        if (k == -1 && errno != EINTR)
            return -1;
        if (k > 0)
            b += k, n -= k;
    }
    return 0;
}

static int child(int sock)
{
    char b[1024];
    ssize_t n;
    while ((n = get(sock, b, sizeof b)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (b[i] >= 'a' && b[i] <= 'z')
                b[i] -= 'a' - 'A';
        if (put(sock, b, n) == -1)
            break;
    }
    if (n != 0)
        perror("child");
    return n != 0;
}

int main(void)
{
    int sv[2], status, bad = 0;
    char b[1024];
    ssize_t n, k;

    signal(SIGPIPE, SIG_IGN);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == -1) {
        perror("socketpair");
        return 1;
    }
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(sv[0]);
        _exit(child(sv[1]));
    }
    close(sv[1]);
    while (!bad && (n = get(0, b, sizeof b)) != 0) {
        if (n == -1 || put(sv[0], b, n) == -1)
            bad = 1;
        for (; !bad && n > 0; n -= k)
            if ((k = get(sv[0], b, n)) <= 0 || put(1, b, k) == -1)
                bad = 1;
    }
    if (bad)
        perror("parent");
    close(sv[0]);
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return 1;
    if (status)
        fprintf(stderr, "child: status %d\n", status);
    return bad || status;
}
