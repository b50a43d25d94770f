/* receiver.c - copies the message queue to standard output */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include "message.h"

int main(void)
{
    struct message msg;
    ssize_t n;
    int msqid;
    int status = EXIT_FAILURE;

    msqid = msgget(QUEUE_KEY, IPC_CREAT | 0600);
    if (msqid == -1) {
        perror("receiver: msgget");
        exit(EXIT_FAILURE);
    }

    for (;;) {
        n = msgrcv(msqid, &msg, sizeof msg.mtext, 0, 0);
        if (n == -1) {
            perror("receiver: msgrcv");
            break;
        }
        if (msg.mtype == TYPE_END) {
            if (fflush(stdout) == 0)
                status = EXIT_SUCCESS;
            else
                perror("receiver: stdout");
            break;
        }
        if (fwrite(msg.mtext, 1, (size_t)n, stdout) != (size_t)n) {
            perror("receiver: stdout");
            break;
        }
    }

    if (msgctl(msqid, IPC_RMID, NULL) == -1) {
        perror("receiver: msgctl");
        status = EXIT_FAILURE;
    }
    exit(status);
}
