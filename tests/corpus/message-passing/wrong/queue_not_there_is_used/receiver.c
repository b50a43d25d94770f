#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679
#define DATA 1
#define END 2

struct message { long type; char text[1024]; };

int q = -1;

void die(const char *what)
{
    perror(what);
    if (q >= 0)
        msgctl(q, IPC_RMID, NULL);
    exit(1);
}

int main(void)
{
    struct message m;
    int n;
    q = msgget(KEY, 0666);
    for (;;) {
        n = msgrcv(q, &m, sizeof m.text, 0, 0);
        if (n < 0)
            die("msgrcv");
        if (m.type == END)
            break;
        if (fwrite(m.text, 1, n, stdout) != (size_t)n)
            die("stdout");
    }
    if (fflush(stdout) != 0)
        die("stdout");
    msgctl(q, IPC_RMID, NULL);
    return 0;
}
