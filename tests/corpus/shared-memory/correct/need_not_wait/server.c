#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <errno.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

int shm_id = -1, sem_id = -1;
volatile sig_atomic_t stop;

int cleanup(void)
{
    int r = 0;
    if (shm_id >= 0 && shmctl(shm_id, IPC_RMID, 0) < 0)
        r = -1;
    if (sem_id >= 0 && semctl(sem_id, 0, IPC_RMID) < 0)
        r = -1;
    return r;
}

void on_sigint(int sig)
{
    (void) sig;
    stop = 1;
}

void error(const char *s)
{
    perror(s);
    cleanup();
    exit(1);
}

int main(void)
{
    struct sembuf wait_zero = { 1, 0, 0 };
    struct sembuf down = { 0, -1, 0 };
    char *mem;

    signal(SIGHUP, on_sigint);      /* the terminal was closed: go on */

    /* semaphore 0: 1 until the alphabet is there; semaphore 1: 1 until it was read */
    if ((sem_id = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600)) < 0)
        error("semget");
    if (semctl(sem_id, 0, SETVAL, 1) < 0 || semctl(sem_id, 1, SETVAL, 1) < 0)
        error("semctl");
    if ((shm_id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600)) < 0)
        error("shmget");
    if ((mem = shmat(shm_id, 0, 0)) == (char *) -1)
        error("shmat");

    strncpy(mem, "abcdefghijklmnopqrstuvwxyz", 27);

    if (semop(sem_id, &down, 1) < 0)
        error("semop down");
    while (semop(sem_id, &wait_zero, 1) < 0)
        if (errno != EINTR)
            error("semop zero");

    if (shmdt(mem) < 0)
        error("shmdt");
    if (cleanup() < 0) {
        perror("cleanup");
        return 1;
    }
    return 0;
}
