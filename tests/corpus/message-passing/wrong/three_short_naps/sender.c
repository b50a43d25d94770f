/* sender.c - copies standard input into the message queue */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include "message.h"

int main(void)
{
    struct message msg;
    size_t n;
    int msqid;

    msqid = msgget(QUEUE_KEY, IPC_CREAT | 0600);
    if (msqid == -1) {
        perror("sender: msgget");
        exit(EXIT_FAILURE);
    }

    msg.mtype = TYPE_DATA;
    while ((n = fread(msg.mtext, 1, sizeof msg.mtext, stdin)) > 0) {
        if (msgsnd(msqid, &msg, n, 0) == -1) {
            perror("sender: msgsnd");
            goto failed;
        }
    }
    if (ferror(stdin)) {
        perror("sender: stdin");
        goto failed;
    }

    msg.mtype = TYPE_END;
    if (msgsnd(msqid, &msg, 0, 0) == -1) {
        perror("sender: msgsnd");
        goto failed;
    }
    exit(EXIT_SUCCESS);

failed:
    /* without the queue the receiver will not wait for the rest */
    msgctl(msqid, IPC_RMID, NULL);
    exit(EXIT_FAILURE);
}
