#include "common.h"

static int shmid = -1;
static int semid = -1;

static void cleanup(void)
{
    if (shmid != -1 && shmctl(shmid, IPC_RMID, NULL) == -1)
        perror("shmctl(IPC_RMID)");
    if (semid != -1 && semctl(semid, 0, IPC_RMID) == -1)
        perror("semctl(IPC_RMID)");
}

static void die(const char *what)
{
    perror(what);
    cleanup();
    exit(EXIT_FAILURE);
}

int main(void)
{
    char *shm;
    int i;

    /* The semaphores come first: who sees the segment finds them, too. */
    semid = semget(SEM_KEY, NSEMS, IPC_CREAT | IPC_EXCL | 0600);
    if (semid == -1)
        die("semget");

    unsigned short zero[NSEMS] = { 0, 0 };
    union semun arg = { .array = zero };
    if (semctl(semid, 0, SETALL, arg) == -1)
        die("semctl(SETALL)");

    shmid = shmget(SHM_KEY, SHM_SIZE, IPC_CREAT | 0600);
    if (shmid == -1)
        die("shmget");

    shm = shmat(shmid, NULL, 0);
    if (shm == (char *)-1)
        die("shmat");

    for (i = 0; i < 26; i++)
        shm[i] = 'a' + i;
    shm[26] = '\0';

    if (V(semid, SEM_READY) == -1)
        die("semop(ready)");
    if (P(semid, SEM_DONE) == -1)
        die("semop(done)");

    if (shmdt(shm) == -1)
        perror("shmdt");

    int status = EXIT_SUCCESS;
    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("shmctl(IPC_RMID)");
        status = EXIT_FAILURE;
    }
    if (semctl(semid, 0, IPC_RMID) == -1) {
        perror("semctl(IPC_RMID)");
        status = EXIT_FAILURE;
    }
    return status;
}
