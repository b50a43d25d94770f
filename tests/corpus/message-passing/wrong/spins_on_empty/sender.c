#include <stdio.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct m { long t; char d[512]; } m;

int main(void)
{
    int n, q = msgget(5679, IPC_CREAT | 0600);

    if (q < 0)
        return perror("msgget"), 1;
    do {
        n = read(0, m.d, sizeof m.d);
        m.t = n > 0 ? 1 : 2;
        if (n < 0 || msgsnd(q, &m, n, 0) < 0) {
            perror("sender");
            msgctl(q, IPC_RMID, 0);
            return 1;
        }
    } while (n > 0);
    return 0;
}
