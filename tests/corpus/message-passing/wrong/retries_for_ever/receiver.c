#include "retry.h"

int main(void)
{
    static struct packet p;
    ssize_t n;
    int q, failed = 0;

    if ((q = msgget(5679, IPC_CREAT | 0600)) < 0) {
        perror("msgget");
        return 1;
    }
    for (;;) {
        RETRY(n = msgrcv(q, &p, sizeof p.text, 0, 0));
        if (p.type == 2)
            break;
        if (fwrite(p.text, 1, n, stdout) != (size_t)n) {
            perror("stdout");
            failed = 1;
            break;
        }
    }
    if (!failed && fflush(stdout) != 0) {
        perror("stdout");
        failed = 1;
    }
    if (msgctl(q, IPC_RMID, NULL) < 0) {
        perror("msgctl");
        failed = 1;
    }
    return failed;
}
