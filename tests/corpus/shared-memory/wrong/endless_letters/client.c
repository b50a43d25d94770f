#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define PAGE 4096

int main(void)
{
    char copy[PAGE];
    int sem, shm;
    char *page;

    if ((shm = shmget(5678, PAGE, 0)) < 0 || (sem = semget(5678, 2, 0)) < 0) {
        perror("client");
        return EXIT_FAILURE;
    }
    if ((page = shmat(shm, NULL, SHM_RDONLY)) == (char *)-1) {
        perror("shmat");
        return EXIT_FAILURE;
    }

    struct sembuf full = { .sem_num = 0, .sem_op = -1 }, seen = { .sem_num = 1, .sem_op = 1 };
    while (semop(sem, &full, 1) < 0)
        if (errno != EINTR) {
            perror("semop");
            return EXIT_FAILURE;
        }
    memcpy(copy, page, PAGE);
    if (semop(sem, &seen, 1) < 0) {
        perror("semop");
        return EXIT_FAILURE;
    }

    sleep(1);       /* first let the server finish */

    /* print all letters of the first 256 characters */
    for (unsigned char i = 0; i < 256; i++)
        if (copy[i] != 0)
            putchar(copy[i]);
    putchar('\n');
    return EXIT_SUCCESS;
}
