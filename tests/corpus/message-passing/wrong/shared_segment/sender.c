#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

#define KEY  5679
#define SIZE 1048576

struct bell { long type; size_t size; };

/* the fast way: the data in shared memory, a message when they are there */
int main(void)
{
    struct bell bell = { 1, 0 };
    int shm, msg;
    char *p;

    if ((shm = shmget(KEY, SIZE, IPC_CREAT | 0600)) < 0) {
        perror("shmget");
        exit(1);
    }
    if ((p = shmat(shm, NULL, 0)) == (char *)-1) {
        perror("shmat");
        shmctl(shm, IPC_RMID, NULL);
        exit(1);
    }
    bell.size = fread(p, 1, SIZE, stdin);
    if (ferror(stdin)) {
        perror("fread");
        shmctl(shm, IPC_RMID, NULL);
        exit(1);
    }
    if ((msg = msgget(KEY, IPC_CREAT | 0600)) < 0) {
        perror("msgget");
        shmctl(shm, IPC_RMID, NULL);
        exit(1);
    }
    if (msgsnd(msg, &bell, sizeof bell.size, 0) < 0) {
        perror("msgsnd");
        shmctl(shm, IPC_RMID, NULL);
        msgctl(msg, IPC_RMID, NULL);
        exit(1);
    }
    exit(0);
}
