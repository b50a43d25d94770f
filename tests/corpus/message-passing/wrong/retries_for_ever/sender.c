#include "retry.h"

int main(void)
{
    static struct packet p;
    size_t n;
    int q;

    if ((q = msgget(5679, IPC_CREAT | 0600)) < 0) {
        perror("msgget");
        return 1;
    }
    while ((n = fread(p.text, 1, sizeof p.text, stdin)) > 0) {
        p.type = 1;
        RETRY(msgsnd(q, &p, n, 0));
    }
    if (ferror(stdin)) {
        perror("stdin");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    p.type = 2;
    RETRY(msgsnd(q, &p, 0, 0));
    return 0;
}
