#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#define LINE 1024

/* writes the string */
int writestr(int fd, char *s)
{
    size_t n = strlen(s);
    while (n > 0)
    {
        ssize_t w = write(fd, s, n);
        if (w < 0)
        {
            if (errno == EINTR) continue;
            return -1;
        }
        s += w;
        n -= w;
    }
    return 0;
}

/* reads a string, returns its length */
ssize_t readstr(int fd, char *s)
{
    ssize_t n;
    while ((n = read(fd, s, LINE - 1)) < 0)
    {
        if (errno != EINTR) return -1;
    }
    s[n] = '\0';
    return n;
}

int child(int in, int out)
{
    char s[LINE];
    ssize_t n;
    while ((n = readstr(in, s)) > 0)
    {
        for (char *p = s; *p; p++)
        {
            if (*p >= 'a' && *p <= 'z') *p -= 32;
        }
        if (writestr(out, s) < 0) { perror("child"); return 1; }
    }
    if (n < 0) perror("child");
    return n < 0;
}

int main()
{
    int p[2], q[2], status, error = 0;
    char s[LINE], t[LINE];
    ssize_t n;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(p) < 0 || pipe(q) < 0)
    {
        perror("pipe");
        exit(1);
    }
    pid_t pid = fork();
    if (pid < 0)
    {
        perror("fork");
        exit(1);
    }
    if (pid == 0)
    {
        close(p[1]);
        close(q[0]);
        _exit(child(p[0], q[1]));
    }
    close(p[0]);
    close(q[1]);
    while (!error && (n = readstr(0, s)) != 0)
    {
        size_t want = n < 0 ? 0 : strlen(s);
        if (n < 0 || writestr(p[1], s) < 0) error = 1;
        while (!error && want > 0)
        {
            if ((n = readstr(q[0], t)) <= 0 || writestr(1, t) < 0) error = 1;
            else want -= n;
        }
        if (error) perror("pipes");
    }
    close(p[1]);
    close(q[0]);
    while (waitpid(pid, &status, 0) < 0)
    {
        if (errno != EINTR) { perror("waitpid"); exit(1); }
    }
    if (status != 0) fprintf(stderr, "bad child\n");
    exit(error || status != 0);
}
