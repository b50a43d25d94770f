/*
 * Uebung 5, Aufgabe 1: Adressraeume
 *
 * Kein Semaphor, keine Pipe: das Kind haelt sich selbst an, und wait() sagt
 * dem Elternprozess auch das.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int zahl = 1;

static pid_t warte(pid_t kind, int *status, int wie)
{
    pid_t p;
    do
        p = waitpid(kind, status, wie);
    while (p == -1 && errno == EINTR);
    return p;
}

static int zeile(const char *wer, int geteilt)
{
    if (dprintf(1, "%s %p %d %d\n", wer, (void *)&zahl, zahl, geteilt) < 0) {
        perror(wer);
        return -1;
    }
    return 0;
}

/* Nummer des Seitenrahmens, 0 wenn man sie uns nicht zeigt */
static unsigned long long rahmen(void *adresse)
{
    unsigned long long eintrag;
    int datei = open("/proc/self/pagemap", O_RDONLY);
    if (datei == -1)
        return 0;
    long seite = (unsigned long)adresse / sysconf(_SC_PAGESIZE);
    if (lseek(datei, seite * 8, SEEK_SET) == -1 || read(datei, &eintrag, 8) != 8)
        eintrag = 0;
    close(datei);
    return eintrag & ((1ULL << 55) - 1);   /* Bits 0..54 */
}

int main(void)
{
    int *geteilt = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (geteilt == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *geteilt = 1;

    pid_t kind = fork();
    if (kind == -1) {
        perror("fork");
        return 1;
    }
    if (kind == 0) {
        zahl = 2;
        *geteilt = 2;
        if (zeile("child", *geteilt) == -1)
            _exit(1);
        raise(SIGSTOP);     /* "fertig", und zugleich das Warten */
        _exit(0);
    }

    int status;
    if (warte(kind, &status, WUNTRACED) == -1) {
        perror("waitpid");
        kill(kind, SIGKILL);
        return 1;
    }
    if (!WIFSTOPPED(status)) {
        fprintf(stderr, "Kind ist schon zu Ende\n");
        return 1;
    }

    int wert = 0, fehler = 0;
    struct iovec hier = { &wert, sizeof wert }, dort = { &zahl, sizeof zahl };
    if (process_vm_readv(kind, &hier, 1, &dort, 1, 0) == (ssize_t)sizeof wert)
        fehler = dprintf(1, "peer %d\n", wert) < 0;
    else
        fehler = dprintf(1, "peer denied\n") < 0;
    if (fehler)
        perror("peer");

    kill(kind, SIGCONT);
    if (warte(kind, &status, 0) == -1 || status != 0 || fehler)
        return 1;

    if (zeile("parent", *geteilt) == -1)
        return 1;
    unsigned long long r = rahmen(&zahl);
    fehler = (r ? dprintf(1, "frame 0x%llx\n", r) : dprintf(1, "frame hidden\n")) < 0;
    if (fehler)
        perror("frame");
    return fehler;
}
