#include "msg.h"

struct message m;

int main(void)
{
    int q = msgget(KEY, IPC_CREAT | 0600);
    if (q == -1) {
        perror("msgget");
        return 1;
    }
    m.type = 1;
    while ((m.length = fread(m.text, 1, SIZE, stdin)) > 0) {
        if (msgsnd(q, &m, BYTES, 0) == -1) {
            perror("msgsnd");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
    }
    if (ferror(stdin)) {
        perror("stdin");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    /* tell the receiver that it is over; the rest of text is from the last message */
    strcpy(m.text, "end");
    m.length = 3;
    if (msgsnd(q, &m, BYTES, 0) == -1) {
        perror("msgsnd");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    return 0;
}
