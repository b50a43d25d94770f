#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>
struct msg { long type; char text[1000]; };
static int snd(int q, struct msg *m, size_t n)
{
    while (msgsnd(q, m, n, 0) < 0)
        if (errno != EINTR) { perror("sender: msgsnd"); return -1; }
    return 0;
}
int main(void)
{
    struct msg m;
    int q = msgget(5679, IPC_CREAT | 0600);
    if (q < 0) { perror("sender: msgget"); return 1; }
    for (;;) {
        ssize_t n = read(STDIN_FILENO, m.text, sizeof m.text);
        if (n < 0) {
            if (errno == EINTR) continue;
            perror("sender: read");
            msgctl(q, IPC_RMID, NULL);
            return 1;
        }
        if (n == 0) break;
        m.type = 1;
        if (snd(q, &m, n)) { msgctl(q, IPC_RMID, NULL); return 1; }
    }
    m.type = 2;
    if (snd(q, &m, 0)) { msgctl(q, IPC_RMID, NULL); return 1; }
    return 0;
}
