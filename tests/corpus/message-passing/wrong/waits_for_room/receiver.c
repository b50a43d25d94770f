/* Empfaenger, Aufgabe 3 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct nachricht { long typ; char inhalt[4096]; };

int main(void)
{
    struct nachricht m;
    ssize_t n;
    int ergebnis = 0;
    int q = msgget(5679, IPC_CREAT | 0600);

    if (q == -1) {
        perror("msgget");
        return 1;
    }
    while ((n = msgrcv(q, &m, sizeof m.inhalt, 0, 0)) != -1 && m.typ == 1)
        if (fwrite(m.inhalt, 1, n, stdout) != (size_t)n) {
            n = -1;
            break;
        }
    if (n == -1 || fflush(stdout) == EOF) {
        perror("Empfaenger");
        ergebnis = 1;
    }
    if (msgctl(q, IPC_RMID, NULL) == -1) {
        perror("msgctl");
        ergebnis = 1;
    }
    return ergebnis;
}
