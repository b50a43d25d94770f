/* receiver.c - copies the message queue to standard output */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include "message.h"

int main(void)
{
    struct message msg;
    ssize_t n;
    int msqid = -1, tries;
    int status = EXIT_FAILURE;

    /* the sender makes the queue; it may need a moment */
    for (tries = 0; tries < 3; tries++) {
        msqid = msgget(QUEUE_KEY, 0600);
        if (msqid != -1 || errno != ENOENT)
            break;
        usleep(100000);
    }
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
