/* Solution to the pipes lab. Compile: gcc pipe.c -o pipes */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int rd(int f, char *b, int n) { int k; while ((k = read(f, b, n)) < 0 && errno == EINTR); return k; }

static int wr(int f, const char *b, int n)
{
    while (n > 0) {
        int k = write(f, b, n);
        if (k < 0 && errno != EINTR) return -1;
        if (k > 0) b += k, n -= k;
    }
    return 0;
}

int main(void)
{
    int a[2], b[2], n, st, bad = 0;
    char s[512];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(a) || pipe(b)) return perror("pipe"), 1;
    pid_t pid = fork();
    if (pid < 0) return perror("fork"), 1;
    if (pid == 0) {
        close(a[1]); close(b[0]);
        while ((n = rd(a[0], s, sizeof s)) > 0) {
            for (int i = 0; i < n; i++) if (s[i] >= 'a' && s[i] <= 'z') s[i] -= 32;
            if (wr(b[1], s, n) < 0) { n = -1; break; }
        }
        if (n < 0) perror("child");
        _exit(n < 0);
    }
    close(a[0]); close(b[1]);
    while (!bad && (n = rd(0, s, sizeof s)) != 0) {
        if (n < 0 || wr(a[1], s, n) < 0) { bad = 1; break; }
        for (int k; n > 0 && !bad; n -= k)
            if ((k = rd(b[0], s, n)) <= 0 || wr(1, s, k) < 0) bad = 1;
    }
    if (bad) perror("pipes");
    close(a[1]); close(b[0]);
    while (waitpid(pid, &st, 0) < 0) if (errno != EINTR) return perror("waitpid"), 1;
    if (st) fprintf(stderr, "child: %d\n", st);
    return bad || st;
}
