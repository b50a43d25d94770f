#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct mesg_buffer {
    long mesg_type;
    char mesg_text[2000];
} message;

int main()
{
    int msgid, status = 0;
    ssize_t len;

    /* the reader uses it */
    msgid = msgget(5679, 0666);
    if (msgid == -1) {
        perror("msgget");
        return 1;
    }

    while (1) {
        len = msgrcv(msgid, &message, 2000, 0, 0);
        if (len == -1) {
            perror("msgrcv");
            status = 1;
            break;
        }
        if (message.mesg_type == 9)
            break;
        if (fwrite(message.mesg_text, 1, len, stdout) != (size_t)len) {
            perror("fwrite");
            status = 1;
            break;
        }
    }
    if (fflush(stdout) != 0) {
        perror("fflush");
        status = 1;
    }
    /* to destroy the message queue */
    if (msgctl(msgid, IPC_RMID, NULL) == -1) {
        perror("msgctl");
        status = 1;
    }
    return status;
}
