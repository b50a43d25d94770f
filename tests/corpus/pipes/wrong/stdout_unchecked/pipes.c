/* parent: fread -> pipe -> child -> pipe -> putchar */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to_child, *from_child;
static pid_t child;

static void give_up(const char *what)
{
    perror(what);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    _exit(1);
}

static int child_main(FILE *in, FILE *out)
{
    int c;

    if (in == NULL || out == NULL) {
        perror("child: fdopen");
        return 1;
    }
    while ((c = getc(in)) != EOF) {
        if (c >= 'a' && c <= 'z')
            c = c - 'a' + 'A';
        if (putc(c, out) == EOF) {
            perror("child: putc");
            return 1;
        }
    }
    if (ferror(in) || fflush(out) == EOF) {
        perror("child");
        return 1;
    }
    return 0;
}

static void *sender(void *unused)
{
    char block[4000];
    size_t n;

    while ((n = fread(block, 1, sizeof block, stdin)) > 0)
        if (fwrite(block, 1, n, to_child) != n)
            give_up("to child");
    if (ferror(stdin))
        give_up("stdin");
    if (fclose(to_child) == EOF)
        give_up("to child");
    return unused;
}

int main(void)
{
    int a[2], b[2], c, status;
    pthread_t thread;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(a) < 0 || pipe(b) < 0) {
        perror("pipe");
        return 1;
    }
    child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        close(a[1]);
        close(b[0]);
        _exit(child_main(fdopen(a[0], "r"), fdopen(b[1], "w")));
    }
    close(a[0]);
    close(b[1]);
    to_child = fdopen(a[1], "w");
    from_child = fdopen(b[0], "r");
    if (!to_child || !from_child)
        give_up("fdopen");
    if ((errno = pthread_create(&thread, NULL, sender, NULL)) != 0)
        give_up("pthread_create");

    while ((c = getc(from_child)) != EOF)
        putchar(c);
    if (ferror(from_child))
        give_up("from child");
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            give_up("waitpid");
    if (status != 0) {
        fflush(stdout);
        fprintf(stderr, "the child ended with %d\n", status);
        _exit(1);
    }
    pthread_join(thread, NULL);
    return 0;
}
