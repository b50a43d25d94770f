#include "common.h"

int main(void)
{
    int shmid = shmget(SHM_KEY, SHM_SIZE, 0600);
    if (shmid == -1) {
        perror("shmget");
        return EXIT_FAILURE;
    }
    int semid = semget(SEM_KEY, NSEMS, 0600);
    if (semid == -1) {
        perror("semget");
        return EXIT_FAILURE;
    }
    const char *shm = shmat(shmid, NULL, SHM_RDONLY);
    if (shm == (const char *)-1) {
        perror("shmat");
        return EXIT_FAILURE;
    }
    if (P(semid, SEM_READY) == -1) {
        perror("semop(ready)");
        return EXIT_FAILURE;
    }
    int status = EXIT_SUCCESS;
    if (printf("%s\n", shm) < 0 || fflush(stdout) == EOF) {
        perror("stdout");
        status = EXIT_FAILURE;
    }
    while (semctl(semid, SEM_DONE, GETNCNT) < 1)
        usleep(10000);
    struct sembuf up = { SEM_DONE, 1, SEM_UNDO };
    if (semop(semid, &up, 1) == -1) {
        perror("semop(done)");
        status = EXIT_FAILURE;
    }
    if (shmdt(shm) == -1) {
        perror("shmdt");
        status = EXIT_FAILURE;
    }
    return status;
}
