#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

/* There is no message just for the end. The last part has type LAST, the others MORE. */
#define MORE 1
#define LAST 2

struct part {
    long type;
    char text[3000];
};

int main(void)
{
    struct part now, next;
    size_t size, next_size;

    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }

    /* We must read one part ahead to know which one is the last. */
    size = fread(now.text, 1, sizeof now.text, stdin);
    while (size > 0) {
        next_size = fread(next.text, 1, sizeof next.text, stdin);
        if (ferror(stdin))
            break;
        now.type = next_size > 0 ? MORE : LAST;
        if (msgsnd(id, &now, size, 0) < 0) {
            perror("msgsnd");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
        now = next;
        size = next_size;
    }
    if (ferror(stdin)) {
        perror("stdin");
        msgctl(id, IPC_RMID, NULL);
        return 1;
    }
    return 0;
}
