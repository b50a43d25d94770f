#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "common.h"

static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

int main(void)
{
    int id = shmget(SEGMENT_KEY, SEGMENT_SIZE, 0);
    if (id == -1)
        die("shmget");

    sem_t *written = sem_open(SEM_WRITTEN, 0);
    if (written == SEM_FAILED)
        die("sem_open " SEM_WRITTEN);
    sem_t *read = sem_open(SEM_READ, 0);
    if (read == SEM_FAILED)
        die("sem_open " SEM_READ);

    const char *text = shmat(id, NULL, SHM_RDONLY);
    if (text == (void *)-1)
        die("shmat");

    if (!wait_for(written))
        return EXIT_FAILURE;

    char copy[SEGMENT_SIZE];
    memcpy(copy, text, sizeof copy);

    if (sem_post(read) == -1)
        die("sem_post");

    if (puts(copy) == EOF || fflush(stdout) == EOF)
        die("stdout");
    return EXIT_SUCCESS;
}
