#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(x) do { if ((x) == -1) { perror(#x); exit(1); } } while (0)

char buf[4096];

/* fills buf as far as it goes */
int fill(int fd)
{
    static int length;
    int n = read(fd, buf, sizeof buf);
    CHECK(n);
    if (n > 0)
        length = n;
    return length;
}

void flush(int fd, int n)
{
    char *p = buf;
    while (n > 0) {
        int k = write(fd, p, n);
        CHECK(k);
        p += k;
        n -= k;
    }
}

int main(void)
{
    int p[2], q[2], n, status;
    pid_t pid;

    signal(SIGPIPE, SIG_IGN);
    CHECK(pipe(p));
    CHECK(pipe(q));
    CHECK(pid = fork());
    if (pid == 0) {
        close(p[1]);
        close(q[0]);
        /* the child: until there is nothing more */
        while ((n = fill(p[0])) > 0) {
            for (int i = 0; i < n; i++)
                if (buf[i] >= 'a' && buf[i] <= 'z')
                    buf[i] -= 32;
            flush(q[1], n);
        }
        exit(0);
    }
    close(p[0]);
    close(q[1]);
    if ((n = fill(0)) > 0)
        flush(p[1], n);
    close(p[1]);
    while ((n = fill(q[0])) > 0)
        flush(1, n);
    close(q[0]);
    CHECK(waitpid(pid, &status, 0));
    return status != 0;
}
