#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define LAST 2

struct part {
    long type;
    char text[3000];
};

static int fail(int id, const char *what)
{
    perror(what);
    msgctl(id, IPC_RMID, NULL);
    return 1;
}

int main(void)
{
    struct part p;
    ssize_t n;

    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }
    do {
        n = msgrcv(id, &p, sizeof p.text, 0, 0);
        if (n < 0)
            return fail(id, "msgrcv");
        if (fwrite(p.text, 1, n, stdout) != (size_t)n)
            return fail(id, "stdout");
    } while (p.type != LAST);
    if (fflush(stdout) != 0)
        return fail(id, "stdout");
    if (msgctl(id, IPC_RMID, NULL) < 0) {
        perror("msgctl");
        return 1;
    }
    return 0;
}
