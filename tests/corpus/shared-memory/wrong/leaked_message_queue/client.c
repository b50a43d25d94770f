#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/msg.h>

struct { long mtype; char mtext[8]; } m;

int main()
{
    int qid, shmid;
    char *p;

    if ((shmid = shmget(5678, 27, 0)) < 0) {
        perror("shmget");
        return 1;
    }
    if ((qid = msgget(5678, 0)) < 0) {
        perror("msgget");
        return 1;
    }
    if ((p = shmat(shmid, 0, 0)) == (void *)-1) {
        perror("shmat");
        return 1;
    }

    while (msgrcv(qid, &m, sizeof m.mtext, 1, 0) < 0)
        if (errno != EINTR) {
            perror("msgrcv");
            return 1;
        }

    printf("%s\n", p);
    if (fflush(stdout)) {
        perror("printf");
        return 1;
    }

    m.mtype = 2;
    strcpy(m.mtext, "bye");
    while (msgsnd(qid, &m, sizeof m.mtext, 0) < 0)
        if (errno != EINTR) {
            perror("msgsnd");
            return 1;
        }
    return 0;
}
