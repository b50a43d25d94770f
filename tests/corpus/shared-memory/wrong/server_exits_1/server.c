#include <fcntl.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define CLE 5678

static bool retirer(int shm)
{
    bool ok = sem_unlink("/lettres") == 0;
    ok = sem_unlink("/merci") == 0 && ok;
    if (shm != -1)
        ok = shmctl(shm, IPC_RMID, NULL) == 0 && ok;
    return ok;
}

static void echec(const char *quoi, int shm)
{
    perror(quoi);
    retirer(shm);
    exit(EXIT_FAILURE);
}

int main(void)
{
    /* les sémaphores d'abord, le segment ensuite */
    sem_t *lettres = sem_open("/lettres", O_CREAT, 0600, 0);
    sem_t *merci = sem_open("/merci", O_CREAT, 0600, 0);
    if (lettres == SEM_FAILED || merci == SEM_FAILED)
        echec("sem_open", -1);

    int shm = shmget(CLE, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (shm == -1)
        echec("shmget", -1);
    char *texte = shmat(shm, NULL, 0);
    if (texte == (char *)-1)
        echec("shmat", shm);

    for (int i = 0; i < 26; i++)
        texte[i] = (char)('a' + i);

    if (sem_post(lettres) == -1)
        echec("sem_post", shm);
    while (sem_wait(merci) == -1)
        if (errno != EINTR)
            echec("sem_wait", shm);

    return retirer(shm);
}
