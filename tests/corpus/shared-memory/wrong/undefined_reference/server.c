#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "util.h"

int main(void)
{
    int sem = sem_create(5678);
    int shm = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (shm < 0) {
        perror("shmget");
        sem_destroy_all(sem);
        return 1;
    }
    strcpy(shmat(shm, NULL, 0), "abcdefghijklmnopqrstuvwxyz");
    sem_up(sem, 0);
    sem_down(sem, 1);
    shmctl(shm, IPC_RMID, NULL);
    sem_destroy_all(sem);
    return 0;
}
