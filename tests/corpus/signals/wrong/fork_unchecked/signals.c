/* BS-Praktikum, Aufgabe 9 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t kind_set, vater_set;

static int hole(const sigset_t *set)
{
    int sig;
    while ((sig = sigwaitinfo(set, NULL)) == -1 && errno == EINTR)
        ;
    if (sig == -1)
        perror("sigwaitinfo");
    return sig;
}

static void kind(pid_t vater)
{
    int sig;
    while ((sig = hole(&kind_set)) == SIGUSR1)
        if (kill(vater, SIGUSR2) == -1) {
            perror("kill");
            _exit(1);
        }
    _exit(sig == SIGTERM ? 0 : 1);
}

/* Rueckgabe: 0 alle Runden, 1 abgebrochen, -1 Fehler */
static int spiel(pid_t pid, int n, int *k)
{
    for (*k = 0; *k < n; ++*k) {
        if (kill(pid, SIGUSR1) == -1) {
            perror("kill");
            return -1;
        }
        switch (hole(&vater_set)) {
        case SIGUSR2:
            break;
        case SIGINT:
            return 1;
        case SIGCHLD:
            fprintf(stderr, "Das Kind ist tot.\n");
            return -1;
        default:
            return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    int n, k, ergebnis, status = 0;

    if (argc != 2 || argv[1][0] == '\0' || strspn(argv[1], "0123456789") < strlen(argv[1])
        || strtol(argv[1], NULL, 10) > 100000) {
        fprintf(stderr, "Aufruf: signals N\n");
        return 2;
    }
    n = strtol(argv[1], NULL, 10);

    sigemptyset(&kind_set);
    sigaddset(&kind_set, SIGUSR1);
    sigaddset(&kind_set, SIGTERM);
    sigemptyset(&vater_set);
    sigaddset(&vater_set, SIGINT);
    sigaddset(&vater_set, SIGUSR2);
    sigaddset(&vater_set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &kind_set, NULL) == -1 || sigprocmask(SIG_BLOCK, &vater_set, NULL) == -1) {
        perror("sigprocmask");
        return 1;
    }

    pid_t vater = getpid();
    pid_t pid = fork();
    if (pid <= 0)
        kind(vater);

    ergebnis = spiel(pid, n, &k);
    if (ergebnis >= 0 && kill(pid, SIGTERM) == -1) {
        perror("kill");
        ergebnis = -1;
    }
    if (ergebnis < 0)
        kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) == -1) {
        perror("waitpid");
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        return 1;
    }
    if (ergebnis < 0)
        return 1;
    if (status != 0) {
        fprintf(stderr, "Das Kind ist nicht sauber zu Ende gegangen.\n");
        return 1;
    }
    printf("%s %d\n", ergebnis ? "interrupted" : "rounds", k);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return ergebnis;
}
