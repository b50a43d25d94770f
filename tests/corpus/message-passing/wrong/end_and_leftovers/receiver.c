#include "msg.h"

int main(void)
{
    struct message m;
    int ok = 1;
    int q = msgget(KEY, IPC_CREAT | 0600);
    if (q == -1) {
        perror("msgget");
        return 1;
    }
    for (;;) {
        if (msgrcv(q, &m, BYTES, 0, 0) == -1) {
            perror("msgrcv");
            ok = 0;
            break;
        }
        if (m.length == 3 && memcmp(m.text, "end", 3) == 0)
            break;
        if (fwrite(m.text, 1, m.length, stdout) != (size_t)m.length) {
            perror("stdout");
            ok = 0;
            break;
        }
    }
    if (ok && fflush(stdout) == EOF) {
        perror("stdout");
        ok = 0;
    }
    if (msgctl(q, IPC_RMID, NULL) == -1) {
        perror("msgctl");
        ok = 0;
    }
    return ok ? 0 : 1;
}
