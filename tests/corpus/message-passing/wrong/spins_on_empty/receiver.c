#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct m { long t; char d[512]; } m;

int main(void)
{
    int n, w, q = msgget(5679, IPC_CREAT | 0600);

    if (q < 0)
        return perror("msgget"), 1;
    for (;;) {
        n = msgrcv(q, &m, sizeof m.d, 0, IPC_NOWAIT);
        if (n < 0 && errno == ENOMSG)
            continue;               /* nothing yet */
        if (n < 0 || m.t == 2)
            break;
        while (n > 0) {
            w = write(1, m.d, n);
            if (w < 0)
                break;
            if (w < n)              /* move the rest to the front */
                for (int i = 0; i < n - w; i++)
                    m.d[i] = m.d[w + i];
            n -= w;
        }
        if (n > 0) {
            n = -1;
            break;
        }
    }
    if (n < 0)
        perror("receiver");
    if (msgctl(q, IPC_RMID, 0) < 0)
        return perror("msgctl"), 1;
    return n < 0;
}
