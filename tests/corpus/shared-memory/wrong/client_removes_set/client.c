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
    if (V(semid, SEM_DONE) == -1) {
        perror("semop(done)");
        status = EXIT_FAILURE;
    }
    semctl(semid, 0, IPC_RMID);     /* the client is the last to use them */
    if (shmdt(shm) == -1) {
        perror("shmdt");
        status = EXIT_FAILURE;
    }
    return status;
}
