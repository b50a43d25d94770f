/*
 * OS LAB ASSIGNMENT - 3
 * Program: client.c
 * Aim: To read the alphabets from the shared memory and to display the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define SHMSIZE 27
#define LOCKFILE "/tmp/shm_lab3.lock"

void come_out(const char *msg)
{
    perror(msg);
    exit(1);
}

int main()
{
    key_t key = 5678;
    char *shm, alphabets[SHMSIZE];
    int shmid, lock, result;

    if ((shmid = shmget(key, SHMSIZE, 0666)) < 0)
        come_out("shmget");

    /* wait for the server to finish writing */
    if ((lock = open(LOCKFILE, O_RDWR)) < 0)
        come_out(LOCKFILE);
    do {
        result = flock(lock, LOCK_SH);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        come_out("flock");

    if ((shm = shmat(shmid, NULL, 0)) == (char *)-1)
        come_out("shmat");
    memcpy(alphabets, shm, SHMSIZE);
    if (alphabets[0] == '\0') {
        fprintf(stderr, "client: segment is empty only, server did not write\n");
        return 1;
    }

    /* detaching is the signal for the server */
    if (shmdt(shm) < 0)
        come_out("shmdt");

    printf("%s\n", alphabets);
    if (fflush(stdout) != 0)
        come_out("stdout");
    return 0;
}
