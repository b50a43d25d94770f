#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "names.h"

int main(void)
{
    int id = shmget(KEY, 27, 0);
    if (id < 0)
        return perror("shmget"), 1;
    sem_t *full = sem_open(FULL, 0), *empty = sem_open(EMPTY, 0);
    if (full == SEM_FAILED || empty == SEM_FAILED)
        return perror("sem_open"), 1;
    char *seg = shmat(id, NULL, SHM_RDONLY);
    if (seg == (char *)-1)
        return perror("shmat"), 1;

    while (sem_wait(full) < 0)
        if (errno != EINTR)
            return perror("sem_wait"), 1;
    for (char *p = seg; *p; p++)
        putchar(*p);
    putchar('\n');
    int failed = fflush(stdout) != 0;
    sem_post(empty);
    return failed;
}
