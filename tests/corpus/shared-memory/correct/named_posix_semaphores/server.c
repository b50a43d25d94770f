#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "common.h"

int main(void)
{
    int status = EXIT_FAILURE;

    sem_t *written = sem_open(SEM_WRITTEN, O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, 0);
    if (written == SEM_FAILED) {
        perror("sem_open " SEM_WRITTEN);
        return status;
    }
    sem_t *read = sem_open(SEM_READ, O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, 0);
    if (read == SEM_FAILED) {
        perror("sem_open " SEM_READ);
        goto remove_written;
    }

    /* Both semaphores exist from here on, so the client may come. */
    int id = shmget(SEGMENT_KEY, SEGMENT_SIZE, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
    if (id == -1) {
        perror("shmget");
        goto remove_read;
    }
    char *text = shmat(id, NULL, 0);
    if (text == (void *)-1) {
        perror("shmat");
        goto remove_segment;
    }

    memcpy(text, "abcdefghijklmnopqrstuvwxyz", SEGMENT_SIZE);

    if (sem_post(written) == -1)
        perror("sem_post");
    else if (wait_for(read))
        status = EXIT_SUCCESS;

remove_segment:
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        status = EXIT_FAILURE;
    }
remove_read:
    if (sem_unlink(SEM_READ) == -1) {
        perror("sem_unlink");
        status = EXIT_FAILURE;
    }
remove_written:
    if (sem_unlink(SEM_WRITTEN) == -1) {
        perror("sem_unlink");
        status = EXIT_FAILURE;
    }
    return status;
}
