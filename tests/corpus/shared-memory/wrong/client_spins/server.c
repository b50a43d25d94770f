#include "page.h"

#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

static int with_page(int set, struct page *page)
{
    strcpy(page->alphabet, "abcdefghijklmnopqrstuvwxyz");
    if (sem_change(set, WRITTEN, 1) == -1 || sem_change(set, READ, -1) == -1) {
        perror("semop");
        return 1;
    }
    return 0;
}

static int with_semaphores(int set)
{
    int id = shmget(KEY, sizeof(struct page), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    struct page *page = shmat(id, NULL, 0);
    int status = 1;
    if (page == (struct page *)-1)
        perror("shmat");
    else
        status = with_page(set, page);
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        status = 1;
    }
    return status;
}

int main(void)
{
    int set = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
    if (set == -1) {
        perror("semget");
        return 1;
    }
    int status = with_semaphores(set);
    if (semctl(set, 0, IPC_RMID) == -1) {
        perror("semctl");
        status = 1;
    }
    return status;
}
