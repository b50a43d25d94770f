#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct chunk { long type; char data[2048]; };

int main(void)
{
    struct chunk c;
    size_t n;
    int id = msgget(5679, IPC_CREAT | 0600);

    if (id == -1) {
        perror("sender: msgget");
        return 1;
    }
    c.type = 1;
    do {
        n = fread(c.data, 1, sizeof c.data, stdin);
        if (ferror(stdin)) {
            perror("sender: fread");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
        if (msgsnd(id, &c, n, 0) == -1) {
            perror("sender: msgsnd");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
    } while (n > 0);
    return 0;
}
