#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define CLE 5678

static void echec(const char *quoi)
{
    perror(quoi);
    exit(EXIT_FAILURE);
}

int main(void)
{
    int shm = shmget(CLE, 27, 0);
    if (shm == -1)
        echec("shmget");
    sem_t *lettres = sem_open("/lettres", 0);
    if (lettres == SEM_FAILED)
        echec("sem_open /lettres");
    sem_t *merci = sem_open("/merci", 0);
    if (merci == SEM_FAILED)
        echec("sem_open /merci");
    char *texte = shmat(shm, NULL, 0);
    if (texte == (char *)-1)
        echec("shmat");

    while (sem_wait(lettres) == -1)
        if (errno != EINTR)
            echec("sem_wait");
    printf("%.26s\n", texte);
    if (fflush(stdout) == EOF)
        echec("stdout");
    if (sem_post(merci) == -1)
        echec("sem_post");
    return EXIT_SUCCESS;
}
