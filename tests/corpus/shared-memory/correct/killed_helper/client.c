#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define CHECK(failed, what)         \
    do {                            \
        if (failed) {               \
            perror("client: " what); \
            exit(EXIT_FAILURE);     \
        }                           \
    } while (0)

int main(void)
{
    char text[28];

    int shmid = shmget(5678, 27, 0);
    CHECK(shmid < 0, "shmget");
    sem_t *go = sem_open("/letters-go", 0);
    CHECK(go == SEM_FAILED, "sem_open go");
    sem_t *done = sem_open("/letters-done", 0);
    CHECK(done == SEM_FAILED, "sem_open done");
    char *letters = shmat(shmid, NULL, SHM_RDONLY);
    CHECK(letters == (char *)-1, "shmat");

    while (sem_wait(go) < 0)
        CHECK(errno != EINTR, "sem_wait");
    memcpy(text, letters, 26);
    CHECK(shmdt(letters) < 0, "shmdt");
    CHECK(sem_post(done) < 0, "sem_post");

    memcpy(text + 26, "\n", 2);
    CHECK(fputs(text, stdout) == EOF || fflush(stdout) == EOF, "stdout");
    return EXIT_SUCCESS;
}
