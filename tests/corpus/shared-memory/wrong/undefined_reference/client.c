#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "util.h"

int main(void)
{
    int shm = shmget(5678, 27, 0);
    if (shm < 0) {
        perror("shmget");
        return 1;
    }
    int sem = sem_find(5678);
    sem_down(sem, 0);
    puts(shmat(shm, NULL, 0));
    sem_up(sem, 1);
    return 0;
}
