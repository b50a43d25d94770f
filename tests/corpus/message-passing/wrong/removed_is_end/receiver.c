#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct chunk { long type; char data[2048]; };

int main(void)
{
    struct chunk c;
    ssize_t n;
    int id = msgget(5679, IPC_CREAT | 0600);

    if (id == -1) {
        perror("receiver: msgget");
        return 1;
    }
    for (;;) {
        n = msgrcv(id, &c, sizeof c.data, 0, 0);
        if (n == -1) {
            /* the queue has been removed, so the sender has finished */
            if (errno == EIDRM || errno == EINVAL)
                break;
            perror("receiver: msgrcv");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
        if (n == 0)
            break;
        if (fwrite(c.data, 1, n, stdout) != (size_t)n) {
            perror("receiver: fwrite");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
    }
    if (fflush(stdout) != 0) {
        perror("receiver: fflush");
        msgctl(id, IPC_RMID, NULL);
        return 1;
    }
    if (msgctl(id, IPC_RMID, NULL) == -1 && errno != EINVAL && errno != EIDRM) {
        perror("receiver: msgctl");
        return 1;
    }
    return 0;
}
