/* Aufgabe 5 - Signale. Mit Ausgabe, damit man sieht, was passiert. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

volatile sig_atomic_t antwort, abbruch, kind_weg;

void behandeln(int sig)
{
    int alt = errno;
    if (sig == SIGUSR2)
        antwort = 1;
    else if (sig == SIGINT)
        abbruch = 1;
    else
        kind_weg = 1;
    fprintf(stderr, "Signal %d angekommen\n", sig);
    errno = alt;
}

int kind(pid_t vater)
{
    sigset_t s;
    int sig;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGTERM);
    for (;;) {
        if (sigwait(&s, &sig) != 0) {
            fprintf(stderr, "Kind: sigwait\n");
            return 1;
        }
        if (sig == SIGTERM)
            return 0;
        if (kill(vater, SIGUSR2) == -1) {
            perror("Kind: kill");
            return 1;
        }
    }
}

int fehler(const char *text, pid_t pid)
{
    perror(text);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return 1;
}

int main(int argc, char **argv)
{
    int sigs[3] = { SIGINT, SIGUSR2, SIGCHLD };
    int n, i, status;
    sigset_t zu, auf;
    struct sigaction sa;
    char *ende;

    if (argc != 2 || argv[1][0] < '0' || argv[1][0] > '9') {
        fprintf(stderr, "Aufruf: signals N\n");
        return 2;
    }
    long zahl = strtol(argv[1], &ende, 10);
    if (*ende != '\0' || zahl > 100000) {
        fprintf(stderr, "Aufruf: signals N (0 <= N <= 100000)\n");
        return 2;
    }
    n = zahl;

    sigemptyset(&zu);
    sigaddset(&zu, SIGUSR1);
    sigaddset(&zu, SIGTERM);
    for (i = 0; i < 3; i++)
        sigaddset(&zu, sigs[i]);
    if (sigprocmask(SIG_BLOCK, &zu, &auf) == -1)
        return fehler("sigprocmask", 0);
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = behandeln;
    for (i = 0; i < 3; i++) {
        sigdelset(&auf, sigs[i]);
        if (sigaction(sigs[i], &sa, NULL) == -1)
            return fehler("sigaction", 0);
    }
    pid_t vater = getpid(), pid = fork();
    if (pid == -1)
        return fehler("fork", 0);
    if (pid == 0)
        _exit(kind(vater));

    for (i = 0; i < n && !abbruch; ) {
        antwort = 0;
        if (kill(pid, SIGUSR1) == -1)
            return fehler("kill", pid);
        while (!antwort && !abbruch && !kind_weg) {
            sigsuspend(&auf);
            if (errno != EINTR)
                return fehler("sigsuspend", pid);
        }
        if (antwort)
            i++;
        else if (kind_weg)
            return fehler("Kind ist tot", pid);
    }
    if (kill(pid, SIGTERM) == -1)
        return fehler("kill", pid);
    if (waitpid(pid, &status, 0) == -1)
        return fehler("waitpid", pid);
    if (status != 0)
        return fehler("Kind ist nicht sauber zu Ende gegangen", 0);
    if (printf("%s %d\n", abbruch ? "interrupted" : "rounds", i) < 0 || fflush(stdout) == EOF)
        return fehler("Ausgabe", 0);
    return abbruch ? 1 : 0;
}
