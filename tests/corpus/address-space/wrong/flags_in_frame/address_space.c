/* address_space.c - wer sieht was? */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int normal = 1, *gemeinsam, fertig, weiter;

static void ende(const char *grund)
{
    perror(grund);
    exit(1);
}

static void ausgabe(const char *wer)
{
    if (printf("%s %p %d %d\n", wer, (void *) &normal, normal, *gemeinsam) < 0 || fflush(stdout))
        ende(wer);
}

/* Das Kind meldet sich auch dann, wenn es scheitert: mit einer 2. */
static void kind_scheitert(void)
{
    eventfd_write(fertig, 2);
}

static int kind(void)
{
    eventfd_t n;

    atexit(kind_scheitert);
    normal = *gemeinsam = 2;
    ausgabe("child");
    if (eventfd_write(fertig, 1) == -1 || eventfd_read(weiter, &n) == -1)
        ende("eventfd");
    _exit(0);
}

static unsigned long seitentabelle(void *adresse)
{
    unsigned long eintrag;
    ssize_t n;
    int d = open("/proc/self/pagemap", O_RDONLY);

    if (d == -1)
        return 0;
    n = pread(d, &eintrag, sizeof eintrag, (unsigned long) adresse / 4096 * sizeof eintrag);
    close(d);
    return n == sizeof eintrag ? eintrag : 0;
}

int main(void)
{
    eventfd_t n;
    int wert, status, gut = 0;
    pid_t pid;

    gemeinsam = mmap(0, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (gemeinsam == MAP_FAILED)
        ende("mmap");
    *gemeinsam = 1;
    if ((fertig = eventfd(0, 0)) == -1 || (weiter = eventfd(0, 0)) == -1)
        ende("eventfd");
    if ((pid = fork()) == -1)
        ende("fork");
    if (pid == 0)
        return kind();

    if (eventfd_read(fertig, &n) == -1)
        perror("eventfd");
    else if (n == 1) {
        struct iovec a = {&wert, sizeof wert}, b = {&normal, sizeof normal};
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
            printf("peer denied\n");
        else
            printf("peer %d\n", wert);
        gut = fflush(stdout) == 0;
    }
    if (eventfd_write(weiter, 1) == -1) {
        perror("eventfd");
        kill(pid, 9);
    }
    if (waitpid(pid, &status, 0) == -1)
        ende("waitpid");
    if (!gut || status != 0) {
        fputs("schade\n", stderr);
        return 1;
    }

    ausgabe("parent");
    unsigned long rahmen = seitentabelle(&normal);
    if (rahmen == 0)
        printf("frame hidden\n");
    else
        printf("frame 0x%lx\n", rahmen);
    if (fflush(stdout))
        ende("stdout");
    return 0;
}
