#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* ipcs shows 0x00005678, so this must be the right key */
#define KEY 0x5678

int main(void)
{
    /* nothing left from last time? */
    if (shmget(5678, 0, 0) != -1) {
        fprintf(stderr, "server: old segment, please use ipcrm\n");
        return EXIT_FAILURE;
    }

    int id = shmget(KEY, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("server: shmget");
        return EXIT_FAILURE;
    }
    char *s = shmat(id, NULL, 0);
    if (s == (char *)-1) {
        perror("server: shmat");
        shmctl(id, IPC_RMID, NULL);
        return EXIT_FAILURE;
    }
    memcpy(s, "abcdefghijklmnopqrstuvwxyz", 27);

    /* two seconds should be enough for the client */
    sleep(2);

    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("server: shmctl");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
