#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>
struct msg { long type; char text[1000]; };
int main(void)
{
    struct msg m;
    int rc = 0;
    int q = msgget(5679, IPC_CREAT | 0600);
    if (q < 0) { perror("receiver: msgget"); return 1; }
    for (;;) {
        ssize_t n = msgrcv(q, &m, sizeof m.text, 0, 0);
        if (n < 0) {
            if (errno == EINTR) continue;
            perror("receiver: msgrcv");
            return 1;
        }
        if (m.type == 2) break;
        for (ssize_t o = 0; o < n;) {
            ssize_t w = write(STDOUT_FILENO, m.text + o, n - o);
            if (w < 0 && errno == EINTR) continue;
            if (w < 0) { perror("receiver: write"); rc = 1; goto out; }
            o += w;
        }
    }
out:
    if (msgctl(q, IPC_RMID, NULL) < 0 && rc == 0) { perror("receiver: msgctl"); rc = 1; }
    return rc;
}
