/*
 * OS LAB ASSIGNMENT - 3
 * Program: server.c
 * Aim: To write an application program to share the alphabets with the client using shared memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define SHMSIZE 27
#define LOCKFILE "/tmp/shm_lab3.lock"

int shmid = -1;

/* print the error, remove the segment if it is already created by us, and come out */
void come_out(const char *msg)
{
    perror(msg);
    if (shmid >= 0 && shmctl(shmid, IPC_RMID, NULL) < 0)
        perror("shmctl");
    exit(1);
}

int main()
{
    key_t key = 5678;
    struct shmid_ds info;
    char *shm, ch;
    int lock, i = 0, result;

    /* Kindly note: lock is to be taken before creation of the segment. Otherwise if client is
       very fast he will be getting the lock before us, and he will be reading garbage. */
    lock = open(LOCKFILE, O_RDWR | O_CREAT, 0666);
    if (lock < 0)
        come_out(LOCKFILE);
    do {
        result = flock(lock, LOCK_EX);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        come_out("flock");

    if ((shmid = shmget(key, SHMSIZE, IPC_CREAT | IPC_EXCL | 0666)) < 0)
        come_out("shmget (if old segment is there, please do the needful with ipcrm)");
    if ((shm = shmat(shmid, NULL, 0)) == (char *)-1)
        come_out("shmat");

    for (ch = 'a'; ch <= 'z'; ch++)
        shm[i++] = ch;
    shm[i] = '\0';

    /* now the client is allowed to read */
    if (flock(lock, LOCK_UN) < 0)
        come_out("flock");

    /* Client is done when somebody other than us did the last attach or detach,
       and only ourselves are attached. */
    for (;;) {
        if (shmctl(shmid, IPC_STAT, &info) < 0)
            come_out("shmctl");
        if (info.shm_lpid != getpid() && info.shm_nattch == 1)
            break;
        usleep(10 * 1000);
    }

    if (shmctl(shmid, IPC_RMID, NULL) < 0) {
        perror("shmctl");
        return 1;
    }
    return 0;
}
