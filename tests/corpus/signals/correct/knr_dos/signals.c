/* Übung 6 - Signale               gelöst am Großrechner, daher etwas altmodisch */
#include <stdio.h>
#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

volatile sig_atomic_t last;               /* which signal was it? */
sigset_t closed, open_;

note(sig)
int sig;
{
        last = sig;     /* only ever called inside sigsuspend, and never twice in one */
}

/* waits for the next signal */
next()
{
        last = 0;
        while (last == 0)
                if (sigsuspend(&open_) == -1 && errno != EINTR)
                        return -1;
        return last;
}

kid(dad)
int dad;
{
        int s;

        while ((s = next()) != SIGTERM) {
                if (s != SIGUSR1 || kill(dad, SIGUSR2) == -1) {
                        perror("kid");
                        return 1;
                }
        }
        return 0;
}

oops(what, pid)
char *what;
int pid;
{
        perror(what);
        if (pid > 0) {
                kill(pid, SIGKILL);
                waitpid(pid, 0, 0);
        }
        exit(1);
}

static int sigs[5] = { SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD };

main(argc, argv)
char **argv;
{
        struct sigaction sa;
        int i, n, pid, dad, status, s, intr;
        char *p;

        n = argc == 2 && argv[1][0] ? 0 : -1;
        if (n == 0)
                for (p = argv[1]; *p && n >= 0; p++)
                        if (*p < '0' || *p > '9' || (n = 10 * n + *p - '0') > 100000)
                                n = -1;
        if (n < 0) {
                fprintf(stderr, "usage: signals N\n");
                exit(2);
        }

        sigfillset(&closed);
        if (sigprocmask(SIG_SETMASK, &closed, &open_) == -1)
                oops("sigprocmask", 0);
        sigemptyset(&sa.sa_mask);
        for (i = 0; i < 5; i++)
                sigaddset(&sa.sa_mask, sigs[i]);  /* one at a time! the others stay pending */
        sa.sa_flags = 0;
        sa.sa_handler = (void (*)()) note;
        for (i = 0; i < 5; i++) {
                sigdelset(&open_, sigs[i]);
                if (sigaction(sigs[i], &sa, 0) == -1)
                        oops("sigaction", 0);
        }

        dad = getpid();
        if ((pid = fork()) == -1)
                oops("fork", 0);
        if (pid == 0)
                _exit(kid(dad));

        intr = 0;
        for (i = 0; i < n && !intr; ) {
                if (kill(pid, SIGUSR1) == -1)
                        oops("kill", pid);
                s = next();
                if (s == SIGUSR2)
                        i++;
                else if (s == SIGINT)
                        intr = 1;
                else
                        oops("kid is dead, or worse", pid);
        }
        if (sigpending(&closed) == -1)
                oops("sigpending", pid);
        if (sigismember(&closed, SIGINT))
                intr = 1;
        if (kill(pid, SIGTERM) == -1)
                oops("kill", pid);
        if (waitpid(pid, &status, 0) == -1)
                oops("waitpid", pid);
        if (status != 0)
                oops("kid is dead", 0);
        printf(intr ? "interrupted %d\n" : "rounds %d\n", i);
        if (fflush(stdout) == EOF)
                oops("stdout", 0);
        exit(intr);
}
