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
    int msgid;
    size_t len;

    /* the writer creates the queue */
    msgid = msgget(5679, 0666 | IPC_CREAT);
    if (msgid == -1) {
        perror("msgget");
        return 1;
    }

    message.mesg_type = 1;
    while ((len = fread(message.mesg_text, 1, 2000, stdin)) > 0)
        if (msgsnd(msgid, &message, len, 0) == -1)
            goto error;
    if (ferror(stdin))
        goto error;
    message.mesg_type = 9;
    if (msgsnd(msgid, &message, 0, 0) == -1)
        goto error;
    return 0;

error:
    perror("sender");
    msgctl(msgid, IPC_RMID, NULL);
    return 1;
}
