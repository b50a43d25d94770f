#include "mq.h"

static int put(int q, const struct packet *p, size_t len)
{
    while (msgsnd(q, p, len, 0) == -1)
        if (errno != EINTR)
            return -1;
    return 0;
}

int main(void)
{
    static struct packet p;
    int q = msgget(KEY, IPC_CREAT | 0600);
    if (q == -1) { perror("sender: msgget"); return 1; }

    for (;;) {
        ssize_t n = read(STDIN_FILENO, p.data, sizeof p.data);
        if (n == -1) {
            if (errno == EINTR) continue;
            perror("sender: read");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
        if (n == 0) break;
        p.type = T_DATA;
        if (put(q, &p, n) == -1) {
            perror("sender: msgsnd");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
    }
    p.type = T_END;
    if (put(q, &p, 0) == -1) {
        perror("sender: msgsnd");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    /* the receiver says that it has everything */
    while (msgrcv(q, &p, sizeof p.data, 3, 0) == -1) {
        if (errno == EINTR) continue;
        perror("sender: msgrcv");
        return 1;
    }
    return 0;
}
