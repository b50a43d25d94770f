#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

void error(const char *s)
{
    perror(s);
    exit(1);
}

int main(void)
{
    struct sembuf wait_zero = { 0, 0, 0 };
    struct sembuf down = { 1, -1, 0 };
    int shm_id, sem_id, i;
    char *mem;

    if ((shm_id = shmget(5678, 27, 0)) < 0)
        error("shmget");
    if ((sem_id = semget(5678, 2, 0)) < 0)
        error("semget");
    if ((mem = shmat(shm_id, 0, SHM_RDONLY)) == (char *) -1)
        error("shmat");
    if (semop(sem_id, &wait_zero, 1) < 0)
        error("semop zero");
    for (i = 0; mem[i] != '\0'; i++)
        putchar(mem[i]);
    putchar('\n');
    if (fflush(stdout) < 0)
        error("stdout");
    if (shmdt(mem) < 0)
        error("shmdt");
    if (semop(sem_id, &down, 1) < 0)
        error("semop down");
    return 0;
}
