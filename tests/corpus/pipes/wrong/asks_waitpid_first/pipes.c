/* Pipes. The parent works until waitpid says that the child has done its work. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_all(int fd, const char *buf, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, buf, len);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        buf += n;
        len -= (size_t)n;
    }
    return 0;
}

static ssize_t read_some(int fd, char *buf, size_t len)
{
    ssize_t n;
    do {
        n = read(fd, buf, len);
    } while (n < 0 && errno == EINTR);
    return n;
}

static void child_work(int in, int out)
{
    char buf[4096];
    ssize_t n;

    while ((n = read_some(in, buf, sizeof(buf))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (buf[i] >= 'a' && buf[i] <= 'z')
                buf[i] = (char)(buf[i] - 'a' + 'A');
        }
        if (write_all(out, buf, (size_t)n) < 0)
            break;
    }
    if (n != 0) {
        perror("child");
        _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

int main(void)
{
    int req[2], rsp[2], status = 0;
    char buf[4096], ans[4096];
    size_t len = 0;
    int eof = 0, failed = 0, hung_up = 0;
    pid_t pid, ended;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(req) < 0 || pipe(rsp) < 0) {
        perror("pipe");
        return EXIT_FAILURE;
    }
    pid = fork();
    if (pid < 0) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0) {
        close(req[1]);
        close(rsp[0]);
        child_work(req[0], rsp[1]);
    }
    close(req[0]);
    close(rsp[1]);
    fcntl(rsp[0], F_SETFL, O_NONBLOCK);

    /* 0: it is still alive */
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && !failed && !hung_up) {
        struct pollfd p[3] = {
            {.fd = rsp[0], .events = POLLIN},
            {.fd = len > 0 ? req[1] : -1, .events = POLLOUT},
            {.fd = len == 0 && !eof ? STDIN_FILENO : -1, .events = POLLIN},
        };
        if (poll(p, 3, -1) < 0) {
            if (errno == EINTR)
                continue;
            perror("poll");
            failed = 1;
            break;
        }
        if (p[1].revents) {
            if (write_all(req[1], buf, len) < 0) {
                perror("request");
                failed = 1;
            }
            len = 0;
        }
        if (p[2].revents) {
            ssize_t n = read_some(STDIN_FILENO, buf, sizeof(buf));
            if (n < 0) {
                perror("stdin");
                failed = 1;
            } else if (n == 0) {
                eof = 1;
                close(req[1]);
            } else {
                len = (size_t)n;
            }
        }
        if (p[0].revents) {
            /* everything that is there */
            ssize_t n;
            while ((n = read_some(rsp[0], ans, sizeof(ans))) > 0) {
                if (write_all(STDOUT_FILENO, ans, (size_t)n) < 0) {
                    perror("stdout");
                    failed = 1;
                    break;
                }
            }
            if (n < 0 && errno != EAGAIN) {
                perror("response");
                failed = 1;
            }
            if (n == 0)
                hung_up = 1;
        }
    }
    if (!eof)
        close(req[1]);
    close(rsp[0]);
    while (ended != pid && (ended = waitpid(pid, &status, 0)) < 0) {
        if (errno != EINTR) {
            perror("waitpid");
            return EXIT_FAILURE;
        }
    }
    if (status != 0) {
        fprintf(stderr, "child failed\n");
        failed = 1;
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
