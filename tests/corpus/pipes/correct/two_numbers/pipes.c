// The ends get numbers that can be remembered: 10 and 11 in the child, 20 and 21 in the parent. The
// old numbers stay open beside them; they are the same ends, and whoever ends closes all.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#define IN_CHILD 10
#define OUT_CHILD 11
#define TO_CHILD 20
#define FROM_CHILD 21

static int give(int fd, const char *s, int n) {
    int k;
    for (; n > 0; s += k, n -= k) {
        if ((k = write(fd, s, n)) < 0) {
            if (errno != EINTR) return 0;
            k = 0;
        }
    }
    return 1;
}

static int take(int fd, char *s, int n) {
    int k;
    while ((k = read(fd, s, n)) < 0 && errno == EINTR) {}
    return k;
}

static int upcase(void) {
    char s[600];
    int n;
    while ((n = take(IN_CHILD, s, sizeof s)) > 0) {
        for (char *p = s; p < s + n; p++)
            if (*p && strchr("abcdefghijklmnopqrstuvwxyz", *p)) *p += 'A' - 'a';
        if (!give(OUT_CHILD, s, n)) {
            n = -1;
            break;
        }
    }
    if (n < 0) perror("child");
    return n < 0;
}

int main(void) {
    int p0[2], p1[2];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(p0) < 0 || pipe(p1) < 0) {
        perror("pipe");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        if (dup2(p0[0], IN_CHILD) < 0 || dup2(p1[1], OUT_CHILD) < 0) {
            perror("child: dup2");
            _exit(1);
        }
        close(p0[1]);
        close(p1[0]);
        _exit(upcase());
    }

    close(p0[0]);
    close(p1[1]);
    const char *wrong = NULL;
    if (dup2(p0[1], TO_CHILD) < 0 || dup2(p1[0], FROM_CHILD) < 0) wrong = "dup2";

    char q[512], s[4096];
    int waiting = 0, eof = 0, ended = 0;
    while (!wrong && !ended) {
        fd_set r, w;
        FD_ZERO(&r);
        FD_ZERO(&w);
        FD_SET(FROM_CHILD, &r);
        if (waiting) FD_SET(TO_CHILD, &w);
        if (!waiting && !eof) FD_SET(0, &r);
        if (select(FROM_CHILD + 1, &r, &w, NULL, NULL) < 0) {
            if (errno != EINTR) wrong = "select";
            continue;
        }
        if (FD_ISSET(0, &r)) {
            waiting = take(0, q, sizeof q);
            if (waiting < 0) {
                wrong = "stdin";
                break;
            }
            if (waiting == 0) {
                eof = 1;
                close(TO_CHILD);
                close(p0[1]);   // both numbers, or the child never sees the end
            }
        } else if (FD_ISSET(TO_CHILD, &w)) {
            if (!give(TO_CHILD, q, waiting)) wrong = "to child";
            waiting = 0;
        }
        if (FD_ISSET(FROM_CHILD, &r)) {
            int n = take(FROM_CHILD, s, sizeof s);
            if (n < 0) wrong = "from child";
            else if (n == 0) ended = 1;
            else if (!give(1, s, n)) wrong = "stdout";
        }
    }
    if (wrong) perror(wrong);
    if (!eof) {
        close(TO_CHILD);
        close(p0[1]);
    }
    close(FROM_CHILD);
    close(p1[0]);

    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    if (status != 0) fprintf(stderr, "child: status %#x\n", status);
    return wrong != NULL || status != 0;
}
