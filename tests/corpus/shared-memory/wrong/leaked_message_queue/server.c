/*   SHARED MEMORY LAB              */
/*   server - run me first          */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/msg.h>

struct msgbuf_ { long mtype; char mtext[8]; } m;

void cleanup_and_exit(int shmid, char *what)
{
    perror(what);
    if (shmid >= 0)
        shmctl(shmid, IPC_RMID, 0);
    exit(1);
}

int main()
{
    int qid, shmid;
    char *p;

    qid = msgget(5678, IPC_CREAT | 0666);
    if (qid < 0)
        cleanup_and_exit(-1, "msgget");

    /* if there is already a segment from last time, delete it */
    shmid = shmget(5678, 0, 0);
    if (shmid >= 0)
        shmctl(shmid, IPC_RMID, 0);

    shmid = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0666);
    if (shmid < 0)
        cleanup_and_exit(-1, "shmget");
    p = shmat(shmid, 0, 0);
    if (p == (void *)-1)
        cleanup_and_exit(shmid, "shmat");

    strcpy(p, "abcdefghijklmnopqrstuvwxyz");

    m.mtype = 1;
    strcpy(m.mtext, "ready");
    while (msgsnd(qid, &m, sizeof m.mtext, 0) < 0)
        if (errno != EINTR)
            cleanup_and_exit(shmid, "msgsnd");

    /* wait for message of type 2 */
    while (msgrcv(qid, &m, sizeof m.mtext, 2, 0) < 0)
        if (errno != EINTR)
            cleanup_and_exit(shmid, "msgrcv");

    shmdt(p);
    if (shmctl(shmid, IPC_RMID, 0) < 0) {
        perror("shmctl");
        return 1;
    }
    return 0;
}
