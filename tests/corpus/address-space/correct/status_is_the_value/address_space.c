#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tours : 0 l'enfant écrit, 1 le parent regarde, 2 l'enfant s'en va, -1 panne */
struct page {
    atomic_int tour;
    int commun;
};

static int prive = 1;

static int attendre(struct page *p, int tour)
{
    int t;
    while ((t = atomic_load_explicit(&p->tour, memory_order_acquire)) < tour && t >= 0)
        sched_yield();
    return t;
}

static void passer(struct page *p, int tour)
{
    atomic_store_explicit(&p->tour, tour, memory_order_release);
}

static int enfant(struct page *p)
{
    prive = 2;
    p->commun = 2;
    printf("child %p %d %d\n", (void *)&prive, prive, p->commun);
    if (fflush(stdout) != 0) {
        perror("enfant");
        passer(p, -1);
        return 1;
    }
    passer(p, 1);
    attendre(p, 2);
    return prive;
}

int main(void)
{
    struct page *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    p->commun = 1;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(enfant(p));

    int panne = attendre(p, 1) != 1;
    if (!panne) {
        int lu;
        struct iovec ici = { &lu, sizeof lu }, la = { &prive, sizeof prive };
        if (process_vm_readv(pid, &ici, 1, &la, 1, 0) == -1)
            printf("peer denied\n");
        else
            printf("peer %d\n", lu);
        panne = fflush(stdout) != 0;
        passer(p, 2);
    }
    int etat;
    if (waitpid(pid, &etat, 0) == -1 || !WIFEXITED(etat) || WEXITSTATUS(etat) != 2 || panne) {
        fprintf(stderr, "panne\n");
        return 1;
    }

    printf("parent %p %d %d\n", (void *)&prive, prive, p->commun);

    char chemin[32];
    unsigned long cadre = 0;
    snprintf(chemin, sizeof chemin, "/proc/%d/pagemap", (int)getpid());
    int carte = open(chemin, O_RDONLY);
    if (carte != -1) {
        off_t position = (unsigned long)&prive / sysconf(_SC_PAGESIZE) * sizeof cadre;
        if (pread(carte, &cadre, sizeof cadre, position) != sizeof cadre)
            cadre = 0;
        close(carte);
        cadre &= (1UL << 55) - 1;
    }
    if (cadre)
        printf("frame 0x%lx\n", cadre);
    else
        printf("frame hidden\n");
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    return 0;
}
