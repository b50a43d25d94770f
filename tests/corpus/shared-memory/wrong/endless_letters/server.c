#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* One page that is full of alphabets. The client looks for the first 0 byte. */
#define PAGE 4096

int main(void)
{
    int sem, shm, rc = EXIT_FAILURE;
    char *page;

    if ((sem = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600)) < 0) {
        perror("semget");
        return rc;
    }
    if ((shm = shmget(5678, PAGE, IPC_CREAT | IPC_EXCL | 0600)) < 0) {
        perror("shmget");
        goto no_segment;
    }
    if ((page = shmat(shm, NULL, 0)) == (char *)-1) {
        perror("shmat");
        goto no_page;
    }

    for (int i = 0; i < 26; i++)
        page[i] = 'a' + i;

    struct sembuf full = { .sem_num = 0, .sem_op = 1 }, seen = { .sem_num = 1, .sem_op = -1 };
    if (semop(sem, &full, 1) == 0) {
        while (semop(sem, &seen, 1) < 0 && errno == EINTR)
            ;
        rc = EXIT_SUCCESS;
    }

no_page:
    if (shmctl(shm, IPC_RMID, NULL) < 0)
        rc = EXIT_FAILURE;
no_segment:
    if (semctl(sem, 0, IPC_RMID) < 0)
        rc = EXIT_FAILURE;
    return rc;
}
