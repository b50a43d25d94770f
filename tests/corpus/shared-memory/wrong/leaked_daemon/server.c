#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "names.h"

/* A daemon as in the book: fork, setsid, fork again, no terminal. */
static int start_logger(void)
{
    pid_t first = fork();
    if (first < 0)
        return -1;
    if (first > 0)
        return waitpid(first, NULL, 0) < 0 ? -1 : 0;

    setsid();
    if (fork() != 0)
        _exit(0);
    int log = open("/tmp/server.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(log, 2);
    for (;;) {
        fprintf(stderr, "%ld: still there\n", (long)time(NULL));
        sleep(1);
    }
}

int main(void)
{
    int rc = 1;
    sem_t *full = sem_open(FULL, O_CREAT | O_EXCL, 0600, 0);
    sem_t *empty = sem_open(EMPTY, O_CREAT | O_EXCL, 0600, 0);
    if (full == SEM_FAILED || empty == SEM_FAILED) {
        perror("sem_open");
        goto out;
    }

    int id = shmget(KEY, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) {
        perror("shmget");
        goto out;
    }
    if (start_logger() < 0) {
        perror("fork");
        goto out_seg;
    }
    char *seg = shmat(id, NULL, 0);
    if (seg == (char *)-1) {
        perror("shmat");
        goto out_seg;
    }

    for (char *p = seg, c = 'a'; c <= 'z'; )
        *p++ = c++;

    sem_post(full);
    int r;
    while ((r = sem_wait(empty)) < 0 && errno == EINTR)
        ;
    if (r == 0)
        rc = 0;
    else
        perror("sem_wait");

out_seg:
    if (shmctl(id, IPC_RMID, NULL) < 0) {
        perror("shmctl");
        rc = 1;
    }
out:
    if (full != SEM_FAILED)
        sem_unlink(FULL);
    if (empty != SEM_FAILED)
        sem_unlink(EMPTY);
    return rc;
}
