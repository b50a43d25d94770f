#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

#define KEY  5679
#define SIZE 1048576

struct bell { long type; size_t size; };

int main(void)
{
    struct bell bell;
    int shm, msg, status = 1;
    char *p;

    if ((msg = msgget(KEY, IPC_CREAT | 0600)) < 0) {
        perror("msgget");
        exit(1);
    }
    if (msgrcv(msg, &bell, sizeof bell.size, 0, 0) < 0) {
        perror("msgrcv");
        msgctl(msg, IPC_RMID, NULL);
        exit(1);
    }
    if ((shm = shmget(KEY, SIZE, 0)) < 0) {
        perror("shmget");
        msgctl(msg, IPC_RMID, NULL);
        exit(1);
    }
    if ((p = shmat(shm, NULL, SHM_RDONLY)) == (char *)-1)
        perror("shmat");
    else if (fwrite(p, 1, bell.size, stdout) != bell.size || fflush(stdout) != 0)
        perror("stdout");
    else
        status = 0;
    if (shmctl(shm, IPC_RMID, NULL) < 0 || msgctl(msg, IPC_RMID, NULL) < 0) {
        perror("IPC_RMID");
        status = 1;
    }
    exit(status);
}
