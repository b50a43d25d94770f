#include "mq.h"

static int write_all(const char *b, size_t n)
{
    while (n > 0) {
        ssize_t w = write(STDOUT_FILENO, b, n);
        if (w == -1) {
            if (errno == EINTR) continue;
            return -1;
        }
        b += w;
        n -= w;
    }
    return 0;
}

int main(void)
{
    static struct packet p;
    int q = msgget(KEY, IPC_CREAT | 0600);
    if (q == -1) { perror("receiver: msgget"); return 1; }

    for (;;) {
        ssize_t n = msgrcv(q, &p, sizeof p.data, 0, 0);
        if (n == -1) {
            if (errno == EINTR) continue;
            perror("receiver: msgrcv");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
        if (p.type == T_END) break;
        if (write_all(p.data, n) == -1) {
            perror("receiver: write");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
    }
    p.type = 3;
    while (msgsnd(q, &p, 0, 0) == -1) {
        if (errno == EINTR) continue;
        perror("receiver: msgsnd");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    if (msgctl(q, IPC_RMID, NULL) == -1) { perror("receiver: msgctl"); return 1; }
    return 0;
}
